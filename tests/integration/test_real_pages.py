"""Markdown of others as pages: well-formed XML, with all the words of the document's own page."""

import re
from collections.abc import Callable, Iterable
from html import unescape

import pytest

from tests.integration.test_real_markdown import real_files, specified, written_here
from tests.unit.publishing_support import (
    letters,
    letters_of_html,
    letters_of_page,
    storage_of,
)


@pytest.mark.parametrize(
    ("bodies", "at_least"),
    [(lambda: real_files().values(), 200), (specified, 600), (written_here, 100)],
    ids=["real", "specified", "ours"],
)
def test_every_form_of_markdown_is_a_page_of_the_same_words(
    bodies: Callable[[], Iterable[str]], at_least: int
) -> None:
    every = list(bodies())
    assert len(every) >= at_least
    for body in every:
        # the document's own page numbers a footnote anew at each further reference: [3:1]
        page, told = storage_of(body), re.sub(r"\[(\d+):\d+\]", r"[\1]", letters_of_html(body))
        assert without_paths(page, told) == told, body


def without_paths(page: str, told: str) -> str:
    """Give a page's letters without the paths of links that it cannot follow.

    They stand as code in parentheses behind a link's words. What people wrote in that way is told
    by the document as well, and stays.
    """
    found, at = letters_of_page(page), 0
    codes = re.findall(r" \(<code>([^<]*)</code>\)", page)
    paths = {f"({letters(unescape(one))})" for one in codes}
    while paths and (at := found.find("(", at)) >= 0:  # each begins so: the rest is passed by
        path = next((one for one in paths if found.startswith(one, at)), "")
        if path and not told.startswith(path, at):
            found = found[:at] + found[at + len(path) :]
        else:
            at += 1
    return found
