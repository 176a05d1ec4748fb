"""What people typed in Slack, as spans of plain text: mrkdwn, and rich text beside it. Pure.

Slack gives what people type as ``rich_text``, taken apart already; that is taken where all of it is
known. Else ``text`` is read: mrkdwn, in which ``&``, ``<`` and ``>`` alone are escaped. Marks that
begin nothing stay as they were typed, and an entity of no known kind is shown by its label.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from connectors.follow_up import ChatSpan
from connectors.json_fields import JsonValue
from connectors.slack import emoji

LONGEST_TEXT = 12_000
"""Characters that are read; a document shows some hundreds of them."""
_ENTITY = re.compile(r"<([^<>\n]{1,4000})>")
_EMOJI = re.compile(
    r"(?<![\w:]):([a-z0-9_+'-]{1,80}(?:::skin-tone-[2-6])?):(?![\w:])", re.IGNORECASE
)
_CODE = re.compile(r"```(.+?)```|(?<!`)`([^`\n]+)`(?!`)", re.DOTALL)
_MARKS = re.compile(
    r"(?:(?<=\s)|(?<=^)|(?<=[(\"'\u201c\[]))([*_~])(?=\S)([^\n]{0,600}?[^\s*_~])\1(?![\w*_~])",
    re.MULTILINE,
)
_QUOTE = re.compile(r"^(?:&gt;){1,3} ?", re.MULTILINE)
_MENTIONS = re.compile(r"<(?:@[UW]|#C|!subteam)[^<>]*>|<!(?:here|channel|everyone|date)[^<>]*>")
_BROADCASTS = frozenset({"here", "channel", "everyone"})
_DEEPEST = 6
_PLAIN = ChatSpan("")


class Named(StrEnum):
    """What an id in a message stands for."""

    PERSON = "person"
    CHANNEL = "channel"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class ChatMention:
    """Somebody or something that a message names by its id; ``label`` is what it says itself."""

    kind: Named
    id: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class SaidPiece:
    """A span whose mention is still to be named; ``span.text`` is "" where there is one."""

    span: ChatSpan
    mention: ChatMention | None = None


_UNNAMED = {
    Named.PERSON: "@somebody",
    Named.CHANNEL: "#another channel",
    Named.GROUP: "@a group",
}


def mentions(pieces: Iterable[SaidPiece]) -> Iterator[ChatMention]:
    """Give what the pieces name by ids."""
    return (piece.mention for piece in pieces if piece.mention is not None)


def spans(pieces: Iterable[SaidPiece], names: Mapping[str, str]) -> tuple[ChatSpan, ...]:
    """Give the spans, with what is mentioned by its name: never by a raw id."""
    return tuple(_named(piece, names) for piece in pieces)


def _named(piece: SaidPiece, names: Mapping[str, str]) -> ChatSpan:
    told = piece.mention
    if told is None:
        return piece.span
    mark = "#" if told.kind is Named.CHANNEL else "@"
    name = (names.get(told.id) or told.label).lstrip("@#")
    return ChatSpan(f"{mark}{name}" if name else _UNNAMED[told.kind])


def pieces_of(message: JsonValue) -> list[SaidPiece]:
    """Read a message: what people typed, or what an integration put into blocks or attachments."""
    text = (message["text"].text_or_none() or "")[:LONGEST_TEXT]
    blocks = message["blocks"].objects()
    rich, attachments = _rich(blocks), message["attachments"].objects()
    shared = _attached(one for one in attachments if one["is_share"].flag())
    forwarded = list(read(f"\n{shared}"[:LONGEST_TEXT])) if shared else []
    if rich and not _left_unread(text, rich):
        return [*rich, *forwarded]
    if text.strip():
        return [*read(text), *forwarded]
    for told in (_sections(blocks), _attached(attachments)):
        if told:
            return list(read(told[:LONGEST_TEXT]))
    return []


def _left_unread(text: str, rich: Iterable[SaidPiece]) -> bool:
    """Tell whether rich text holds mentions as letters: then whoever made it took nothing apart."""
    shown = "".join(piece.span.text for piece in rich)
    return any(one[0] in shown for one in _MENTIONS.finditer(text))


def read(text: str) -> Iterator[SaidPiece]:
    """Read mrkdwn."""
    at = 0
    for code in _CODE.finditer(text):
        yield from _prose(text[at : code.start()])
        whole = code[1] if code[1] is not None else code[2]
        shown = _ENTITY.sub(lambda found: _label(found[1]), whole)
        yield SaidPiece(ChatSpan(html_free(shown).strip("\n"), is_code=True))
        at = code.end()
    yield from _prose(text[at:])


def html_free(text: str) -> str:
    """Undo the three escapes of mrkdwn, once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _prose(text: str, style: ChatSpan = _PLAIN, depth: int = 0) -> Iterator[SaidPiece]:
    """Read text without code; ``style`` is that of what it stands in."""
    text = _QUOTE.sub("", text)
    at = 0
    for found in _MARKS.finditer(text) if depth < _DEEPEST else ():
        yield from _linked(text[at : found.start()], style)
        mark, inner = found[1], found[2]
        strong, struck = mark == "*" or style.is_strong, mark == "~" or style.is_struck
        inside = ChatSpan("", is_strong=strong, is_struck=struck)
        yield from _prose(inner, inside, depth + 1)
        at = found.end()
    yield from _linked(text[at:], style)


