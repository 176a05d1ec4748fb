"""Alerts as bursts: told by kind while they are few, by service when they are many."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.incidents import Alert
from tests.incidents import odd
from tests.incidents.making import Making, service
from worker.drafting.history.alerts import Burst, bursts, by_severity, cleared, peak, tell_burst
from worker.drafting.text.local_time import LocalTime

START = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)
CLOCK = LocalTime(ZoneInfo("UTC"))
CHECKOUT, PAYMENTS = service("Checkout"), service("Payments")


def _making() -> Making:
    return Making(1, "Disk full", START, CHECKOUT)


def _burst(it: Making) -> Burst:
    (burst,) = bursts(it.alerts)
    return burst


def _told(it: Making, *resolutions: datetime) -> str:
    return tell_burst(_burst(it), resolutions, CLOCK)


def test_alerts_with_one_key_are_one_burst_whatever_they_say() -> None:
    it = _making()
    it.alert("0:00", "5xx at 6 %", key="5xx")
    it.alert("1:00", "5xx at 9 %", key="5xx")
    assert [one.key for one in bursts(it.alerts)] == [f"burst:{CHECKOUT.id}:5xx:1"]


def test_keys_that_differ_by_host_are_told_together_by_the_words_of_their_summary() -> None:
    it = _making()
    for host in range(5):
        it.alert(f"0:{host:02}", f"Host web-{host} is down", key=f"host-{host}")
    assert _told(it) == '5 alerts on Checkout within 4 s: like "Host web-0 is down"'


def test_too_many_keys_are_told_together_by_the_words_of_their_summary() -> None:
    it = _making()
    for host in range(12):
        for minute in range(2):
            it.alert(f"{minute}:{host:02}", f"Host web-{host} is down", key=f"host-{host}")
    (burst,) = bursts(it.alerts)
    assert burst.key == f"burst:{CHECKOUT.id}:Host web-# is down:1"


def test_a_pause_ends_a_burst_and_numbers_the_next() -> None:
    it = _making()
    for offset in ("0:00", "9:00", "19:30"):
        it.alert(offset, "5xx", key="5xx")
    found = bursts(it.alerts)
    assert [len(one.alerts) for one in found] == [2, 1]
    assert [one.key.rsplit(":", 1)[1] for one in found] == ["1", "2"]


def test_different_services_and_kinds_are_different_bursts() -> None:
    it = _making()
    it.alert("0:00", "5xx", key="5xx")
    it.alert("0:01", "slow", key="slow")
    it.alert("0:02", "5xx", key="5xx", on=PAYMENTS)
    assert len(bursts(it.alerts)) == 3


def test_many_kinds_of_one_service_are_told_together_with_their_numbers() -> None:
    it = _making()
    for at in range(40):
        it.alert(f"{at // 4}:{at % 4 * 10:02}", f"check {'abcdefghij'[at % 10]} failed")
    assert _told(it) == (
        "40 alerts on Checkout from 12:00 to 12:09, peak 4 a minute: "
        '"check a failed" 4, "check b failed" 4, "check c failed" 4, 7 others 28'
    )


def test_of_very_many_services_those_with_the_fewest_alerts_are_told_together() -> None:
    told = tell_burst(Burst("x", odd.big().alerts), (), CLOCK)
    assert told.startswith("1,000 alerts on 21 services (Service B 50, Service C 50, ")
    rest = bursts(odd.big().alerts)[-1]
    assert tell_burst(rest, (), CLOCK).startswith("250 alerts on 6 services (")


def test_a_single_alert_is_told_by_its_summary() -> None:
    it = _making()
    it.alert("0:00", "Disk full", severity="warning", cleared="7:00", suppressed=True)
    assert _told(it) == 'Alert on Checkout: "Disk full" (warning), suppressed; cleared at 12:07'


def test_alerts_closed_with_the_incident_did_not_clear_by_themselves() -> None:
    it = _making()
    it.alert("0:00", "5xx", key="5xx", cleared="7:00")
    it.alert("0:30", "5xx", key="5xx", cleared="30:04")
    it.alert("0:40", "5xx", key="5xx")
    assert _told(it, it.at("30:00")).endswith("; 1 of them cleared by 12:07")
    assert _told(it).endswith("; 2 of them cleared by 12:30")
    it.alerts[:] = it.alerts[2:]
    assert "cleared" not in _told(it)


def test_the_peak_is_the_densest_minute_wherever_it_begins() -> None:
    times = [START + timedelta(seconds=seconds) for seconds in (0, 50, 70, 80, 109, 110, 300)]
    assert peak(times) == (4, times[1])
    assert peak(times[:1]) == (1, START)


def test_severities_are_counted_the_worst_first() -> None:
    def alert(severity: str | None) -> Alert:
        return Alert("A", "x", START, severity=severity)

    found = by_severity(map(alert, ["info", "odd", "critical", None, "Critical", "warning"]))
    assert found == [("critical", 2), ("warning", 1), ("info", 1), ("odd", 1)]


def test_no_alert_clears_before_it_came() -> None:
    it = _making()
    alert = it.alert("5:00", "Host web-1 is down", cleared="3:00")
    assert cleared(alert, ()) == START + timedelta(minutes=5)
