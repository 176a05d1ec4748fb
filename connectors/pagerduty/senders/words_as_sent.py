"""What was sent, in words: a mail's own, and what a program wrote, without marks and links.

PagerDuty gives a mail's body as it came: perhaps in parts, each with its own heading, perhaps still
encoded for its way. Of it, what it quotes and how it is signed is left out. Of a program's text,
links are: they stand elsewhere in a document, each with its name, so a line that holds little else
than one says nothing here.
"""

import base64
import re
from email import message_from_string
from email.message import Message

from connectors.pagerduty.written_text import is_html, markdown_of, readable, unquoted

_LONGEST_BODY = 200_000
"""Characters that are read: the words of a mail may stand behind those of a longer part."""
_MOST_PARTS = 20

_PARTS = re.compile(
    r"\s*(?:This is a multi-?part message[^\n]*\n\s*)?--(?P<mark>[^\s\"]{1,70})[ \t]*\r?\n"
    r"(?=Content-)",
    re.IGNORECASE,
)
_HEADED = re.compile(
    r"\s*(?:(?:Content-[\w-]+|MIME-Version):[^\n]*\n(?:[ \t]+\S[^\n]*\n)*)+\r?\n", re.IGNORECASE
)
_ENCODED = re.compile(r"[A-Za-z0-9+/\s]{24,}+={0,2}\s*")

_SIGNATURE = re.compile(
    r"^[ \t]*--[ \t]*\r?$|^[ \t]*(?:Sent from my|Get Outlook for) [\w ]{1,40}\.?\s*\Z"
    r"|^[ \t]*_{8,}[ \t]*\r?$(?=[^_]{0,300}(?:confidential|intended|disclaimer|vertraulich))"
    r"|^[ \t]*(?:confidentiality notice\b|disclaimer[ \t]*(?:\r?$|:)"
    r"|th(?:is|e information in this) e-?mail\b(?: (?:message|communication|transmission)\b)?"
    r",?[ \t]\(?(?:and|including|is|are|may|contains?|was)\b"
    r"[^\n]{0,160}\b(?:confidential|privileged|intended (?:solely|only)))",
    re.MULTILINE | re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^[ \t]*[-_]{3,}[ \t]*(?:forwarded|weitergeleitete|original (?:e-?mail|message|appointment))"
    r"[^\n]*$|^[ \t]*Begin forwarded message:[ \t]*$|^_{20,}[ \t]*$(?=\n+[ \t*]*From:)",
    re.MULTILINE | re.IGNORECASE,
)
_FROM = re.compile(
    r"^[ \t*>]*From:(?:(?=[^\n]*@)|[^\n]*\n[ \t*>]*(?:Date|Sent|To|Cc|Subject):)"
    r"[^\n]*\n[ \t*>]*(?:Date|Sent|To|Cc|Subject):",
    re.MULTILINE | re.IGNORECASE,
)
"""With an address or two lines more: a monitor tells from where to where as well."""
_SENT_AS = re.compile(
    r"^[ \t*>]*(?:Date|Sent|To|Cc|Reply-To|Importance|Subject):[^\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
_REPLIED = re.compile(
    r"^[ \t*]*-{3,}[ \t]*(?:original (?:e-?mail|message)|ursprüngliche nachricht|message d.origine"
    r"|mensaje original|messaggio originale|oorspronkelijk bericht)[ \t]*-{3,}[ \t*]*$"
    r"|^(?:_{20,}[ \t]*\n+)?[ \t*]*(?:From|Von|De|Da|Van)[ \u00a0]?:[^\n]*\n"
    r"(?:[ \t*]*(?:Sent|Date|To|Cc|Gesendet|Datum|An|Envoyé|À|Enviado(?: el)?|Fecha|Para|Inviato|A"
    r"|Verzonden|Aan)[ \u00a0]?:[^\n]*\n){1,4}"
    r"[ \t*]*(?:Subject|Betreff|Objet|Asunto|Oggetto|Onderwerp)[ \u00a0]?:",
    re.MULTILINE | re.IGNORECASE,
)
"""What mail programs that quote without marks put above the mail that is answered, or sent on."""
_SENT_ON = re.compile(
    r"\bbelow\b|\bfyi\b|\bfwd?\b|\bforward|\bplease\b|\bunten\b|\bbitte\b|ci-dessous", re.IGNORECASE
)
_ANSWERS = re.compile(
    r"\s*(?:\[[^\[\]]{1,40}\]\s*)*(?:re|aw|antw|sv|vs|odp|r|rif|ynt|\u56de\u590d|\u7b54\u590d)"
    r"\s*(?:[\[(]\d+[\])])?\s*[:\uff1a]",
    re.IGNORECASE,
)
"""A subject that a mail program gives an answer; others' mails hold such headings of their own."""
_FEWEST_OWN_WORDS = 4
"""Of an answer: fewer are put above what is sent on."""
_WROTE = re.compile(
    r"^(?=[^\n]*[\d<@])(?:On|Am|Le|El|Il|Op) [^\n>]{5,200}(?:\n[^\n>]{0,100})?"
    r"(?:<[^\n>]{1,100}>[^\n>]{0,20})?"
    r"\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef)\b[^\n]{0,80}:[ \t]*$",
    re.MULTILINE,
)
"""With a date or an address: how a mail program begins what it quotes."""
_BANNER = re.compile(
    r"^[ \t*]*(?:\[?external(?: e-?mail| sender)?\]?[ \t*:!]*$"
    r"|(?:caution|warning|external)\b[^\n]{0,20}\b(?:e-?mail|message)\b[^\n]{0,20}"
    r"\b(?:originat\w+|c[ao]mes?|sent|received|is|was)\b[^\n]{0,20}\b(?:outside|external)\b[^\n]*$"
    r"|you don.t often get e-?mail from[^\n]*$"
    r"|do not click (?:on )?(?:any )?links(?: (?:or|and|unless|in this)\b[^\n]*)?[ \t.!]*$)",
    re.MULTILINE | re.IGNORECASE,
)
"""What a mail server puts above the words."""
_QUOTED = re.compile(r"^[ \t]*>[^\n]*$", re.MULTILINE)
_QUOTE_MARK = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)

