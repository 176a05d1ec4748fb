"""What counts as documents that are gone, and what as some that were deleted."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from connectors.incidents import IncidentId
from worker.jobs.context import JobContext
from worker.jobs.store_presence import PLACE, DocumentsGone, refuse_gone
from worker.journal.records import KnownDocument

SEEN = datetime(2026, 3, 1, tzinfo=UTC)
KNOWN = {"a.md": "QA", "b.md": "QB", "c.md": "QB"}
"""Two incidents' documents; one has a copy."""


def _context(seen: str, now: str) -> JobContext:
    """Give a place that was ``seen`` and is ``now``."""
    store = SimpleNamespace(
        is_still=lambda place: bool(place) and place == now, where=lambda name: f"/docs/{name}"
    )
    bindings = SimpleNamespace(value={PLACE: seen}.get)
    journal = SimpleNamespace(bindings=bindings)
    return cast("JobContext", SimpleNamespace(store=store, journal=journal))


def _documents(incidents: Mapping[str, str]) -> dict[str, KnownDocument]:
    return {
        name: KnownDocument(name, "1", IncidentId(incident), seen_at=SEEN)
        for name, incident in incidents.items()
    }


def _is_gone(
    known: Mapping[str, str], names: str, met: Mapping[str, str], seen: str, now: str
) -> str:
    try:
        refuse_gone(_context(seen, now), _documents(known), names.split(), _documents(met))
    except DocumentsGone as gone:
        return str(gone)
    return ""


MOVED = [
    pytest.param("a.md b.md c.md", {}, "", id="all are there"),
    pytest.param("a.md b.md", {}, "", id="a copy is not"),
    pytest.param("x.md y.md", {"x.md": "QA", "y.md": "QB"}, "", id="all under other names"),
    pytest.param("a.md", {}, "(QB)", id="half"),
    pytest.param("x.md", {"x.md": "QB"}, "(QA)", id="half, under another name"),
    pytest.param("a.md b.md c.md", {"a.md": "QX"}, "(QA)", id="another one's under its name"),
    pytest.param("a.md", {"a.md": "QX"}, "None of the 2", id="only another one's"),
    pytest.param("", {}, "None of the 2", id="none"),
]


@pytest.mark.parametrize(("names", "met", "told"), MOVED)
def test_another_place_must_have_every_known_document(
    names: str, met: dict[str, str], told: str
) -> None:
    found = _is_gone(KNOWN, names, met, seen="1.1", now="1.2")
    assert told in found
    assert bool(told) == bool(found)


@pytest.mark.parametrize("seen", ["1.1", ""])
@pytest.mark.parametrize(("names", "met"), [("a.md", {}), ("b.md", {}), ("a.md c.md", {})])
def test_in_the_same_place_what_is_missing_was_deleted(
    names: str, met: dict[str, str], seen: str
) -> None:
    assert not _is_gone(KNOWN, names, met, seen=seen, now="1.1")


def test_one_document_alone_is_deleted_in_the_same_place_only() -> None:
    assert not _is_gone({"a.md": "QA"}, "", {}, seen="1.1", now="1.1")
    assert "The one document" in _is_gone({"a.md": "QA"}, "", {}, seen="1.1", now="1.2")
    assert "The one document" in _is_gone({"a.md": "QA"}, "", {}, seen="", now="1.2")
