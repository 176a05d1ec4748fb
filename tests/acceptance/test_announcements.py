"""A draft is announced once, its message is kept current, and what the chat refuses is told."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.chat import ChannelRule
from connectors.sandbox import Fault, Moment
from tests.acceptance.announcing_world import (
    HISTORY,
    POST,
    UPDATE,
    AnnouncingWorld,
    announcing_world,
)
from worker.announcing.known_messages import UNDER_WAY
from worker.jobs.results import Action, IncidentResult


@pytest.fixture
def here(tmp_path: Path) -> Iterator[AnnouncingWorld]:
    with announcing_world(tmp_path) as made:
        yield made


def draft(here: AnnouncingWorld, name: str = "quick fix", **how: object) -> IncidentResult:
    return here.run(name, tracks=False, remakes=True, wait=0, **how).incidents[0]  # type: ignore[arg-type]  # passed on


def test_a_draft_is_announced_once_and_its_message_is_kept_current(here: AnnouncingWorld) -> None:
    result = draft(here)
    assert [one.action for one in result.deeds] == [Action.DRAFTED, Action.ANNOUNCED]
    post = here.post()
    incident = here.incidents["quick fix"]
    assert incident.title in post.text
    assert f"https://pm.example.com/postmortems/{incident.id}" in post.text
    assert f"#{incident.number}" in post.text
    assert "Missing: " in post.text
    here.asked()
    draft(here)
    here.sync()
    assert [one for one in here.asked() if one != "auth.test"] == []
    here.add_rows("Alert on an empty index | Ines Moreau | High | 2026-12-01")
    result = here.sync()
    assert UPDATE in here.asked()
    assert here.post().ts == post.ts
    assert "Alert on an empty index" in here.post().text
    assert "OPS-1" in here.post().text
    assert Action.ANNOUNCEMENT_WRITTEN in [one.action for one in result.deeds]
    here.sync()
    assert here.asked() == []


def test_documents_from_before_the_chat_are_not_announced(here: AnnouncingWorld) -> None:
    here.is_configured = False
    draft(here)
    here.is_configured = True
    here.sync()
    here.edit(lambda text: text.replace("## 9. ", "Said.\n\n## 9. ", 1))
    here.sync()
    here.run()
    assert here.asked() == []
    draft(here, "reopened")
    assert len(here.posts()) == 1


def test_what_somebody_deleted_is_not_announced_again(here: AnnouncingWorld) -> None:
    draft(here)
    here.slack.workspace.delete(here.room, here.post().ts)
    here.edit(lambda text: text.replace("status: draft", "status: reviewed"))
    result = here.sync()
    assert [one for one in result.warnings if "deleted" in one]
    assert not result.failures
    here.edit(lambda text: text.replace("status: reviewed", "status: final"))
    result = here.sync()
    assert not result.warnings
    here.path().unlink()
    draft(here)
    assert here.posts() == []


REFUSALS = [
    ("not_in_channel", lambda here: setattr(here.room, "member", False)),
    ("is_archived", lambda here: setattr(here.room, "is_archived", True)),
    ("missing_scope", lambda here: here.slack.scopes.discard("chat:write")),
    ("invalid_auth", lambda here: here.slack.tokens.clear()),
    ("channel", lambda here: here.slack.workspace.rooms.clear()),
    ("restricted_action", lambda here: here.slack.fault(refused("restricted_action"))),
]


def refused(name: str) -> Fault:
    return Fault(at=POST, status=200, body={"ok": False, "error": name})


@pytest.mark.parametrize(("name", "refuse"), REFUSALS, ids=[one for one, _ in REFUSALS])
def test_what_is_refused_is_named_stops_nothing_and_is_announced_later(
    here: AnnouncingWorld, name: str, refuse
) -> None:
    scopes, tokens, rooms = set(here.slack.scopes), set(here.slack.tokens), [here.room]
    refuse(here)
    with_rows = here.run("quick fix", wait=0)
    (result,) = with_rows.incidents
    assert with_rows.failed
    assert [one for one in result.failures if name in one and "was not announced" in one]
    assert here.path().exists()
    here.add_rows("Alert on an empty index | Ines Moreau | High | 2026-12-01")
    assert "OPS-1" in {*here.tickets(), *(one.ticket for one in here.sync(wait=0).deeds)}
    here.slack.scopes.update(scopes)
    here.slack.tokens.update(tokens)
    here.slack.workspace.rooms.update({one.id: one for one in rooms})
    here.room.member, here.room.is_archived = True, False
    here.slack.recorder.faults.clear()
    run = here.run(wait=0)
    assert not run.failed
    assert "Alert on an empty index" in here.post().text
    here.run(wait=0)
    assert len(here.posts()) == 1


UNKNOWN = [
    Fault(at=POST, moment=Moment.AFTER),
    Fault(at=POST, moment=Moment.AFTER, status=500),
    Fault(at=POST, body={"ok": False, "error": "internal_error"}),
    Fault(at=POST, status=200, body={"ok": False, "error": "fatal_error"}),
    Fault(at=POST, status=503),
]


@pytest.mark.parametrize("fault", UNKNOWN, ids=range(len(UNKNOWN)))
def test_after_an_unknown_outcome_the_channel_is_read_first(
    here: AnnouncingWorld, fault: Fault
) -> None:
    here.slack.fault(fault)
    result = draft(here)
    assert HISTORY in here.asked()
    if result.again_in is not None:
        assert here.posts() == []
        here.run(wait=0)
        assert POST not in here.asked()
        here.clock.sleep(UNDER_WAY.seconds + 1)
    assert not here.run(wait=0).failed
    here.sync()
    assert len(here.posts()) == 1


def test_where_the_channel_cannot_be_read_nothing_is_posted_again(here: AnnouncingWorld) -> None:
    here.slack.scopes -= {"channels:history"}
    here.slack.fault(Fault(at=POST, moment=Moment.AFTER))
    result = draft(here)
    assert [one for one in result.failures if "cannot be read" in one]
    here.clock.sleep(3600)
    assert here.run(wait=0).failed
    assert len(here.posts()) == 1
    here.slack.scopes |= {"channels:history"}
    assert not here.run(wait=0).failed
    assert len(here.posts()) == 1
    here.edit(lambda text: text.replace("status: draft", "status: final"))
    here.sync()
    assert "final" in here.post().text


def test_a_post_without_answer_is_found_also_where_the_clocks_differ(
    here: AnnouncingWorld,
) -> None:
    here.slack.workspace.clock = lambda: here.clock() - timedelta(hours=3)
    here.slack.fault(Fault(at=POST, moment=Moment.AFTER))
    draft(here)
    here.clock.sleep(60)
    assert not draft(here).failures
    assert len(here.posts()) == 1


def test_words_that_are_too_long_for_a_message_do_not_keep_it_from_being_posted(
    here: AnnouncingWorld,
) -> None:
    name = here.incidents["quick fix"].title
    draft(here)
    here.edit(lambda text: re.sub(r"\nnumber: .*", f'\nnumber: "{"&<" * 4000}"', text))
    result = here.sync()
    assert not result.failures
    assert name in here.post().text
    assert UPDATE in here.asked()


def test_a_team_is_told_in_its_own_channel_by_name_or_id(here: AnnouncingWorld) -> None:
    own = here.slack.workspace.room("team-search")
    service = here.incidents["quick fix"].service
    rule = ChannelRule("#team-search", services=frozenset({service["summary"]}))
    here.rules = (rule, *here.rules)
    draft(here)
    draft(here, "reopened")
    assert len(here.posts(own)) == 1
    assert len(here.posts()) == 1


@pytest.mark.parametrize("error", ["edit_window_closed", "is_archived", "is_inactive"])
def test_a_message_that_may_not_be_edited_any_more_is_left_and_told_once(
    here: AnnouncingWorld, error: str
) -> None:
    draft(here)
    here.slack.fault(Fault(at=UPDATE, status=200, body={"ok": False, "error": error}))
    here.edit(lambda text: text.replace("status: draft", "status: final"))
    result = here.sync()
    assert [one for one in result.warnings if "still says" in one]
    assert not result.failures
    assert not here.sync().warnings


def test_a_dry_run_says_what_would_be_announced_and_posts_nothing(here: AnnouncingWorld) -> None:
    result = here.sync(dry_run=True)
    assert Action.ANNOUNCED in [one.action for one in result.deeds]
    assert here.posts() == []
    assert POST not in here.asked()


def test_secrets_in_peoples_words_are_hidden(here: AnnouncingWorld) -> None:
    draft(here)
    token = "xoxb-123456789012-1234567890123-" + "AbCdEfGhIjKlMnOpQrStUvWx"
    here.add_rows(f"Replace {token} | Ines Moreau | High | 2026-12-01")
    here.sync()
    told = [one.text for one in here.posts()] + [str(one.further) for one in here.posts()]
    assert token not in "".join(told)


def test_only_documents_are_announced_that_have_a_channel(here: AnnouncingWorld) -> None:
    here.rules = (ChannelRule("team-x", services=frozenset({"Nobody's"})),)
    result = draft(here)
    assert not result.failures
    assert here.asked() == []
    here.policy = replace(here.policy)
    assert here.run(wait=0).failed is False