_WORD = re.compile(r"[^\W\d_]{2,}")
_FEW_BESIDE_LINKS = 3

_LONGEST_MARKUP, _LONGEST_READ = 50_000, 5_000
"""Characters of a text that are read, and of its words; no more than some hundred are told."""

_PICTURE = re.compile(r"!\[[^\[\]]*\]\((?:<[^<>]*>|[^\s()]*)\)")
_LINK = re.compile(
    r"\[(?P<text>[^\[\]\n]{0,300})\]\((?:<[^<>\n]*>|https?://[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)\)"
)
_CHAT_LINK = re.compile(
    r"<https?://[^\s<>|]{1,2000}(?:\|(?P<text>[^<>|\n]{1,300}))?>", re.IGNORECASE
)
_ADDRESS = re.compile(r"<?https?://[^\s<>\"`]+", re.IGNORECASE)
_LABELLED = re.compile(
    r"(?:(?<=[.;,!?])[ \t]+|^[ \t]*)[^\W\d_][\w /-]{0,30}[:=][ \t]*" + _ADDRESS.pattern,
    re.IGNORECASE,
)
_MARKS = re.compile(
    r"%{3}|^[ \t]*(?:[-*_] ?){3,}[ \t]*$|^[ \t]*#{1,6}[ \t]+|`{1,3}|\*{2}|\[/?code\]"
)
_CALLED = re.compile(r"(?<![\w.])@(?:pagerduty|slack|teams|opsgenie|webhook)[\w.-]*", re.IGNORECASE)
"""Whom a monitor is to notify: no word of what happened."""
_FRAME = re.compile(
    r"^[ \t]*(?:at (?:async |new )?[\w$.<>/\[\] ]{1,200}\([^()\n]*(?::\d+|\bMethod|\bSource|>)\)"
    r"|at \S+:\d+|\.\.\. \d+ (?:more|common frames.*))[ \t]*$"
    r"|^Traceback \(most recent call last\):[ \t]*$"
    r"|^[ \t]+File \"[^\"\n]*\", line \d+[^\n]*(?:\n[ \t]{4,}\S[^\n]*)?$",
    re.MULTILINE,
)
"""A line of a stack trace; the error stands above it."""


