"""Worlds for the tests: one on each kind of Jira."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.jira.payloads import SiteKind
from tests.acceptance.world import LAG, World, world


@pytest.fixture(params=SiteKind, ids=lambda kind: kind.value.replace(" ", "-"))
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Give a world on each kind of Jira, whose search index is up to date at once."""
    with world(tmp_path, request.param) as made:
        yield made


@pytest.fixture(params=SiteKind, ids=lambda kind: kind.value.replace(" ", "-"))
def lagging(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Give a world whose Jira finds nothing by search for nearly a minute."""
    with world(tmp_path, request.param, lag=LAG * 0.9) as made:
        yield made