def _linked(text: str, style: ChatSpan) -> Iterator[SaidPiece]:
    at = 0
    for found in _ENTITY.finditer(text):
        yield from _plain(text[at : found.start()], style)
        yield _entity(found[1], style)
        at = found.end()
    yield from _plain(text[at:], style)


def _plain(text: str, style: ChatSpan) -> Iterator[SaidPiece]:
    if text:
        yield SaidPiece(_styled(html_free(_EMOJI.sub(_emoji, text)), style))


def _emoji(found: re.Match[str]) -> str:
    return emoji.character(found[1]) or found[0]


def _styled(text: str, style: ChatSpan, url: str = "") -> ChatSpan:
    return ChatSpan(text, url, is_strong=style.is_strong, is_struck=style.is_struck)


def _entity(inside: str, style: ChatSpan) -> SaidPiece:
    """Read what stands between ``<`` and ``>``."""
    told, _, label = inside.partition("|")
    label = html_free(label)
    match told[:1]:
        case "@":
            return SaidPiece(_styled("", style), ChatMention(Named.PERSON, told[1:], label))
        case "#":
            return SaidPiece(_styled("", style), ChatMention(Named.CHANNEL, told[1:], label))
        case "!":
            return _special(told[1:], label, style)
    url = html_free(told)
    shown = _EMOJI.sub(_emoji, label) or url
    if url.lower().startswith(("mailto:", "tel:")):
        return SaidPiece(_styled(shown.removeprefix("mailto:").removeprefix("tel:"), style))
    return SaidPiece(_styled(shown, style, url))


def _special(told: str, label: str, style: ChatSpan) -> SaidPiece:
    name, _, rest = told.partition("^")
    if name == "subteam":
        return SaidPiece(_styled("", style), ChatMention(Named.GROUP, rest, label))
    if name in _BROADCASTS:
        return SaidPiece(_styled(f"@{name}", style))
    return SaidPiece(_styled(label or f"<!{html_free(told)}>", style))


def _label(inside: str) -> str:
    """Give what an entity shows in code, where it is no link."""
    told, _, label = inside.partition("|")
    return label or told


def _rich(blocks: Iterable[JsonValue]) -> list[SaidPiece]:
    """Read rich text; nothing where some of it is of no known kind."""
    found: list[SaidPiece] = []
    for block in blocks:
        if block["type"].text_or_none() != "rich_text":
            return []
        for part in block["elements"].objects():
            told = _rich_part(part)
            if told is None:
                return []
            if found and told:
                found.append(SaidPiece(ChatSpan("\n")))
            found += told
    return found


