"""Markdown of others as pages: well-formed XML, with all the words of the document's own page."""

from collections.abc import Callable, Iterable

import pytest

from tests.integration.test_real_markdown import real_files, specified, written_here
from tests.unit.publishing_support import letters_of_html, letters_of_page, storage_of


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
        assert letters_of_page(storage_of(body)) == letters_of_html(body), body
