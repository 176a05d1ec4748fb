"""How numbers, times, lists and names read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from connectors.incidents import Agent, AgentKind, Channel, LogEntry
from connectors.log_entry_kinds import EntryKind
from tests.incidents.making import channel
from worker.content.inline_markdown import Markdown
from worker.drafting.history.agents import actor, automatic, monitor, name
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import (
    count,
    duration,
    listing,
    plural,
    quoted,
    sentences,
    span,
    tally,
    times,
    times_until,
)
from worker.drafting.timeline.entry_wording import capitalised

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (-5, "0 s"),
        (40, "40 s"),
        (60, "1 min"),
        (130, "2 min 10 s"),
        (299, "4 min 59 s"),
        (300, "5 min"),
        (542, "9 min"),
        (599, "10 min"),
        (600, "10 min"),
        (629, "10 min"),
        (631, "11 min"),
        (3600, "1 h"),
        (3600 + 47 * 60, "1 h 47 min"),
        (7199, "2 h"),
        (86400, "1 d"),
        (2 * 86400 + 3 * 3600 + 5 * 60, "2 d 3 h 5 min"),
    ],
)
def test_elapsed_times_are_told_as_people_say_them(seconds: int, told: str) -> None:
    assert duration(timedelta(seconds=seconds)) == told


def test_spans_are_told_in_minutes_once_they_last_one() -> None:
    assert span(timedelta(seconds=40)) == "40 s"
    assert span(timedelta(seconds=62)) == "1 min"


def test_numbers_take_the_plural() -> None:
    assert count(1, "alert") == "1 alert"
    assert count(1200, "entry") == "1,200 entries"
    assert [plural(noun) for noun in ("day", "status update", "switch")] == [
        "days",
        "status updates",
        "switches",
    ]
    assert [times(number) for number in (1, 2, 3)] == ["once", "twice", "3 times"]
    assert times_until(1, "08:40") == "once, at 08:40"
    assert times_until(2, "08:40") == "twice until 08:40"


def test_lists_name_some_and_count_the_rest() -> None:
    assert listing([]) == ""
    assert listing(["Ada"]) == "Ada"
    assert listing(["Ada", "Ben", "Ada", ""]) == "Ada and Ben"
    assert listing("ABCDEF", limit=4) == "A, B, C and 3 others"
    assert tally([("critical", 30), ("warning", 7)]) == "critical 30, warning 7"
    assert tally([("a", 4), ("b", 3), ("c", 2), ("d", 1)]) == "a 4, b 3, c 2, 1 other 1"


def test_quotations_say_when_they_are_cut() -> None:
    assert quoted("two\n words ") == '"two words"'
    assert quoted(" \n ") == ""
    assert quoted("word " * 10, limit=12) == (
        '"word word…" (shortened; all 49 characters are at the source)'
    )


def test_sentences_have_one_full_stop_between_them() -> None:
    assert sentences(["P1", "", 'He said "Done."', "Then"]) == 'P1. He said "Done." Then'


def test_times_are_as_short_as_they_can_be() -> None:
    noon = datetime(2025, 3, 3, 11, 0, tzinfo=UTC)
    clock = LocalTime.for_times(BERLIN, noon, [noon + timedelta(hours=2)])
    assert clock.short(noon) == "12:00"
    assert clock.full(noon) == "2025-03-03 12:00"
    assert clock.name == "Europe/Berlin"


def test_the_date_is_shown_on_other_days_than_the_one_that_goes_without_saying() -> None:
    late = datetime(2025, 3, 3, 22, 30, tzinfo=UTC)
    later = late + timedelta(hours=1)
    clock = LocalTime.for_times(BERLIN, late, [later])
    assert [clock.short(late), clock.short(later)] == ["23:30", "2025-03-04 00:30"]
    beside = clock.on_day_of(later)
    assert [beside.short(late), beside.short(later)] == ["2025-03-03 23:30", "00:30"]


def test_what_comes_soon_after_a_time_shows_no_date_beside_it() -> None:
    late = datetime(2025, 3, 3, 22, 30, tzinfo=UTC)
    beside = LocalTime.for_times(BERLIN, late, []).on_day_of(late)
    assert beside.short(late + timedelta(hours=2)) == "01:30"
    assert beside.short(late + timedelta(hours=13)) == "2025-03-04 12:30"


def test_the_zone_decides_which_day_it_is() -> None:
    late = datetime(2025, 3, 3, 22, 30, tzinfo=UTC)
    later = late + timedelta(hours=1)
    assert LocalTime.for_times(ZoneInfo("UTC"), late, [later]).short(later) == "23:30"


def test_the_offset_is_shown_where_the_clocks_change() -> None:
    before = datetime(2025, 10, 26, 0, 40, tzinfo=UTC)
    after = before + timedelta(hours=1)
    clock = LocalTime.for_times(BERLIN, before, [after])
    assert clock.short(before) == "02:40 +02:00"
    assert clock.short(after) == "02:40 +01:00"
    assert LocalTime.for_times(BERLIN, before, []).short(before) == "02:40 +02:00"


def test_a_change_of_clocks_from_one_day_to_the_next_shows_the_offset_on_both() -> None:
    evening = datetime(2025, 10, 25, 20, 0, tzinfo=UTC)
    morning = evening + timedelta(hours=12)
    clock = LocalTime.for_times(BERLIN, evening, [morning])
    assert clock.short(evening) == "22:00 +02:00"
    assert clock.full(morning) == "2025-10-26 09:00 +01:00"


def test_a_time_weeks_later_changes_how_no_other_is_shown() -> None:
    noon = datetime(2025, 10, 3, 10, 0, tzinfo=UTC)
    late = noon + timedelta(days=60)
    clock = LocalTime.for_times(BERLIN, noon, [late])
    assert [clock.short(noon), clock.short(late)] == ["12:00", "2025-12-02 11:00"]


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (None, "Somebody"),
        (Agent(AgentKind.PERSON, "P1", "Ada Okafor"), "Ada Okafor"),
        (Agent(AgentKind.PERSON, "P1", ""), "a former user (P1)"),
        (Agent(AgentKind.PERSON, "P1", "P1"), "a former user (P1)"),
        (Agent(AgentKind.PERSON, "", ""), "Somebody"),
        (Agent(AgentKind.BOT, "B1", "Deploys"), "Deploys (bot)"),
        (Agent(AgentKind.BOT, "B1", "Slackbot"), "Slackbot"),
        (Agent(AgentKind.INTEGRATION, "I1", "Lookout"), "Lookout"),
        (Agent(AgentKind.OTHER, "X1", ""), "X1"),
        (Agent(AgentKind.WORKFLOW, "W1", "Major incident"), "the workflow Major incident"),
        (Agent(AgentKind.WORKFLOW, "W1", "Our Workflow"), "Our Workflow"),
        (Agent(AgentKind.WORKFLOW, "W1", "W1"), "a workflow"),
    ],
)
def test_whoever_acted_has_a_name(agent: Agent | None, told: str) -> None:
    assert name(agent) == told


def _entry(agent: Agent | None, channel: Channel) -> LogEntry:
    at = datetime(2025, 3, 3, tzinfo=UTC)
    return LogEntry("R1", EntryKind.TRIGGER, "", at, agent, channel)


def test_what_no_person_did_is_told_by_its_channel_and_its_agent() -> None:
    service = Agent(AgentKind.SERVICE, "S1", "Checkout API")
    assert automatic(_entry(service, channel("timeout")))
    assert automatic(_entry(None, channel("auto")))
    assert not automatic(_entry(None, channel("website")))
    assert actor(_entry(service, channel("api"))) == "the service Checkout API"
    assert actor(_entry(None, channel("auto"))) == "Automation"
    assert actor(_entry(None, channel("website"))) == "Somebody"


@pytest.mark.parametrize(
    ("agent", "channel", "told"),
    [
        (
            Agent(AgentKind.INTEGRATION, "I", "API", has_generic_name=True),
            channel("api", client="Lookout"),
            "Lookout",
        ),
        (Agent(AgentKind.INTEGRATION, "I", "Pulse"), channel("api"), "Pulse"),
        (Agent(AgentKind.INTEGRATION, "I", "API", has_generic_name=True), channel("api"), ""),
        (Agent(AgentKind.SERVICE, "S", "Checkout"), channel("api"), ""),
        (Agent(AgentKind.SERVICE, "S", "Mail"), channel("email"), "an e-mail"),
        (None, Channel(), ""),
    ],
)
def test_a_monitor_is_named_where_the_entry_tells_it(
    agent: Agent | None, channel: Channel, told: str
) -> None:
    assert monitor(_entry(agent, channel)) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a former user (P1) acknowledged", "A former user (P1) acknowledged"),
        ('an e-mail reported "Export failed"', 'An e-mail reported "Export failed"'),
        ("the service Edge acknowledged", "The service Edge acknowledged"),
        ("ana.bo acknowledged", "ana.bo acknowledged"),
    ],
)
def test_a_row_begins_with_a_capital_where_it_begins_with_no_name(text: str, told: str) -> None:
    assert capitalised(Markdown(text)) == told