def _rich_part(part: JsonValue, depth: int = 0) -> list[SaidPiece] | None:
    match part["type"].text_or_none():
        case "rich_text_section" | "rich_text_quote":
            each = [_rich_element(one) for one in part["elements"].objects()]
            return None if None in each else [one for one in each if one is not None]
        case "rich_text_preformatted":
            each = [_rich_element(one) for one in part["elements"].objects()]
            if None in each:
                return None
            shown = "".join(one.span.text for one in each if one is not None)
            return [SaidPiece(ChatSpan(shown, is_code=True))]
        case "rich_text_list" if depth < _DEEPEST:
            lines: list[SaidPiece] = []
            for one in part["elements"].objects():
                told = _rich_part(one, depth + 1)
                if told is None:
                    return None
                lines += [SaidPiece(ChatSpan("\n\u2022 " if lines else "\u2022 ")), *told]
            return lines
    return None


def _rich_element(one: JsonValue) -> SaidPiece | None:
    """Read one element of rich text, None where it is of no known kind."""
    marks, kind = one["style"], one["type"].text_or_none() or ""
    style = ChatSpan("", is_strong=marks["bold"].flag(), is_struck=marks["strike"].flag())
    if kind in _RICH_MENTIONS:
        named, field = _RICH_MENTIONS[kind]
        return SaidPiece(style, ChatMention(named, one[field].text_or_none() or ""))
    text = one["text"].text_or_none() or ""
    if kind == "text" and marks["code"].flag():
        return SaidPiece(ChatSpan(text, is_code=True))
    if kind == "link":
        url = one["url"].text_or_none() or ""
        return SaidPiece(_styled(text or url, style, "" if url.startswith("mailto:") else url))
    shown = {
        "text": text,
        "broadcast": f"@{one['range'].text_or_none() or 'here'}",
        "date": one["fallback"].text_or_none() or "",
        "emoji": _rich_emoji(one),
    }
    return SaidPiece(_styled(shown[kind], style)) if kind in shown else None


_RICH_MENTIONS = {
    "user": (Named.PERSON, "user_id"),
    "channel": (Named.CHANNEL, "channel_id"),
    "usergroup": (Named.GROUP, "usergroup_id"),
}


def _rich_emoji(one: JsonValue) -> str:
    name = one["name"].text_or_none() or ""
    tone = one["skin_tone"].number_or_none()
    whole = f"{name}::skin-tone-{tone}" if tone else name
    code = one["unicode"].text_or_none() or ""
    return emoji.from_code(code) or emoji.character(whole) or f":{name}:"


def _sections(blocks: Iterable[JsonValue]) -> str:
    """Give the words of an integration's blocks, as mrkdwn."""
    lines: list[str] = []
    for block in blocks:
        each = (block["text"], *block["fields"].objects(), *block["elements"].objects())
        lines += map(_block_text, each)
    return "\n".join(filter(None, lines))


def _block_text(told: JsonValue) -> str:
    if not isinstance(told.value, dict):
        return ""
    text = told["text"].value
    if not isinstance(text, str):
        return ""
    is_plain = told["type"].text_or_none() == "plain_text"
    return html.escape(text, quote=False) if is_plain else text


def _attached(attachments: Iterable[JsonValue]) -> str:
    """Give the words of attachments, as mrkdwn: by the fallback alone where there is no more."""
    lines: list[str] = []
    for one in attachments:
        author = one["author_name"].text_or_none() if one["is_share"].flag() else ""
        lines += [f"{html.escape(author, quote=False)}:"] if author else []
        parts = [one[name].text_or_none() or "" for name in ("pretext", "title", "text")]
        inner = _sections(one["blocks"].objects())
        told = list(dict.fromkeys(filter(None, [*parts, inner])))
        lines += told or [one["fallback"].text_or_none() or ""]
    return "\n".join(filter(None, lines))
