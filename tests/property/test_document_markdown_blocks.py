"""Our places agree with what a Markdown parser says, whatever the text."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from worker.content.editor_marks import know_editor_marks
from worker.document.front_matter import DocumentError
from worker.document.markdown_blocks import parse

PARSER = MarkdownIt("commonmark").enable("table")
know_editor_marks(PARSER)

pieces = st.sampled_from(
    [
        *"ab |\\`-:*>#\t\n\r",
        "\r\n",
        "| a | b |\n|---|---|\n",
        "|---|:-:|\n",
        "\\|",
        "- ",
        "  - ",
        "1. ",
        "> ",
        "```\n",
        "<!-- ",
        "-->",
        "**L:** ",
        ":::\n",
        "%%\n",
        "\ufeff",
        "\u00a0",
        "\u2028",
        "\0",
        "[x]: y\n",
        "---\n",
    ]
)
texts = st.lists(pieces, max_size=60).map("".join)


@given(texts)
@settings(max_examples=1000, deadline=None)
@example("- | a | b |\n  |---|---|\n  | \\| | c |\n")
@example("> > | a |\n> > |---|\n> > | b\r\n")
def test_cells_items_and_headings_hold_what_the_parser_reads(text: str) -> None:
    try:
        blocks = parse(text)
    except DocumentError:
        return
    whole = blocks.source.text
    assert blocks.source.apply([]) == text
    if text.startswith(("---", "\ufeff")):
        return
    tokens = PARSER.parse(text)
    theirs = [
        tokens[at + 1].content
        for at, token in enumerate(tokens)
        if token.type in ("th_open", "td_open")
    ]
    ours = []
    for table in blocks.tables:
        width = len(table.header.cells)
        for row in (table.header, *table.rows):
            shown = [
                whole[cell.words.start : cell.words.end].replace("\\|", "|").replace("\0", "\ufffd")
                for cell in row.cells
            ]
            ours += [*shown, *[""] * width][:width]
    assert ours == theirs
    read = [
        tokens[at + 2].content
        for at, token in enumerate(tokens)
        if token.type == "list_item_open" and tokens[at + 1].type == "paragraph_open"
    ]
    read = [content for content in read if content]
    for item, expected in zip((i for i in blocks.all_items() if i.text), read, strict=True):
        written = whole[item.place.start : item.place.end].replace("\0", "\ufffd")
        first, *_ = expected.split("\n")
        assert written.startswith(first.rstrip())
        assert written.rstrip().endswith(expected.rsplit("\n", 1)[-1].strip())
    titles = [
        tokens[at + 1].content
        for at, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0
    ]
    for heading, expected in zip(blocks.headings, titles, strict=True):
        written = whole[heading.place.start : heading.place.end].replace("\0", "\ufffd")
        assert written.split() == expected.split()
