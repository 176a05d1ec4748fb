"""A text as a person meant it, without what a browser did to it on its way."""

from collections import Counter
from difflib import SequenceMatcher

from worker.document.text_edits import BOM, SourceText


def as_opened(sent: str, opened: str) -> str:
    """Give the sent text with the line ends and the byte order mark of the text it was made from.

    A form sends every line end as CRLF (HTML, 4.10.21.3, and RFC 7578) and loses the mark; a page
    shows each null character as U+FFFD (HTML, 13.2.5). Each line that is still there is and ends
    as it did; new ones end as most do. A last line without an end stays without, and one with an
    end keeps it while it is the last.
    """
    if not sent:
        return sent
    mark = BOM if opened.startswith(BOM) else ""
    new, old = SourceText.of(sent.removeprefix(BOM)), SourceText.of(opened.removeprefix(BOM))
    lines = [new.line(at) for at in range(len(new.ends))]
    kept = [old.line(at) for at in range(len(old.ends))]
    known, shown = ([line.replace("\0", "\ufffd") for line in some] for some in (kept, lines))
    ends = [old.line_end(at) for at in range(len(old.ends))]
    usual = Counter(ends).most_common(1)[0][0]
    if old.lent:
        ends[-1] = ""
    result = ["" if new.lent and at == len(lines) - 1 else usual for at in range(len(lines))]
    matcher = SequenceMatcher(None, known, shown, autojunk=False)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            result[block.b + step] = ends[block.a + step] or result[block.b + step]
            lines[block.b + step] = kept[block.a + step]
    if shown[-1] == known[-1]:
        result[-1] = ends[-1]
    return mark + "".join(line + end for line, end in zip(lines, result, strict=True))
