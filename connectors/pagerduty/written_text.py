"""What monitors, mails and people write, as text that people can read.

Nothing of it is trusted or shown as HTML: tags become line breaks or go, references become
characters, and what a browser would not show (styles, scripts, comments) is left out. The links of
HTML are told as in Markdown, those of a note as their text with the address behind it. Titles come
as a mail's header or a monitor's template has them, often escaped once too much.
"""

import html
import quopri
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header, make_header

_PAIRED = r"a|b|i|u|p|s|em|tt"
_PLAIN = (
    r"html|body|head|br|hr|div|span|table|tbody|thead|tr|td|th|ul|ol|li|strong|h[1-6]|font|pre|code"
    r"|img|center|style|blockquote|small|big|dl|dt|dd|section"
)
_SHOWS = re.compile(
    rf"<!doctype html|</?(?:{_PLAIN})(?:\s[^<>]*)?/?>|<a\s[^<>]*href|</(?:{_PAIRED})>",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"&lt;/?(?:p|br|div|html|body|table|a|b)(?:\s|/?&gt;)", re.IGNORECASE)
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[a-z][a-z0-9]*(?::[a-z]+)?)"
    r"(?P<rest>(?:[\s/](?:[^<>\"']|\"[^\"]{0,4000}\"|'[^']{0,4000}'){0,400})?)>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""([a-z][-a-z:]*)\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>`]+)""", re.IGNORECASE)
_KNOWN = re.compile(
    rf"{_PAIRED}|{_PLAIN}|script|title|template|meta|link|base|noscript|article|aside|header|footer"
    r"|main|nav|figure|figcaption|picture|source|svg|g|path|button|form|input|label|select|option"
    r"|textarea|fieldset|legend|iframe|video|audio|object|param|embed|col|colgroup|caption|tfoot"
    r"|sup|sub|del|ins|s|strike|mark|abbr|acronym|address|cite|code|dfn|kbd|samp|var|wbr|q|nobr"
    r"|details|summary|time|map|area|basefont|marquee|dir|menu",
    re.IGNORECASE,
)
_UNSEEN = ("head", "style", "script", "title", "template")
_BREAK = re.compile(r"p|br|div|tr|table|[uod]l|li|h[1-6r]|pre|blockquote|d[td]|section|article")
_BLOCK = re.compile(rf"<!doctype|</?(?:html|body|{_BREAK.pattern})[\s/>]", re.IGNORECASE)
"""What ends a line; a text without any has its own lines, as Alertmanager's around one link."""
_URL_MARKS = str.maketrans({mark: f"%{ord(mark):02X}" for mark in " <>\t\n\r"})
_LINK = re.compile(r"!?\[((?:[^\[\]]|!\[[^\[\]]*\]\(<[^<>]*>\))*)\]\(<[^<>]*>\)")
_PICTURE = re.compile(r"!\[([^\[\]]*)\]\(<[^<>]*>\)")

_MARKED_UP = re.compile(
    rf"</(?:{_PAIRED}|{_PLAIN})\s*>|<(?:br|hr)\s*/?>|<!doctype html", re.IGNORECASE
)
"""What ends an element: ``drop <table> at once`` is somebody's placeholder, and no HTML."""
_WRAPPING = re.compile(r"\[/?code\]", re.IGNORECASE)
"""How a service desk marks that a work note is HTML."""
_SAID_LINK = re.compile(
    r"!?\[(?P<text>[^\[\]\n]{0,300})\]\((?P<open><)?(?P<url>https?://[^\s<>()]+"
    r"(?:\([^\s<>()]*\)[^\s<>()]*)*)(?(open)>)\)",
    re.IGNORECASE,
)
_WIKI_LINK = re.compile(
    r"\[(?P<text>[^\[\]|\n]{1,300})\|(?P<url>https?://[^\s\[\]|]{1,2000})(?:\|[^\[\]\n]{0,99})?\]",
    re.IGNORECASE,
)
_WIKI_MARK = re.compile(r"\{(code|noformat|quote|panel|color)(?::[^{}\n]*)?\}(?:[ \t]*\n)?")
"""One alone is somebody's placeholder: ``answered with status {code}``."""
_CHAT_LINK = re.compile(
    r"<(?P<url>https?://[^\s<>|]{1,2000})(?:\|(?P<text>[^<>|\n]{1,300}))?>", re.IGNORECASE
)
_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*[\w+.-]*[ \t]*\r?$\n?", re.MULTILINE)
_RULE = re.compile(r"^(?=[^\n|]*\|)(?=[^\n-]*-)[|: \t-]+\r?$\n?", re.MULTILINE)
_ROW = re.compile(r"^[ \t]*\|[ \t]*(?P<cells>.*?)[ \t]*\|[ \t]*\r?$", re.MULTILINE)
_HEADING = re.compile(
    r"^(?P<prefix>resolution note:[ \t]*)?(?:(?:#{2,6}|h[1-6]\.)[ \t]+(?P<text>\S[^\n]*)"
    r"|\*\*(?P<bold>[^*\n]+)\*\*)[ \t]*\r?$",
    re.IGNORECASE | re.MULTILINE,
)
_BOX = re.compile(r"^(?P<item>[ \t]*[-*+][ \t]+)\[ \][ \t]+(?=\S)", re.MULTILINE)
_BOLD = re.compile(r"(?<![\w*/])\*\*(?=[^\s*])(?P<text>[^*\n]+?)(?<=\S)\*\*(?![\w*/])")

