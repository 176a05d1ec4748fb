"""What writing in a long document costs, as counts: what is parsed and rendered while one types.

Run: ``python -m bench.write``. A look is what a script asks for after each pause; its limit does
not grow with the document. An opening parses the document once, a join three texts.
"""

from worker.content.markdown_cost import cost
from worker.document.join.join import join
from worker.document.markdown_blocks import parse
from worker.document.section_text import part_around, sections
from worker.document.unread.unfinished_text import open_prompts
from worker.web.editing.unsaved_pages import LONGEST_LOOK

SIZES = (1_000, 5_000, 20_000)
HEAD = "---\nincident: Q1BENCH\n---\n# Postmortem: Down\n\n## Steps\n\n"


def document(bullets: int) -> str:
    """Make a document of so many bullets, all in one section."""
    return HEAD + "".join(f"- Looked at host {at} and saw its disk full\n" for at in range(bullets))


def parses_of(text: str) -> tuple[int, int, int]:
    """Count the parses of an opening, of a look, and of a join of two changes."""
    mine, theirs = text.replace("host 9 ", "host nine "), text.replace("host 99 ", "host 99, ")
    counts = []
    for work in (
        lambda: (sections(text), open_prompts(text)),
        lambda: part_around(text, text.count("\n") // 2, LONGEST_LOOK),
        lambda: join(text, mine, theirs),
    ):
        parse.cache_clear()
        work()
        counts.append(parse.cache_info().misses)
    return counts[0], counts[1], counts[2]


def main() -> None:
    """Print the figures."""
    print(" bullets  characters  rendered by a look  limit    ratio  parses: opening  look  join")
    for bullets in SIZES:
        text = document(bullets)
        assert not cost(text).problem
        shown = len(part_around(text, bullets // 2, LONGEST_LOOK))
        opening, look, joined = parses_of(text)
        print(
            f"{bullets:8} {len(text):11} {shown:19} {LONGEST_LOOK:6} {shown / len(text):8.3f}"
            f" {opening:16} {look:5} {joined:5}"
        )
        assert shown <= LONGEST_LOOK
        assert (opening, look, joined) == (1, 0, 3)


if __name__ == "__main__":
    main()
