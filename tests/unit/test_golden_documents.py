"""Whole documents of invented incidents, as a responder would have written them.

With ``POSTMORTEM_UPDATE_GOLDEN=1`` the files are written anew instead of compared: read the
difference line by line before it is committed.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from config.template_names import Names
from tests.incidents.documents import INCIDENTS, POLICY, TEMPLATE
from worker.document.fill_template import fill
from worker.drafting.draft import draft

GOLDEN = Path(__file__).parents[1] / "golden"
UPDATE = bool(os.environ.get("POSTMORTEM_UPDATE_GOLDEN"))


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
