"""What a mail says: its own words, without how it was sent, what it quotes and how it is signed.

PagerDuty gives a mail's body as it came: perhaps in parts, each with its own heading, perhaps still
encoded for its way.
"""

import base64
import re
from email import message_from_string
from email.message import Message

from connectors.pagerduty.written_text import readable, unquoted

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
_ENCODED = re.compile(r"[A-Za-z0-9+/\s]{24,}={0,2}\s*")

_SIGNATURE = re.compile(
    r"^[ \t]*--[ \t]*\r?$|^[ \t]*(?:Sent from my|Get Outlook for) [\w ]{1,40}\.?\s*\Z"
    r"|^[ \t]*_{8,}[ \t]*\r?$(?=[^_]{0,300}(?:confidential|intended|disclaimer|vertraulich))"
    r"|^[ \t]*(?:(?:confidentiality notice|disclaimer)\b|th(?:is|e information in this) e-?mail\b"
    r"[^\n]{0,160}\b(?:confidential|privileged|intended (?:solely|only)))",
    re.MULTILINE | re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^[ \t]*[-_]{3,}[ \t]*(?:forwarded|original|weitergeleitete)[^\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
_FROM = re.compile(
    r"^[ \t*>]*From:[^\n]*\n(?:[ \t*>]*(?:Date|Sent|To|Cc|Subject):)", re.MULTILINE | re.IGNORECASE
)
_SENT_AS = re.compile(
    r"^[ \t*>]*(?:Date|Sent|To|Cc|Reply-To|Importance|Subject):[^\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
_WROTE = re.compile(
    r"^(?=[^\n]*[\d<@])(?:On|Am|Le|El|Il|Op) [^\n>]{5,200}(?:\n[^\n>]{0,100})?"
    r"(?:<[^\n>]{1,100}>[^\n>]{0,20})?"
    r"\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef)\b[^\n]{0,80}:[ \t]*$",
    re.MULTILINE,
)
"""With a date or an address: how a mail program begins what it quotes."""
_BANNER = re.compile(
    r"^[ \t*]*(?:\[?external(?: e-?mail| sender)?\]?[ \t*:!]*$"
    r"|(?:caution|warning|external)\b[^\n]{0,20}\b(?:e-?mail|message)\b[^\n]{0,40}"
    r"\b(?:outside|external)\b[^\n]*$"
    r"|you don.t often get e-?mail from[^\n]*$|do not click (?:on )?(?:any )?links[^\n]*$)",
    re.MULTILINE | re.IGNORECASE,
)
"""What a mail server puts above the words."""
_QUOTED = re.compile(r"^[ \t]*>[^\n]*$", re.MULTILINE)
_QUOTE_MARK = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)


def mail_words(body: str) -> str:
    """Give what a mail says, "" where it says nothing.

    What it quotes is left out, unless it says nothing else: then it was sent on for that.
    """
    text = readable(unquoted(_decoded(body[:_LONGEST_BODY]))).replace("\r\n", "\n")
    text = _SIGNATURE.split(text, maxsplit=1)[0]
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


def _says(text: str) -> bool:
    return re.search(r"\w", text) is not None


def _decoded(body: str) -> str:
    """Give a body as text: of several parts the plain one, else the one in HTML."""
    if parts := _PARTS.match(body):
        heading = f'Content-Type: multipart/mixed; boundary="{parts["mark"]}"\n\n'
        return _best(message_from_string(heading + body.lstrip())) or body
    if _HEADED.match(body):
        return _best(message_from_string(body.lstrip())) or body
    return (_ENCODED.fullmatch(body) and _from_base64(body)) or body


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
