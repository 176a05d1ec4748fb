"""What other dialects of Markdown have and plain Markdown takes for words: containers, footnotes.

A line that is an editor's own mark (of a container, a comment, a shortcode, an anchor) is text
that goes on to it: a part of the list item or the table above. Whoever wrote ``:::`` there ended a
box with it, and words behind it would leave the box open.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_block import StateBlock

_FIRST = frozenset(":%{^")
_COMMENT = "%%"
_MARK = re.compile(
    r":{3,}(?:(?!\]\().)*"  # HackMD, Docusaurus, pandoc; a ticket's link was once put behind one
    r"|%%(?:.*%%)?"  # Obsidian
    r"|\{\{[<%].*[>%]\}\}|\{%.*%\}|\{:[^{}]*\}"  # Hugo, Liquid, kramdown
    r"|\^[A-Za-z0-9-]+"  # what a link of Obsidian's leads to
)
_BOLD = re.compile(r"\*\*[^*]+\*\*:?|__[^_]+__:?")
_SPANS = re.compile(
    r"(?P<code>(?<![`\\])(?P<ticks>`++)(?!`)[^\n]{0,2000}?(?<!`)(?P=ticks)(?!`))"
    r"|(?<![=\\\w])==(?=[^\s=])(?P<marked>[^=\n]*[^\s=\\])==(?![=\w])"
    r"|(?P<comment>(?<![%\\\w])%%(?!%)[^%\n]*[^%\n\\]%%(?![%\w]))"
    r"|(?<![!\[\\\w])\[\[(?=\S)(?:[^\[\]|\\\n]+\\?\|)?(?P<page>[^\[\]|\\\n]*[^\s\[\]|\\])\]\](?!\()"
)
_SPAN = re.compile(r"==|%%")
_FOOTNOTE = re.compile(r"^[ \t>]{0,6}\[(\^[^\s\[\]]+)\]:", re.MULTILINE)


def footnotes(text: str) -> dict[str, object]:
    """Give the footnotes that a document defines, as its parser keeps definitions of links."""
    return {
        normalizeReference(one[1]): {"href": "#", "title": ""} for one in _FOOTNOTE.finditer(text)
    }


def as_shown(markdown: str) -> str:
    """Give inline Markdown without ``==marks==``, ``%%comments%%``, brackets of ``[[pages]]``."""
    return _SPANS.sub(_shown, markdown)


def as_written(markdown: str) -> str:
    """Give inline Markdown in which such marks are characters to every editor."""
    return _SPAN.sub(r"\\\g<0>", markdown)


def _shown(span: re.Match[str]) -> str:
    return span["code"] or span["marked"] or span["page"] or ""


def know_editor_marks(parser: MarkdownIt) -> None:
    """Have a parser end paragraphs and tables at such a line, and leave what is commented out."""
    ends = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.after("fence", "editor_mark", _editor_mark, {"alt": ends})
    parser.block.ruler.after("fence", "bold_line", _bold_line, {"alt": ["paragraph"]})


def _editor_mark(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:
    at = state.bMarks[line] + state.tShift[line]
    if state.src[at : at + 1] not in _FIRST or state.is_code_block(line):
        return False
    text = _text(state, line)
    if not _MARK.fullmatch(text) or (text != _COMMENT and _has_rows_behind(state, line, end_line)):
        return False
    if not silent:
        state.line = _behind_comment(state, line, end_line) if text == _COMMENT else line + 1
    return True


def _bold_line(state: StateBlock, line: int, _end_line: int, silent: bool) -> bool:
    """End a list item at a line in bold letters that is not set in: it stands for a heading."""
    is_set_in = state.sCount[line] >= state.blkIndent
    return silent and not is_set_in and _BOLD.fullmatch(_text(state, line)) is not None


def _has_rows_behind(state: StateBlock, line: int, end_line: int) -> bool:
    """Tell whether a table goes on behind the line: its rows are rows for every reader."""
    is_in_table = state.parentType == "table"
    return is_in_table and line + 1 < end_line and "|" in _text(state, line + 1)


def _behind_comment(state: StateBlock, line: int, end_line: int) -> int:
    """Give the line behind a comment that begins here; one that nobody ended is a mark alone."""
    lines = range(line + 1, end_line)
    closing = (at for at in lines if _text(state, at).endswith(_COMMENT))
    return next(closing, line) + 1


def _text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
