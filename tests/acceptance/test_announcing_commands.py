"""Announcements and digests by the command itself, as operators run it."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.sandbox import Fault, Moment
from connectors.slack.sandbox.server import BOT_TOKEN
from tests import warm
from tests.acceptance.announcing_world import POST, AnnouncingWorld, announcing_world
from tests.service.processes import Process

LIMIT = 60.0
DOCUMENT = """---
incident: Q0LATE0000001
status: in review
title: The queue of orders grew
---

# Postmortem: The queue of orders grew

## 6. Action Items
| Task Description | Owner | Priority | Deadline |
|---|---|---|---|
| Alert on the length of the queue | Ines Moreau | High | 2020-01-02 |
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnnouncingWorld]:
    with announcing_world(tmp_path_factory.mktemp("chat")) as made:
        made.slack.workspace.clock = _now
        yield made


def _now() -> datetime:
    return datetime.now(UTC)  # which commands keep


def environment(here: AnnouncingWorld, folder: Path, **changes: str) -> Mapping[str, str]:
    told = {
        "PAGERDUTY_API_URL": here.pagerduty.url,
        "PAGERDUTY_API_KEY": here.pagerduty.api_key,
        "SLACK_API_URL": here.slack.address,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_CHANNEL": here.room.id,
        "POSTMORTEM_PUBLIC_URL": "http://127.0.0.1:8080",
        "POSTMORTEM_DOCUMENTS": str(folder / "documents"),
        "POSTMORTEM_DATABASE_URL": f"sqlite:///{folder / 'postmortem.db'}",
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
    }
    return {name: value for name, value in (told | changes).items() if value}


def run(
    here: AnnouncingWorld, folder: Path, *words: str, **changes: str
) -> subprocess.CompletedProcess[str]:
    told = environment(here, folder, **changes)
    return warm.run(*words, folder=folder, environment=told)


def test_draft_announces_before_it_ends_and_never_again(
    here: AnnouncingWorld, tmp_path: Path
) -> None:
    here.room.messages.clear()
    incident = here.incidents["quick fix"]
    first = run(here, tmp_path, "draft", incident.id)
    assert first.returncode == 0, first.stderr
    assert "announced" in first.stdout
    assert f"http://127.0.0.1:8080/postmortems/{incident.id}" in here.post().text
    assert run(here, tmp_path, "draft", incident.id).returncode == 0
    assert len(here.posts()) == 1


def test_a_refusal_is_named_with_exit_status_1_and_made_good_by_the_next_run(
    here: AnnouncingWorld, tmp_path: Path
) -> None:
    here.room.messages.clear()
    incident = here.incidents["quick fix"]
    refused = run(here, tmp_path, "draft", incident.id, SLACK_CHANNEL="C0NOWHERE01")
    assert refused.returncode == 1
    assert "channel_not_found" in refused.stderr
    assert list((tmp_path / "documents").glob("*.md"))
    here.slack.fault(Fault(at=POST, moment=Moment.AFTER))
    assert run(here, tmp_path, "sync", incident.id).returncode == 0
    assert len(here.posts()) == 1


def late(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir(exist_ok=True)
    (tmp_path / "documents" / "2020-01-01-Q0LATE0000001-x.md").write_text(DOCUMENT, "utf-8")


def test_remind_prints_what_it_posts_and_dry_run_posts_nothing(
    here: AnnouncingWorld, tmp_path: Path
) -> None:
    here.room.messages.clear()
    late(tmp_path)
    (tmp_path / "postmortem.toml").write_text('[reminders]\nevery = "7d"\n', "utf-8")
    shown = run(here, tmp_path, "remind", "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "Alert on the length of the queue" in shown.stdout
    assert here.posts() == []
    here.room.member = False
    refused = run(here, tmp_path, "remind")
    assert (refused.returncode, "not_in_channel" in refused.stderr) == (1, True)
    assert "failing Since " in run(here, tmp_path, "status").stdout
    here.room.member = True
    posted = run(here, tmp_path, "remind")
    assert posted.returncode == 0, posted.stderr
    assert "Alert on the length of the queue" in here.post().text
    again = run(here, tmp_path, "remind", "--json")
    assert [one["state"] for one in json.loads(again.stdout)] == ["was posted in this period"]
    assert len(here.posts()) == 1


def test_remind_says_what_is_missing(here: AnnouncingWorld, tmp_path: Path) -> None:
    late(tmp_path)
    told = run(here, tmp_path, "remind")
    assert (told.returncode, "[reminders]" in told.stderr) == (2, True)
    told = run(here, tmp_path, "remind", SLACK_CHANNEL="")
    assert (told.returncode, "SLACK_CHANNEL" in told.stderr) == (2, True)
    told = run(here, tmp_path, "remind", SLACK_CHANNEL="", SLACK_BOT_TOKEN="")
    assert (told.returncode, "SLACK_BOT_TOKEN" in told.stderr) == (2, True)
    shown = run(here, tmp_path, "remind", "--dry-run", SLACK_CHANNEL="")
    assert "Alert on the length of the queue" in shown.stdout


def test_work_posts_the_digest_once_also_when_it_is_killed_and_started_again(
    here: AnnouncingWorld, tmp_path: Path
) -> None:
    here.room.messages.clear()
    late(tmp_path)
    (tmp_path / "postmortem.toml").write_text('[reminders]\nevery = "7d"\n', "utf-8")
    told = environment(here, tmp_path)
    quiet = '[[quiet_times]]\nfrom = "00:00"\nto = "00:00"\n'
    settings = tmp_path / "postmortem.toml"
    for text, expected in ((settings.read_text() + quiet, 0), (settings.read_text(), 1)):
        settings.write_text(text, "utf-8")
        process = Process(("work",), tmp_path / f"expects-{expected}", told)
        try:
            process.wait_until_up()
            deadline = time.monotonic() + (0 if expected == 0 else LIMIT)
            while len(here.posts()) < expected and time.monotonic() < deadline:
                time.sleep(0.1)
        finally:
            process.kill()
        assert len(here.posts()) == expected
    assert run(here, tmp_path, "remind").returncode == 0
    assert len(here.posts()) == 1
