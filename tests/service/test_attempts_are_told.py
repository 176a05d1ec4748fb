"""The page of what is tried against the program names all of it."""

import pytest

from tests.service.hostile_table import DOCUMENT, attempt, cell

AGAIN = "Write docs/hostile.md anew: make hostile TEST_FLAGS=--write"


def test_the_page_names_every_attempt_that_is_collected_here(
    request: pytest.FixtureRequest,
) -> None:
    told = set(DOCUMENT.read_text("utf-8").splitlines())
    tried = {
        attempt(item.nodeid) for item in request.session.items if "/test_hostile_" in item.nodeid
    }
    lines = {f"| {cell(one.tried)} | {cell(one.held) or 'yes'} |" for one in tried}
    assert lines <= told, AGAIN