_ADDRESS = re.compile(
    r"(?P<quote>'?)(?P<place>https?://[^\s<>\"`\\?#|'\[\]{}^]{1,2000}+)"
    r"(?P<asked>[?#][^\s<>\"`\\]{0,4000})"
)
_ENDING_MARKS = {ord(mark): f"%{ord(mark):02X}" for mark in "|'[]{}^"}

_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{2,5}|#x[0-9a-f]{2,4});", re.IGNORECASE)
_ENCODED = re.compile(r"(?:=\?[\w.-]+\?[QB]\?[^?\n]*\?=[ \t\r\n]*)+(?<=\S)", re.IGNORECASE)
_SURE_BREAK = re.compile(r"(?:\\r)?\\n(?![a-z])")
_ANY_BREAK = re.compile(r"(?:\\r)?\\n")
_PATH = re.compile(r"\b[A-Za-z]:\\|\\\\\w")
_QUOTED = re.compile(r"=\r?\n|(?:=[0-9A-F]{2}){2}")
_NOT_QUOTED = re.compile(r"=(?![0-9A-F]{2}|\r?\n|$)")  # a heading's line, ``USER=ada``


def is_html(text: str) -> bool:
    """Tell whether a text is written in HTML, escaped once or not."""
    return bool(("<" in text and _SHOWS.search(text)) or ("&" in text and _ESCAPED.search(text)))


def readable(text: str) -> str:
    """Give a text as people read it; one that is no HTML stays as it is."""
    if not is_html(text):
        return text
    return _LINK.sub(r"\1", _PICTURE.sub(r"\1", markdown_of(text)))


def said(text: str) -> str:
    """Give what somebody wrote, in words: marks of HTML, Markdown and chats become text."""
    if _MARKED_UP.search(text):
        text = markdown_of(_WRAPPING.sub("", text))
    if "://" in text:
        for link in (_SAID_LINK, _WIKI_LINK, _CHAT_LINK):
            text = link.sub(_told_link, text)
    if "|" in text and _RULE.search(text):
        text = _ROW.sub(lambda row: row["cells"], _RULE.sub("", text))
    marks = Counter(_WIKI_MARK.findall(text))
    text = _WIKI_MARK.sub(lambda mark: "" if marks[mark[1]] > 1 else mark[0], text)
    text = _BOX.sub(lambda box: box["item"], _HEADING.sub(_label, _FENCE.sub("", text)))
    text = _BOLD.sub(lambda bold: bold["text"], text)
    return _ADDRESS.sub(_whole_address, text)


def _label(heading: re.Match[str]) -> str:
    """Give a heading as what is told below it is called: ``Root cause:``."""
    shown = (heading["text"] or heading["bold"]).strip(" \t\r#").replace("**", "")
    below = heading.string[heading.end() :].strip()
    colon = ":" if below and shown[-1:] not in ".!?:;," else ""
    return f"{heading['prefix'] or ''}{shown}{colon}"


def _whole_address(address: re.Match[str]) -> str:
    """Give an address without marks at which it would be taken to end, as those of Kibana have."""
    quote, place, asked = address.groups()
    own = asked[: _end(asked, quote)].rstrip(".,;:!?'*_")
    return f"{quote}{place}{own.translate(_ENDING_MARKS)}{asked[len(own) :]}"


def _end(asked: str, quote: str) -> int:
    """Give where an address ends: at a bar outside brackets, at a bracket that it did not open."""
    opened = 0
    for at, mark in enumerate(asked):
        opened += (mark in "([{") - (mark in ")]}")
        if mark == quote or opened < 0 or (mark == "|" and not opened):
            return at
    return len(asked)


def _told_link(link: re.Match[str]) -> str:
    shown, url = (link["text"] or "").strip(), link["url"]
    return url if shown in ("", url) else f"{shown} ({url})"


def title(text: str) -> str:
    """Give a title as it was meant: encoded words of a mail, references and breaks as such."""
    if "=?" in text:
        text = _ENCODED.sub(_decoded, text)
    if "&" in text:
        for _ in range(2):
            text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if "\\n" in text and not _PATH.search(text):
        breaks = _ANY_BREAK if text.count("\\n") > 1 else _SURE_BREAK
        text = breaks.sub("\n", text)
    return readable(text) if _MARKED_UP.search(text) else text


