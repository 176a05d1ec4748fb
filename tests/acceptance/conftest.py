"""Worlds for the tests: one on each kind of Jira, or on the kinds that a module names as KINDS.

What is decided before Jira is asked (what is a row, what its words are) is the same on both, and
costs twice as much to be seen twice.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.jira.payloads import SiteKind
from tests.acceptance.world import LAG, World, world


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a world on each of its module's kinds of Jira."""
    for name in {"here", "lagging"}.intersection(metafunc.fixturenames):
        if getattr(metafunc.module, name, None) is None:
            kinds = getattr(metafunc.module, "KINDS", tuple(SiteKind))
            ids = [kind.value.replace(" ", "-") for kind in kinds]
            metafunc.parametrize(name, kinds, ids=ids, indirect=True)


@pytest.fixture
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Give a world on each kind of Jira, whose search index is up to date at once."""
    with world(tmp_path, request.param) as made:
        yield made


@pytest.fixture
def lagging(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Give a world whose Jira finds nothing by search for nearly a minute."""
    with world(tmp_path, request.param, lag=LAG * 0.9) as made:
        yield made
