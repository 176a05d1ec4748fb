"""The chart: well-formed, readable in light and dark, the same each time, with words for all."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from connectors.incidents import IncidentRecord
from tests.incidents import days, nights, odd
from tests.incidents.making import Making, service
from worker.drafting.chart.layout import Axis, axis, ticks
from worker.drafting.draft import draft
from worker.drafting.policy import DraftPolicy
from worker.drafting.text.local_time import LocalTime

POLICY = DraftPolicy(ZoneInfo("Europe/Berlin"), chart="timeline.svg")
SVG = "{http://www.w3.org/2000/svg}"
START = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)


def _chart(record: IncidentRecord) -> str:
    chart = draft(record, POLICY).chart
    assert chart is not None
    return chart


def _drawn(record: IncidentRecord) -> ET.Element:
    return ET.fromstring(_chart(record))  # noqa: S314 - our own output


def _texts(root: ET.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def _bands(root: ET.Element) -> list[str]:
    states = {"unacknowledged", "acknowledged", "resolved", "open"}
    rects = [one for one in root.iter(f"{SVG}rect") if one.get("height") == "24.0"]
    return [str(one.get("class")) for one in rects if one.get("class") in states]


@pytest.mark.parametrize(
    "record",
    [nights.storm(), nights.days(), days.recovered(), odd.hostile(), odd.big(), odd.bare()],
    ids=lambda record: record.incident.title[:20],
)
def test_everything_stands_within_the_picture(record: IncidentRecord) -> None:
    root = _drawn(record)
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    for one in root.iter():
        for name, most in (("x", width), ("y", height)):
            if one.get(name):
                assert 0 <= float(one.get(name, "")) <= most
    allowed = {"svg", "style", "defs", "title", "desc", "rect", "path", "text", "circle"}
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= allowed


def test_the_picture_has_a_title_and_says_in_words_what_it_shows() -> None:
    root = _drawn(nights.storm())
    assert root.get("role") == "img"
    titles = {one.get("id"): one.text for one in root if one.tag in {f"{SVG}title", f"{SVG}desc"}}
    assert titles["name"] == "Incident #4711: Checkout API: 5xx above 5 %"
    assert titles["what"] == (
        "Incident #4711 from 2025-03-03 02:10 to 2025-03-03 03:57 (Europe/Berlin); "
        "unacknowledged from 02:10 to 02:20 and acknowledged from 02:20 to 03:57; "
        "23 alerts on Checkout API, 9 alerts on Payments and 5 alerts on Shop frontend; "
        "what Ben Haugen and Dmitri Sokolov did, by time"
    )
    assert root.get("aria-labelledby") == "name what"


def test_it_brings_colours_for_light_and_dark() -> None:
    style = _drawn(nights.storm()).find(f"{SVG}style")
    assert style is not None
    assert "@media (prefers-color-scheme: dark)" in (style.text or "")


def test_services_people_and_phases_are_drawn() -> None:
    root = _drawn(days.reopened())
    assert {"Orders (2)", "Paula Reyes", "Quentin Roy", "Europe/Berlin"} <= set(_texts(root))
    waiting, taken, over = "unacknowledged", "acknowledged", "resolved"
    assert _bands(root) == [waiting, taken, over, waiting, taken, over]


def test_bars_stand_for_all_alerts_on_the_axis() -> None:
    titles = [one.text or "" for one in _drawn(nights.storm()).iter(f"{SVG}title")]
    bars = [int(text.split()[0]) for text in titles if text.endswith(("alert", "alerts"))]
    assert sum(bars) == 37


def test_many_services_and_people_share_a_lane() -> None:
    texts = _texts(_drawn(odd.big()))
    assert "16 other services (750)" in texts
    assert "2 others" in texts


def test_hostile_names_are_text() -> None:
    assert "Eve | Mallory <eve@example…" in _texts(_drawn(odd.hostile()))


def test_an_unread_log_claims_no_phase() -> None:
    assert _bands(_drawn(odd.bare())) == ["open", "resolved"]


def test_a_late_note_does_not_squeeze_the_incident() -> None:
    it = Making(1, "Disk full", START, service("Archive"))
    it.triggered()
    it.resolved("10:00", "Ada")
    before = _chart(it.record())
    it.noted("90:00:00", "Ada", "Looked at it again")
    assert before.count("<path") == _chart(it.record()).count("<path")


def _labels(shown: Axis, zone: str) -> list[tuple[str, str]]:
    clock = LocalTime.for_times(ZoneInfo(zone), shown.begin, [shown.end])
    return [(label, day) for _, label, day in ticks(shown, clock)]


def test_ticks_stand_on_round_local_times() -> None:
    shown = axis(START, START + timedelta(hours=2), [], (0, 100))
    labels = [label for label, _ in _labels(shown, "Asia/Kolkata")]
    assert labels == [f"{17 + at // 4}:{at % 4 * 15:02}" for at in range(2, 11)]


def test_a_minute_has_ticks_of_seconds_and_a_month_of_days() -> None:
    short = axis(START, START, [], (0, 100))
    assert ("13:00:30", "") in _labels(short, "Europe/Berlin")
    long = axis(START, START + timedelta(days=40), [], (0, 100))
    assert [label for label, _ in _labels(long, "Europe/Berlin")] == [""] * 6
    assert [day for _, day in _labels(long, "Europe/Berlin")][:2] == ["2025-03-09", "2025-03-16"]


def test_days_of_23_hours_still_begin_at_midnight() -> None:
    begin = datetime(2025, 3, 28, 12, 0, tzinfo=UTC)
    shown = axis(begin, begin + timedelta(days=5), [], (0, 100))
    clock = LocalTime(ZoneInfo("Europe/Berlin"))
    hours = {time.astimezone(clock.zone).hour for time, *_ in ticks(shown, clock)}
    assert hours == {0}


def test_labels_tell_the_offset_where_the_clocks_change() -> None:
    labels = [text for text in _texts(_drawn(nights.clocks_change())) if "+0" in text]
    assert "02:30 +02" in labels
    assert "02:30 +01" in labels


def test_alerts_far_from_the_incident_are_not_drawn_at_its_edge() -> None:
    it = Making(1, "Disk full", START, service("Archive"))
    it.triggered()
    it.alert("0:00", "Disk full")
    it.alert("-90:00:00", "Disk full")
    it.resolved("10:00", "Ada")
    titles = [one.text for one in _drawn(it.record()).iter(f"{SVG}title")]
    assert titles.count("1 alert") == 1
