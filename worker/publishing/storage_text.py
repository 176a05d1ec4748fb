"""Reads storage format: what a page shows, whoever wrote it and however its server respelled it.

A server that saves a page adds ids and versions to it, writes letters for entities or entities for
letters, closes tags and sorts attributes. None of that is seen, and none of it counts here.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape

_PIECE = re.compile(
    r"<!\[CDATA\[(?P<data>.*?)\]\]>|<!--.*?-->|<[?!][^>]*>"
    r"|<(?P<close>/?)(?P<name>[A-Za-z][\w:.-]*)(?P<told>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
    r"|(?P<text>[^<]+|<)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_SPACES = re.compile(r"\s+")
_EMOJI = "ac:emoji-fallback"
"""What an emoji says that the editor has made an element of."""
_NAMED = "ri:named"
"""Who is meant by a mention, which has an account alone: :func:`naming_people` puts it there."""
_ACCOUNTS = ("ri:account-id", "ri:userkey")
MARKER = "ac:inline-comment-marker"
_SAME = {"b": "strong", "i": "em", "s": "del", "strike": "del", "ins": "u"}
_UNSEEN = frozenset({MARKER, "span", "tbody", "thead", "colgroup", "col", "div", "ac:placeholder"})
"""Elements that say nothing beside what is in them."""
_CELLS = frozenset({"td", "th", "li", "ac:task-body"})
"""Where a paragraph comes and goes as a page is saved."""
_FORMATTING = 12
"""Letters of a fingerprint that tell how words are set."""
_WORDS = re.compile(
    r"^(?:<ac:link.*\n<ri:user.*\n</ri:user\n</ac:link|<time.*\n</time)$", re.MULTILINE
)
"""Tags that are no more than a word is, as a fingerprint has them."""
_NUMBERS = frozenset({"ac:task-id", "ac:task-uuid"})
"""What a server counts anew."""
_TELLING = frozenset(
    {
        *("href", "ac:name", "ac:anchor", "ri:filename", "ri:value", "ri:content-title"),
        *("colspan", "rowspan", "start", "ri:account-id", "ri:userkey", "datetime"),
    }
)
"""Attributes that a reader sees the effect of."""
_SHOWN_PARAMETERS = frozenset({("status", "title"), ("expand", "title")})
_TICKET = "key"
"""The parameter of a tracker's macro that is the ticket it shows."""
_NOT_SHOWN = frozenset({"ac:parameter", "ac:task-id", "ac:task-status", "ac:task-uuid"})
_FILLED = frozenset({"td", "th"})
EMPTY = "\N{SYMBOL FOR NULL}"
"""What stands for an empty cell among the lines of a page."""
BOXES = ("[ ] ", "[x] ")
"""What stands before the words of a task that is open, and of one that is done."""
BLOCKS = frozenset(
    {
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "table", "tr", "td", "th"),
        *("blockquote", "hr", "br", "ac:task-list", "ac:task", "ac:task-body", "div"),
        *("ac:structured-macro", "ac:rich-text-body", "ac:plain-text-body", "ac:layout-cell"),
    }
)
"""Elements at which words end."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A tag, or a run of text, and where it stands in the body.

    ``name`` is "" for text. ``shown`` tells whether a text is seen in the page, ``editable``
    whether something may be put around it.
    """

    start: int
    end: int
    text: str = ""
    name: str = ""
    closes: bool = False
    is_empty: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    shown: bool = True
    editable: bool = True
    is_data: bool = False

    @property
    def words(self) -> str:
        """The text as it is read."""
        return self.text if self.is_data else unescape(self.text)


def pieces(body: str) -> Iterator[Piece]:
    """Cut a body into its tags and texts; it need not be well formed."""
    inside: list[Piece] = []
    for found in _PIECE.finditer(body):
        start, end = found.span()
        if found["name"]:
            tag = _tag(found, start, end)
            if tag.is_empty and (emoji := tag.attributes.get(_EMOJI)):
                yield Piece(start, end, emoji, editable=False, is_data=True)
                continue
            if tag.closes:
                while inside and inside.pop().name != tag.name:
                    pass
            elif not tag.is_empty:
                inside.append(tag)
            yield tag
        elif found["data"] is not None:
            yield Piece(start, end, found["data"], editable=False, is_data=True)
        elif found["text"] is not None:
            shown = _is_shown(inside)
            hidden = any(one.name in _NOT_SHOWN for one in inside)
            yield Piece(start, end, found["text"], shown=shown, editable=shown and not hidden)


def _tag(found: re.Match[str], start: int, end: int) -> Piece:
    told = {
        name: unescape(double or single)
        for name, double, single in _ATTRIBUTE.findall(found["told"])
    }
    is_empty = found["told"].rstrip().endswith("/")
    return Piece(start, end, "", found["name"], bool(found["close"]), is_empty, told)


def _is_shown(inside: list[Piece]) -> bool:
    for at, one in enumerate(inside):
        if one.name in _NOT_SHOWN:
            macro = inside[at - 1].attributes.get("ac:name", "") if at else ""
            parameter = one.attributes.get("ac:name", "")
            return parameter == _TICKET or (macro, parameter) in _SHOWN_PARAMETERS
    return True