def _decoded(words: re.Match[str]) -> str:
    try:
        return str(make_header(decode_header(words[0]))) or words[0]
    except (ValueError, LookupError, MessageError):
        return words[0]


def unquoted(text: str) -> str:
    """Give the text of a mail that is still encoded for its way (quoted-printable)."""
    if "=" not in text or not _QUOTED.search(text) or _NOT_QUOTED.search(text):
        return text
    try:
        return quopri.decodestring(text.encode()).decode()
    except UnicodeError:
        return text


def markdown_of(text: str) -> str:
    """Give HTML as text, its links and pictures as ``[text](<address>)`` with ``!`` before."""
    if not _SHOWS.search(text):
        text = html.unescape(text)
    found = _Text(preformatted=not _BLOCK.search(text))
    at = 0
    while at < len(text):
        opening = text.find("<", at)
        if opening < 0:
            break
        found.say(text[at:opening])
        if text.startswith("<!", opening):
            at = _behind(text, "-->" if text.startswith("<!--", opening) else ">", opening)
        elif (tag := _TAG.match(text, opening)) and _is_known(tag["name"]):
            at = tag.end()
            name = tag["name"].lower()
            if name in _UNSEEN and not tag["end"]:
                at = _behind(text, f"</{name}", at)
                at = _behind(text, ">", at)
            else:
                found.tag(name, tag["rest"], ends=bool(tag["end"]))
        else:
            found.say("<")
            at = opening + 1
    found.say(text[at:])
    return found.whole()


def _is_known(name: str) -> bool:
    """Tell a tag from a placeholder of somebody's: ``<pod>``, ``<module>``."""
    return ":" in name or _KNOWN.fullmatch(name) is not None


def _behind(text: str, mark: str, at: int) -> int:
    """Give the place behind the next such mark, the end where there is none."""
    found = re.compile(re.escape(mark), re.IGNORECASE).search(text, at)
    return found.end() if found else len(text)


@dataclass(slots=True)
class _Text:
    """Text in the making."""

    pieces: list[str] = field(default_factory=list)
    address: str = ""
    inside: list[str] = field(default_factory=list)
    cells: int = 0
    preformatted: bool = False

    def say(self, text: str) -> None:
        """Add text between two tags."""
        plain = html.unescape(text) if "&" in text else text
        self._add(plain if self.preformatted else re.sub(r"\s+", " ", plain))

    def _add(self, text: str) -> None:
        (self.inside if self.address else self.pieces).append(text)

    def tag(self, name: str, rest: str, *, ends: bool) -> None:
        """Take a tag: a break, a cell, a link, or nothing that shows."""
        if name == "a":
            self._close_link()
            if not ends:
                self.address = _attributes(rest).get("href", "").strip()
        elif name == "img":
            self._picture(_attributes(rest))
        elif name in ("td", "th"):
            if not ends:
                self.cells += 1
                self._add({1: "", 2: ": "}.get(self.cells, " | "))
        elif _BREAK.fullmatch(name):
            self.preformatted = (name == "pre" and not ends) or (
                self.preformatted and name != "pre"
            )
            self.cells = 0 if name == "tr" else self.cells
            self._add(" " if self.address else "\n- " if name == "li" and not ends else "\n")

    def _picture(self, attributes: dict[str, str]) -> None:
        source, size = attributes.get("src", ""), attributes.get("width", "")
        if source.lower().startswith(("http://", "https://")) and size not in ("0", "1", "1px"):
            shown = _flat(attributes.get("alt") or attributes.get("title") or "")
            self._add(f"![{shown}](<{source.translate(_URL_MARKS)}>)")

    def _close_link(self) -> None:
        inner, address = "".join(self.inside), self.address
        self.address = ""
        self.inside.clear()
        if not address:
            return
        if address.lower().startswith(("http://", "https://")):
            # The pictures of a link stand in its text; other brackets would end it.
            parts = re.split(r"(!\[[^\[\]]*\]\(<[^<>]*>\))", inner)
            shown = "".join(one if at % 2 else _flat(one) for at, one in enumerate(parts))
            self._add(f"[{shown.strip()}](<{address.translate(_URL_MARKS)}>)")
        else:
            self._add(inner)

    def whole(self) -> str:
        """Give the text: no empty line, no space around a break."""
        self._close_link()
        return "\n".join(self._lines()).strip()

    def _lines(self) -> Iterator[str]:
        for line in "".join(self.pieces).splitlines():
            if told := re.sub(r"(?<=:)\s*:(?=\s|$)", "", line).strip():
                yield told


def _attributes(rest: str) -> dict[str, str]:
    found = {name.lower(): value.strip("\"'") for name, value in _ATTRIBUTE.findall(rest)}
    return {
        name: html.unescape(value) if name not in ("href", "src") else value
        for name, value in found.items()
    }


def _flat(text: str) -> str:
    return " ".join(text.replace("[", "(").replace("]", ")").split())
