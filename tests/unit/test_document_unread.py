"""What in a document is not settled, and what looks like an action item and is not read."""

import pytest

from worker.document.front_matter import DocumentError
from worker.document.unread.unfinished_text import (
    conflict_lines,
    conflicts,
    open_prompts,
    prompt_lines,
    prompt_passages,
    refuse_conflicts,
)


@pytest.mark.parametrize(
    ("line", "is_marker"),
    [
        ("<<<<<<<", True),
        ("<<<<<<< HEAD", True),
        ("<<<<<<<\tours", True),
        (">>>>>>>>", True),
        (">>>>>>> 1a2b3c (Words, with a | in them)", True),
        ("||||||| 1a2b3c", True),
        ("|||||||\tx", True),
        ("|||||||| ancestors", True),
        ("<<<<<< HEAD", False),
        (">>>>>> x", False),
        ("<<<<<<<x", False),
        (" <<<<<<< HEAD", False),
        ("a <<<<<<< HEAD", False),
        (">>>>>>>x", False),
        ("|||||||", False),
        ("||||||| ", False),
        ("|||||| x", False),
        ("|||||||x", False),
        ("||||||| a | b", False),
        ("||||||| | b", False),
        ("=======", False),
    ],
)
def test_a_conflict_marker_opens_its_line_and_stands_alone(line: str, *, is_marker: bool) -> None:
    assert conflict_lines(f"# T\n\n{line}\n\nwords\n") == ((3,) if is_marker else ())
    assert conflict_lines(f"# T\r\n\r\n{line}") == ((3,) if is_marker else ())


def test_markers_in_a_fence_are_quoted() -> None:
    fence = "```\n<<<<<<< a\n>>>>>>> b\n```\n"
    assert conflict_lines(f"<<<<<<< a\n{fence}>>>>>>> b\n") == (1, 6)
    assert conflict_lines(fence) == ()
    assert conflict_lines("---\n<<<<<<< a\nincident: Q1\n---\n") == (2,)


@pytest.mark.parametrize(
    ("count", "lines"),
    [
        (1, "1"),
        (6, "1, 2, 3, 4, 5, 6"),
        (7, "1, 2, 3, 4, 5, 6 and 1 more"),
        (9, "1, 2, 3, 4, 5, 6 and 3 more"),
    ],
)
def test_conflicts_are_told_with_their_first_lines(count: int, lines: str) -> None:
    text, told = (
        "<<<<<<< a\n" * count,
        (
            f"it holds conflict markers, which a merge of two versions left on line {lines}. "
            "No ticket is made from it until they are gone."
        ),
    )
    assert conflicts(text) == told
    with pytest.raises(DocumentError) as error:
        refuse_conflicts(text)
    assert error.value.what == told
    assert error.value.remedy == "Keep what is right, delete the markers, and sync again."


def test_a_document_without_markers_is_not_refused() -> None:
    assert conflicts("# T\n") == ""
    refuse_conflicts("# T\n")


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        ("[who]", True),
        ("a [who] b", True),
        ("([who])", True),
        ("[w]", True),
        ("[Xavier]", True),
        ("[xy]", True),
        ("*[who]*", True),
        ("[see [who] b]", True),
        ("Label: [ ]", True),
        ("Label: words", False),
        ("![who] b", False),
        ("a[0] b", False),
        ("[a][b] c", False),
        ("\\[who] b", False),
        ("[x] done", False),
        ("[X] done", False),
        ("a [^1] b", False),
        ("a [ who] b", False),
        ("a [who](u) b", False),
        ("a [who]: b", False),
        ("a [] b", False),
    ],
)
def test_words_in_brackets_ask_unless_they_are_something_else(words: str, *, asks: bool) -> None:
    assert open_prompts(f"- {words}\n") == asks
    cells = [(0, (words,))] if asks else []
    assert list(prompt_lines(f"- {words}\n")) == cells
    row = f"| a | b |\n|---|---|\n| {words} | c |\n"
    if not words.startswith("Label"):
        assert list(prompt_lines(row)) == ([(2, (words, "c"))] if asks else [])
        assert list(prompt_passages(f"a\n\n{words} a\nb\n")) == (
            [(2, f"{words} a")] if asks else []
        )


def test_prompts_of_running_text_are_told_by_their_line_and_those_of_lists_elsewhere() -> None:
    text = "# [T]\n\nOne\n[two]\n\n- [three]\n\n  [four]\n\n> [five]\n\n```\n[six]\n```\n"
    assert list(prompt_passages(text)) == [(0, "# [T]"), (3, "[two]"), (9, "> [five]")]