def marker_refs(body: str) -> set[str]:
    """Give the comments that have a mark in a body."""
    return {one.attributes.get("ac:ref", "") for one in pieces(body) if one.name == MARKER}


def words_shown(body: str) -> str:
    """Give the words that a page shows, a line for each paragraph, entry and cell."""
    parts = []
    for one in pieces(body):
        if one.name:
            parts.append("\n" if one.name in BLOCKS else "")
        elif one.shown:
            parts.append(_SPACES.sub(" ", one.words))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def naming_people(body: str, name_of: Callable[[str], str]) -> str:
    """Give a body in which each mention says who is meant; ``name_of`` gives an account's name.

    To a reader of lines alone: in all else it is the same body.
    """
    parts, at = list[str](), 0
    for one in pieces(body):
        account = next((one.attributes[key] for key in _ACCOUNTS if key in one.attributes), "")
        if one.name == "ri:user" and account and (name := name_of(account)):
            within = one.start + len("<ri:user")
            parts += [body[at:within], f' {_NAMED}="{escape(name)}"']
            at = within
    return "".join((*parts, body[at:]))


def _said(one: Piece) -> str:
    """Give the words of an element that has none inside: a date, somebody who is mentioned."""
    if one.name == "time" and not one.closes:
        return one.attributes.get("datetime", "")
    return one.attributes.get(_NAMED, "") if one.name == "ri:user" else ""


def lines_shown(body: str) -> str:
    """Give the words that a page shows as :func:`words_shown` does, with what people fill in.

    An empty cell is a line of its own, and the box of a task stands before its words.
    """
    parts, box, filled = list[str](), "", True
    inside = ""
    for one in pieces(body):
        if one.name in _FILLED:
            if one.is_empty or (one.closes and not filled):
                parts.append(f"\n{EMPTY}")
            filled = one.closes or one.is_empty
        if one.name == "ac:task-body" and not one.closes:
            parts.append(f"\n{box}")
        elif one.name:
            said = _said(one)
            parts.append("\n" if one.name in BLOCKS else said)
            filled = filled or bool(said)
        elif one.shown:
            parts.append(_SPACES.sub(" ", one.words))
        elif inside == "ac:task-status":
            box = BOXES["complete" in one.words and "incomplete" not in one.words]
        filled = filled or one.name == "ac:image" or (one.shown and bool(one.words.strip()))
        inside = "" if one.closes else one.name or inside
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def fingerprint(body: str) -> str:
    """Give what tells whether two bodies show the same; comments make no difference.

    Its last letters tell only how the words are set, see :func:`is_set_alike`.
    """
    told = _Telling(body).told
    tags = list(_setting(told))
    return _hash(told)[:-_FORMATTING] + _hash(tags)[:_FORMATTING]


def _setting(told: Iterable[str]) -> Iterator[str]:
    """Give the tags that tell how words are set: dates, and people who are mentioned, are words."""
    tags = "\n".join(one for one in told if one.startswith("<"))
    return (one for one in _WORDS.sub("", tags).split("\n") if one)


def is_set_alike(one: str, other: str) -> bool:
    """Tell whether two fingerprints are of bodies that differ in words and boxes alone."""
    return one[-_FORMATTING:] == other[-_FORMATTING:]


def _hash(told: list[str]) -> str:
    return hashlib.sha256("\n".join(told).encode("utf-8", "replace")).hexdigest()[:32]


class _Telling:
    """What of a body is seen, tag by tag and text by text."""

    def __init__(self, body: str) -> None:
        self.told: list[str] = []
        self._text: list[str] = []
        self._parameters: list[str] = []
        self._inside: list[str] = []
        for one in pieces(body):
            if one.name:
                self._tag(one)
            elif not self._inside or self._inside[-1] not in _NUMBERS:
                self._text.append(one.words)
        self._flush()

    def _tag(self, one: Piece) -> None:
        name = _SAME.get(one.name, one.name)
        if name == "ac:parameter":
            self._parameter(one)
        elif name in _UNSEEN or (name == "p" and _CELLS.intersection(self._inside)):
            self._text.append(" " if name in BLOCKS else "")
        elif name not in _NUMBERS:
            self._flush()
            kept = sorted(pair for pair in one.attributes.items() if pair[0] in _TELLING)
            self.told += [] if one.closes else [f"<{name} {kept or ''}"]
            self.told += [f"</{name}"] if one.closes or one.is_empty else []
        if one.closes and name in self._inside:
            while self._inside.pop() != name:
                pass
        elif not one.closes and not one.is_empty:
            self._inside.append(name)

    def _parameter(self, one: Piece) -> None:
        """Keep a macro's parameters until all are there: their order says nothing."""
        if not one.closes:
            self._flush_text()
            self._parameters.append(one.attributes.get("ac:name", ""))
        elif self._parameters:
            self._parameters[-1] += "=" + " ".join("".join(self._text).split())
            self._text.clear()

    def _flush(self) -> None:
        self._flush_text()
        self.told += sorted(self._parameters)
        self._parameters.clear()

    def _flush_text(self) -> None:
        if text := " ".join("".join(self._text).split()):
            self.told.append(text)
        self._text.clear()