def mail_words(body: str, subject: str = "") -> str:
    """Give what a mail says, "" where it says nothing.

    What it quotes is left out, unless it says nothing else: then it was sent on for that. What only
    stands below other headings is quoted where the ``subject`` is an answer's, or is not known.
    """
    text = readable(unquoted(_decoded(body[:_LONGEST_BODY]))).replace("\r\n", "\n")
    text = _SIGNATURE.split(text, maxsplit=1)[0]
    text = _without_answered(text) if not subject.strip() or _ANSWERS.match(subject) else text
    if _FORWARDED.search(text) or _FROM.search(text):
        text = _SENT_AS.sub("", _FORWARDED.sub("", text))
    text = _BANNER.sub("", text)
    before = _WROTE.split(text, maxsplit=1)[0]
    own = _QUOTED.sub("", before if _says(before) else text)
    own = _WROTE.sub("", own) if own != text else own
    if not _says(re.sub(r"^[ \t]*From:[^\n]*$", "", own, flags=re.MULTILINE)):
        own = _QUOTE_MARK.sub("", text)
    own = "\n".join(filter(None, map(str.strip, own.splitlines())))
    return own if _says(own) else ""


def _without_answered(text: str) -> str:
    """Take away the mail that a mail answers; one that it sends on is what it says."""
    found = _REPLIED.search(text)
    own = _BANNER.sub("", text[: found.start()]) if found else ""
    is_answer = len(_WORD.findall(own)) >= _FEWEST_OWN_WORDS and not _SENT_ON.search(own)
    return own if is_answer else text


def _says(text: str) -> bool:
    return re.search(r"\w", text) is not None


def _decoded(body: str) -> str:
    """Give a body as text: of several parts the plain one, else the one in HTML."""
    if parts := _PARTS.match(body):
        heading = f'Content-Type: multipart/mixed; boundary="{parts["mark"]}"\n\n'
        mail = message_from_string(heading + body.lstrip())
        return _best(mail) or (body if _has_text(mail) else "")
    if _HEADED.match(body):
        return _best(message_from_string(body.lstrip())) or body
    return (_ENCODED.fullmatch(body) and _from_base64(body)) or body


def _has_text(mail: Message) -> bool:
    """Tell whether there are words, if of a kind that is not known; one of pictures has none."""
    parts = [one for one in mail.walk() if not one.is_multipart()]
    return any(one.get_content_maintype() == "text" and _text(one).strip() for one in parts)


def _best(mail: Message) -> str:
    found = {"text/plain": "", "text/html": ""}
    for number, part in enumerate(mail.walk()):
        kind = part.get_content_type()
        is_text = kind in found and part.get_content_disposition() != "attachment"
        if is_text and not found[kind] and number < _MOST_PARTS:
            found[kind] = _text(part).strip()
    return found["text/plain"] or found["text/html"]


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"))
    except (LookupError, UnicodeError):
        return content.decode("utf-8", "replace")


def _from_base64(body: str) -> str:
    """Give what was encoded, "" where it is none: a long word of somebody's is no text."""
    try:
        text = base64.b64decode("".join(body.split()), validate=True).decode()
    except ValueError:
        return ""
    return text if re.search(r"\w\s+\w", text) and "".join(text.split()).isprintable() else ""


def plain_words(text: str) -> str:
    """Give the lines that say something, each once, without marks and addresses."""
    whole = unquoted(text[:_LONGEST_MARKUP])
    whole = markdown_of(whole) if is_html(whole) else whole
    text = whole if len(whole) <= _LONGEST_READ else whole[:_LONGEST_READ].rpartition("\n")[0]
    text = text or whole[:_LONGEST_READ]
    bare = _CALLED.sub("", _FRAME.sub("", text))
    return "\n".join(filter(None, dict.fromkeys(map(_line, bare.splitlines()))))


def _line(line: str) -> str:
    bare = _MARKS.sub("", line)
    said, rest = _PICTURE.sub("", bare), _PICTURE.sub(" ", bare)
    for link in (_LINK, _CHAT_LINK):
        said = link.sub(lambda one: f" {one['text'].strip('[] ')} " if one["text"] else " ", said)
        rest = link.sub(" ", rest)
    said, rest = _ADDRESS.sub("(link)", _LABELLED.sub("", said)), _ADDRESS.sub(" ", rest)
    if rest != bare and len(_WORD.findall(rest)) < _FEW_BESIDE_LINKS:
        return ""
    told = re.sub(r" (?=[.,;:!?)](?:\s|$))", "", re.sub(r"[ \t]{2,}", " ", said)).strip()
    return told if re.search(r"\w", told) else ""
