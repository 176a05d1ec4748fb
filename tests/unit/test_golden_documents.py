"""Whole documents of invented incidents, as a responder would have written them.

With ``POSTMORTEM_UPDATE_GOLDEN=1`` the files are written anew instead of compared: read the
difference line by line before it is committed.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.template_names import Names
from connectors.incidents import IncidentRecord
from tests.incidents import days, nights, odd
from worker.document.fill_template import fill
from worker.drafting.draft import draft
from worker.drafting.policy import DraftPolicy

GOLDEN = Path(__file__).parents[1] / "golden"
TEMPLATE = (Path(__file__).parents[2] / "config" / "postmortem.md").read_text()
UPDATE = bool(os.environ.get("POSTMORTEM_UPDATE_GOLDEN"))

POLICY = DraftPolicy(
    ZoneInfo("Europe/Berlin"),
    acknowledge_within=timedelta(minutes=5),
    resolve_within=timedelta(hours=1),
    review_due=timedelta(days=5),
    chart="timeline.svg",
)

INCIDENTS: dict[str, Callable[[], IncidentRecord]] = {
    "alert-storm": nights.storm,
    "clocks-go-back": nights.clocks_change,
    "several-days": nights.days,
    "quick-fix": days.quick,
    "recovered-by-itself": days.recovered,
    "never-acknowledged": days.unanswered,
    "opened-by-hand": days.by_hand,
    "reopened": days.reopened,
    "merged-into": days.merge_target,
    "hostile-text": odd.hostile,
    "strangers": odd.strangers,
    "very-big": odd.big,
    "hardly-readable": odd.bare,
}


def _matches(name: str, made: str) -> None:
    path = GOLDEN / name
    if UPDATE:
        path.write_text(made, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == made


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_draft_reads_as_it_was_reviewed(name: str) -> None:
    content = draft(INCIDENTS[name](), POLICY).content
    _matches(f"{name}.md", fill(TEMPLATE, content, Names()).text)


@pytest.mark.parametrize("name", ["alert-storm", "clocks-go-back", "reopened", "hostile-text"])
def test_the_chart_looks_as_it_was_reviewed(name: str) -> None:
    _matches(f"{name}.svg", draft(INCIDENTS[name](), replace(POLICY, chart="x.svg")).chart or "")


def test_every_golden_file_belongs_to_an_incident() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(INCIDENTS)
