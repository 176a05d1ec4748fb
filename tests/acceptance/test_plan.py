"""What the page shows before a re-sync: all that it would write, and nothing written yet."""

from pathlib import Path

import pytest

from tests.acceptance.test_command_line import Shell
from tests.acceptance.world import world
from worker.app.registry import load_settings
from worker.app.service import planned


def test_a_plan_tells_what_a_sync_then_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(tmp_path) as here:
        shell = Shell(here)
        monkeypatch.chdir(here.folder)
        shell.told("draft", here.id("quick fix"))
        here.edit(lambda text: text.replace("9 min", "Ten minutes", 1))
        here.add_rows("Count the pictures | | High |")
        before, database = here.text(), here.database.read_bytes()
        calls = len(here.jira.calls())
        plan = planned(load_settings(None, shell.environment), here.id("quick fix"))
        assert here.text() == before
        assert here.database.read_bytes() == database
        assert not [
            one
            for one in here.jira.calls()[calls:]
            if not one.startswith("GET") and "/search" not in one
        ]
        told = [(one.action.value, one.subject) for one in plan.deeds]
        assert told == [("created", "Count the pictures")]
        (done,) = shell.told("sync", here.id("quick fix"))["incidents"]
        assert told[0] in [(one["action"], one["subject"]) for one in done["deeds"]]
        suggested = [(one.place, one.people, one.fresh) for one in plan.suggestions]
        assert suggested == [tuple(one.values()) for one in done["suggestions"]]
        assert planned(load_settings(None, shell.environment), here.id("quick fix")).deeds == ()
