"""The last look before a document is saved: what was not to change reads as it did.

A change in one place can change how another reads: an open fence swallows what follows, a line of
dashes makes a heading of the line above, a definition gives links elsewhere. So the text as it was
and as it would be are both parsed and compared, part by part; and nothing of how the change was
made is used for it, or one mistake would hide the other.

Two things hold of a change that is sound. Whatever stands outside the places that the program
writes (title, labelled bullets, tables, check boxes of action items, front matter) is all there, in
its order. And a part none of whose lines was touched reads the same, wherever it stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from markdown_it import MarkdownIt
from markdown_it.token import Token

from config.template_names import Names, Section
from worker.document.front_matter import body_line
from worker.document.outline import Outline, outline
from worker.document.text_edits import SourceText

_parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])

_PARAGRAPH = "paragraph_open p"
"""How a part begins that is within a paragraph of the document, and in no list or quote."""

Rendering = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown of some lines, ``first`` up to but without ``behind``, and within what."""

    first: int
    behind: int
    shown: Rendering


def first_disturbed(before: str, after: str, names: Names) -> int | None:
    """Give the line (from 1) of ``before`` that was not to change, and would read otherwise.

    None where there is none.
    """
    old, new = SourceText.of(before), SourceText.of(after)
    was, would_be = _parts(old), _parts(new)
    untouched = _same_lines(old, new)
    now = {(one.first, one.behind, one.shown) for one in would_be}
    for one in was:
        at = untouched.get(one.first)
        if at is None or any(
            untouched.get(line) != at + line - one.first for line in range(one.first, one.behind)
        ):
            continue
        if (at, at + one.behind - one.first, one.shown) not in now:
            return one.first + 1
    return _first_lost(was, would_be, outline(before, names))


def _first_lost(was: Sequence[Part], would_be: Sequence[Part], found: Outline) -> int | None:
    """Give the line (from 1) of the first part of people's that is not there in its turn.

    Below the title one paragraph may have become another: it says into what this was merged.
    """
    ours, top = _lines_of_ours(found), _top(found)
    known = {one.shown for one in was}
    at, may_change = 0, True
    for one in was:
        if one.first in ours:
            continue
        later = range(at, len(would_be))
        same = next((each for each in later if would_be[each].shown == one.shown), None)
        if same is None and may_change and one.first < top and one.shown[0] == _PARAGRAPH:
            may_change = False
            texts = (each for each in later if would_be[each].shown[0] == _PARAGRAPH)
            same = next((each for each in texts if would_be[each].shown not in known), None)
        if same is None:
            return one.first + 1
        at = same + 1
    return None


def _top(found: Outline) -> int:
    """Give the first line behind what stands below the title."""
    headings = (one.line for one in found.blocks.headings if one is not found.title)
    return next(headings, len(found.blocks.source.starts))


def _lines_of_ours(found: Outline) -> set[int]:
    """Give the lines of every place that the program may write into."""
    lines: set[int] = set()
    if found.title is not None:
        lines.update(range(found.title.line, found.title.behind))
    for bullet in found.bullets.values():
        lines.update(range(bullet.item.line, bullet.item.behind))
    actions = found.sections.get(Section.ACTION_ITEMS)
    for item in found.blocks.all_items():
        if actions is not None and actions.holds(item.line):  # it may be a check box
            lines.update(range(item.line, item.text_behind))
    for table in found.blocks.tables:
        lines.update(range(table.header.line, (table.rows or (table.rule,))[-1].line + 1))
    return lines


def _same_lines(old: SourceText, new: SourceText) -> dict[int, int]:
    """Give, for each line that stayed, where it stands now."""
    one = [old.line(number) for number in range(len(old.ends))]
    other = [new.line(number) for number in range(len(new.ends))]
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    same = {line: line for line in range(start)}
    shift = len(other) - len(one)
    same |= {line: line + shift for line in range(len(one) - end, len(one))}
    middle = SequenceMatcher(
        None, one[start : len(one) - end], other[start : len(other) - end], autojunk=False
    )
    for block in middle.get_matching_blocks():
        same |= {start + block.a + at: start + block.b + at for at in range(block.size)}
    return same


def _parts(source: SourceText) -> list[Part]:
    """Give all parts of a document's body, in its order."""
    skipped = body_line(source)
    body = source.text[source.starts[skipped] :] if skipped < len(source.starts) else ""
    return list(_read(_parser.parse(body), skipped))


def _read(tokens: Sequence[Token], skipped: int) -> Iterator[Part]:
    within: list[str] = []
    for token in tokens:
        if token.nesting == 1:
            within.append(f"{token.type} {token.tag}")
        elif token.nesting == -1:
            within.pop()
        else:
            first, behind = token.map or (0, 0)  # the parser gives each its lines
            shown = (*within, token.type, token.info, *_shown(token))
            yield Part(first + skipped, behind + skipped, shown)


def _shown(token: Token) -> Iterator[object]:
    """Give what is shown of one token: its words, and where its links and pictures lead."""
    if token.type != "inline":
        yield token.content.rstrip("\n")
        return
    text = ""
    for child in token.children or ():
        if child.type in {"text", "text_special", "softbreak"}:
            text += child.content or " "
            continue
        yield text
        text = ""
        yield (child.type, child.content, child.attrGet("href"), child.attrGet("src"))
    yield text
