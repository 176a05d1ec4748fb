"""Where a draft tells what alerts say besides their summaries, and that it tells it once."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from config.template_names import Slot
from connectors.log_entry_kinds import ChannelKind
from tests.incidents.making import Making, service
from worker.content.draft_content import Content, DraftEntry
from worker.drafting.draft import draft
from worker.drafting.policy import DraftPolicy

START = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)
CHECKOUT, PAYMENTS = service("Checkout"), service("Payments")
REASON = "Free space is 2 % (limit 10 %)."


def _making() -> Making:
    it = Making(1, "Disk full", START, CHECKOUT)
    it.triggered()
    return it


def _told(it: Making) -> Content:
    return draft(it.record(), DraftPolicy(ZoneInfo("UTC"), links=False)).content


def _quotes(content: Content) -> list[str]:
    points = content.entries.get(Slot.LOGS, DraftEntry()).points
    return [one.text for one in points if one.text.startswith("Alert")]


def test_what_the_alert_says_that_opened_the_incident_stands_with_its_detection() -> None:
    it = _making()
    it.alert("0:00", "Disk full", words=REASON)
    content = _told(it)
    assert content.timeline[0].cells[1] == (
        f'Lookout reported "Disk full" on Checkout (critical); description: "{REASON}"'
    )
    assert _quotes(content) == []


def test_what_other_alerts_say_is_quoted_once_for_each_kind() -> None:
    it = _making()
    it.alert("0:00", "Disk full", words=REASON)
    it.alert("1:00", "Queue 1 is long", words="52,310 messages wait there.")
    it.alert("1:10", "Queue 2 is long", words="61,007 messages wait there.")
    it.alert("2:00", "Pay is slow", words="Calls take 7 s at most.", on=PAYMENTS)
    it.alert("2:10", "Archive is slow", words="Calls take 7 s at most.")
    it.alert("3:00", "Pods restart")
    assert _quotes(_told(it)) == [
        'Alert "Queue 1 is long", 12:01: "52,310 messages wait there."',
        'Alert "Pay is slow", 12:02: "Calls take 7 s at most."',
    ]


def test_a_storm_quotes_its_first_kinds_and_counts_the_others() -> None:
    it = _making()
    it.alert("0:00", "Disk full")
    for kind in "abcdefghijk":
        it.alert("1:00", f"Check {kind} failed", words=f"The check {kind} has its own words.")
    quotes = _quotes(_told(it))
    assert (len(quotes), quotes[-1]) == (9, "Alerts of 3 kinds more are told in the incident")


def test_a_lone_figure_is_no_words() -> None:
    it = _making()
    it.alert("0:00", "Disk full")
    it.alert("1:00", "Queue is long", words="count: 7")
    assert _quotes(_told(it)) == []


def test_an_incident_that_a_person_opened_has_all_words_of_alerts_quoted() -> None:
    it = Making(1, "Disk full", START, CHECKOUT)
    it.opened("Ada")
    it.alert("0:02", "Disk full", words=REASON)
    content = _told(it)
    assert REASON not in content.timeline[0].cells[1]
    assert _quotes(content) == [f'Alert "Disk full", 12:00: "{REASON}"']


def test_words_of_another_alert_are_not_put_into_the_detections_mouth() -> None:
    it = _making()
    it.alert("0:04", "Queue is long", words="52,310 messages wait there.")
    content = _told(it)
    assert "messages wait" not in content.timeline[0].cells[1]
    assert len(_quotes(content)) == 1


def test_alerts_without_summaries_are_told_apart_by_their_words() -> None:
    it = _making()
    it.alert("0:00", "", words="The first pool is empty.")
    it.alert("1:00", "", words="The second pool is empty.")
    assert _quotes(_told(it))[-1] == 'Alert, 12:01: "The second pool is empty."'


def test_what_people_report_by_a_desk_may_be_the_impact() -> None:
    it = _making()
    it.log[0] = replace(it.log[0], channel=replace(it.log[0].channel, kind=ChannelKind.DESK))
    it.alert("-1:00:00", "Older", words="40 % of customers cannot log in.")
    it.alert("0:01", "Disk full", words="Customers in Spain cannot pay. About 40 calls.")
    entries = _told(it).entries
    assert [one.text for one in entries[Slot.IMPACT].points] == [
        'Candidate: "Customers in Spain cannot pay." (the report that opened it, 12:00)'
    ]


def test_a_monitors_words_are_no_candidate_for_the_impact() -> None:
    it = _making()
    it.alert("0:01", "Disk full", words="Customers in Spain cannot pay. About 40 calls.")
    assert _told(it).entries[Slot.IMPACT].points == ()
