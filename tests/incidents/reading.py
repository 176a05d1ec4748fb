"""What a reader of Markdown sees: tables, lists and links as CommonMark and GitHub define them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token


@dataclass(frozen=True)
class Seen:
    """Text as it is shown, and where its links and images lead; ``marks`` is all other markup."""

    text: str
    links: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    reader.normalizeLinkText = lambda url: url  # shows a URL as it is, not decoded
    return reader


_READER = _reader()
_TEXT = {"text", "text_special"}


def parse(markdown: str) -> list[Token]:
    return _READER.parse(markdown)


def shape(tokens: Sequence[Token]) -> list[str]:
    """Name the blocks, without what stands in them."""
    return [token.type for token in tokens if token.nesting >= 0 and token.type != "inline"]


def inlines(tokens: Sequence[Token]) -> Iterator[Seen]:
    for token in tokens:
        if token.type == "inline":
            yield seen(token.children or [])


def seen(children: Sequence[Token]) -> Seen:
    text, links, marks = "", [], []
    for token in children:
        if token.type in _TEXT:
            text += token.content
        elif token.type == "link_open":
            links.append(str(token.attrs["href"]))
        elif token.type == "image":
            links.append(str(token.attrs["src"]))
            marks.append("image")
        elif token.type != "link_close":
            marks.append(token.type)
    return Seen(text, tuple(links), tuple(marks))


def in_cell(markdown: str) -> Seen:
    """Read what stands in the second cell of a table's only row; fails where it is not there."""
    tokens = parse(f"| a | b |\n|---|---|\n| 12:00 | {markdown} |\n\nafter\n")
    columns = ["tr_open", "td_open", "td_open"]
    expected = ["table_open", "thead_open", "tr_open", "th_open", "th_open", "tbody_open", *columns]
    assert shape(tokens) == [*expected, "paragraph_open"]
    found = list(inlines(tokens))
    assert [one.text for one in found[:3]] == ["a", "b", "12:00"]
    assert found[-1] == Seen("after")
    return found[3]


def in_bullet(markdown: str) -> Seen:
    """Read what stands in a nested bullet; fails where it is more, or less, than one paragraph."""
    tokens = parse(f"- **Label:**\n  - {markdown}\n- **Next:** word\n")
    list_ = ["bullet_list_open", "list_item_open", "paragraph_open"]
    assert shape(tokens) == [*list_, *list_, "list_item_open", "paragraph_open"]
    found = list(inlines(tokens))
    assert [one.text for one in (found[0], found[2])] == ["Label:", "Next: word"]
    return found[1]


def behind_label(markdown: str) -> Seen:
    tokens = parse(f"- **Label:** {markdown}\n")
    assert shape(tokens) == ["bullet_list_open", "list_item_open", "paragraph_open"]
    (found,) = inlines(tokens)
    assert found.text.startswith("Label: ")
    assert found.marks[:2] == ("strong_open", "strong_close")
    return Seen(found.text.removeprefix("Label: "), found.links, found.marks[2:])


def in_heading(markdown: str) -> Seen:
    tokens = parse(f"# Postmortem: {markdown}\n")
    assert shape(tokens) == ["heading_open"]
    (found,) = inlines(tokens)
    return Seen(found.text.removeprefix("Postmortem: "), found.links, found.marks)
