"""The real client over HTTP against the sandbox: what is read, repeated, left out, refused."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import requests

from connectors.errors import (
    AccessDenied,
    ConfigurationError,
    ConnectorError,
    NotFound,
    OutOfQuota,
    PayloadError,
    Rejected,
    Unreachable,
)
from connectors.incidents import IncidentId, IncidentStatus
from connectors.log_entry_kinds import EntryKind
from connectors.pagerduty.client import PagerDuty
from connectors.pagerduty.reading.subscriptions import ExpectedWebhook
from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox import scenarios
from connectors.pagerduty.sandbox.scenarios.checkout_storm import (
    AIKO,
    MERGED_ID,
    STORM_ID,
    STORM_START,
)
from connectors.pagerduty.sandbox.scenarios.quiet_and_large_incidents import (
    REOPENED_ID,
    REOPENED_START,
)
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.retry import RetryPolicy
from connectors.sandbox import Fault

STORM = IncidentId(STORM_ID)
LOG = rf"/incidents/{STORM_ID}/log_entries"


@dataclass
class Waits:
    """Stands for ``sleep``: remembers, and never waits."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def sandbox() -> Iterator[PagerDutySandbox]:
    with PagerDutySandbox() as server:
        scenarios.load(server.account)
        yield server


@pytest.fixture
def waits() -> Waits:
    return Waits()


Connect = Callable[..., PagerDuty]


@pytest.fixture
def connect(waits: Waits) -> Iterator[Connect]:
    """Makes clients that never really wait, and closes them in the end."""
    with contextlib.ExitStack() as made:

        def make(key: str, url: str, **more: Any) -> PagerDuty:
            client = PagerDuty(key, url, **{"timeout": 5, "policy": quick(waits), **more})
            made.callback(client.close)
            return client

        yield make


@pytest.fixture
def pagerduty(sandbox: PagerDutySandbox, connect: Connect) -> PagerDuty:
    return connect(sandbox.api_key, sandbox.url)


def quick(waits: Waits) -> RetryPolicy:
    return RetryPolicy(sleep=waits, random=lambda: 0.0)


# What is read


def test_the_storm_is_read_with_all_its_parts(pagerduty: PagerDuty) -> None:
    record = pagerduty.record(STORM)
    assert record.missing == ()
    assert record.incident.status is IncidentStatus.RESOLVED
    assert record.incident.priority == "P1"
    assert record.incident.conference_url == "https://meet.example.com/checkout-payments"
    assert len(record.alerts) == record.incident.alert_count == 41
    assert len(record.log_entries) == 72
    assert len(record.notes) == 9
    assert [one.reason for one in record.change_events] == ["related_service", "most_recent"]
    assert {one.name: one.value for one in record.custom_fields} == {
        "affected_customers": "18 % of checkouts",
        "regions": "eu-west, eu-north",
    }
    assert [one.name for one in record.business_services] == ["Online shop"]
    assert record.subscribers == 7
    assert {(one.who.name, one.state) for one in record.incident.responders} == {
        ("Aiko Brandt", "joined"),
        ("Tomasz Wieczorek", "declined"),
        ("Lena Okafor", "joined"),
    }


def test_every_part_comes_oldest_first_and_in_utc(pagerduty: PagerDuty) -> None:
    record = pagerduty.record(STORM)
    for part in (record.log_entries, record.alerts, record.notes, record.change_events):
        times = [one.created_at for one in part]
        assert times == sorted(times)
        assert all(time.utcoffset() == timedelta() for time in times)
    assert record.log_entries[0].created_at == STORM_START
    assert record.notes[-1].content.startswith("Resolution Note: ")


def test_what_happened_in_one_second_keeps_its_order(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    incident = sandbox.account.open(wire.service("S"), "T", at=STORM_START, by=wire.person("A"))
    for number in range(5):
        incident.note(f"note {number}", STORM_START, wire.person("A"))
    record = pagerduty.record(IncidentId(incident.id))
    written = [one.channel.summary for one in record.log_entries if one.kind is EntryKind.ANNOTATE]
    assert written == [f"note {number}" for number in range(5)]


def test_channels_are_asked_for_and_times_in_utc(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    pagerduty.record(STORM)
    (served,) = [one for one in sandbox.served if one.path == LOG]
    assert ("include[]", "channels") in served.query
    assert ("time_zone", "UTC") in served.query
    assert b"-06:00" not in served.answer


def test_a_number_finds_the_incident_too(pagerduty: PagerDuty) -> None:
    assert pagerduty.incident(IncidentId("4101")).id == STORM


def test_a_merged_incident_names_its_target_and_the_target_names_it(pagerduty: PagerDuty) -> None:
    source = pagerduty.incident(IncidentId(MERGED_ID))
    assert source.merged_into is not None
    assert source.merged_into.id == STORM
    (found,) = pagerduty.record(STORM).merged_incidents
    assert (found.id, found.name) == (MERGED_ID, f"#{source.number} {source.title}")


def test_a_search_for_merged_incidents_ends_and_says_so(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    for number in range(600):
        other = sandbox.account.open(
            wire.service("S"), "T", at=STORM_START + timedelta(seconds=number), by=wire.person("A")
        )
        other.resolve(STORM_START + timedelta(seconds=number + 1), wire.person("A"))
    record = pagerduty.record(STORM)
    assert sandbox.calls().count("GET /incidents") == 6
    assert [one.part for one in record.missing] == ["merged incidents"]


def test_one_page_is_searched_where_nothing_hints_at_a_merge(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    record = pagerduty.record(IncidentId(REOPENED_ID))
    assert [one.kind for one in record.log_entries].count(EntryKind.MOVE_IN) == 1
    assert sandbox.calls().count("GET /incidents") == 1
    assert record.missing == ()


def test_a_reopened_incident_says_when(pagerduty: PagerDuty) -> None:
    record = pagerduty.record(IncidentId(REOPENED_ID))
    assert record.incident.reopened_at == REOPENED_START + timedelta(minutes=57)
    assert [one.kind for one in record.log_entries].count(EntryKind.RESOLVE) == 2


@pytest.mark.parametrize("name", sorted(scenarios.SCENARIOS))
def test_every_scenario_is_read_without_anything_missing(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, name: str
) -> None:
    number = list(scenarios.SCENARIOS).index(name)
    incident = list(sandbox.account.incidents)[number]
    assert pagerduty.record(IncidentId(incident)).missing == ()


# How much it costs


def test_a_draft_costs_seven_calls_and_its_pages(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    scenarios.big(sandbox.account, alerts=250, log_entries=730)
    record = pagerduty.record(IncidentId("Q9BIGINCIDENT9"))
    assert (len(record.alerts), len(record.log_entries)) == (250, 730)
    pages = [call for call in sandbox.calls() if call.endswith(("alerts", "log_entries"))]
    assert (len(pages), len(sandbox.calls())) == (3 + 8, 7 + 3 + 8)


def test_what_cannot_give_anything_is_not_asked_for(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    pagerduty.record(IncidentId("Q3PICTURESGONE"))
    assert sorted(call.rpartition("/")[2] for call in sandbox.calls()) == [
        "Q3PICTURESGONE",
        "impacts",
        "incidents",
        "log_entries",
        "notes",
        "past_incidents",
        "related_change_events",
        "review",
    ]


def test_the_action_items_of_a_review_cost_one_more_call_where_there_are_some(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    incident = sandbox.account.incidents[STORM]
    incident.start_review("The storm", STORM_START, AIKO)
    assert pagerduty.record(STORM).follow_up.review is not None
    assert not [call for call in sandbox.calls() if call.endswith("action_items")]
    incident.review_item("Warn sooner", STORM_START)
    review = pagerduty.record(STORM).follow_up.review
    assert review is not None
    assert [item.task for item in review.items] == ["Warn sooner"]
    assert len([call for call in sandbox.calls() if call.endswith("action_items")]) == 1


@pytest.mark.parametrize(("status", "asked"), [(402, 1), (403, 2), (404, 2)])
def test_what_the_plan_lacks_is_no_news_and_not_asked_for_again(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, status: int, asked: int
) -> None:
    for part in ("review", "past_incidents"):
        sandbox.withhold(part, status)
    records = [pagerduty.record(STORM) for _ in range(2)]
    told = ["incident review", "past incidents"] if status == 403 else []
    assert [[one.part for one in record.missing] for record in records] == [told, told]
    calls = [call for call in sandbox.calls() if call.endswith(("review", "past_incidents"))]
    assert len(calls) == 2 * asked


def test_the_incident_alone_costs_one_call(sandbox: PagerDutySandbox, pagerduty: PagerDuty) -> None:
    pagerduty.incident(STORM)
    assert sandbox.calls() == [f"GET /incidents/{STORM}"]


# Beyond the pages


def test_ten_thousand_log_entries_are_passed_by_windows_of_time(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    scenarios.big(sandbox.account, alerts=10, log_entries=10_250)
    record = pagerduty.record(IncidentId("Q9BIGINCIDENT9"))
    assert len({one.id for one in record.log_entries}) == 10_250
    assert record.missing == ()
    asked = [dict(one.query) for one in sandbox.served if one.path.endswith("log_entries")]
    windows = {query["until"] for query in asked if "until" in query}
    assert len(windows) == 1
    assert all(int(dict(one.query).get("offset", 0)) < 10_000 for one in sandbox.served)


def test_a_second_with_too_many_log_entries_ends_and_says_so(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    incident = sandbox.account.open(wire.service("S"), "T", at=STORM_START, by=wire.person("A"))
    for _ in range(10_050):
        incident.notify(wire.person("A"), "sms", STORM_START)
    record = pagerduty.record(IncidentId(incident.id))
    assert len(record.log_entries) == 10_000
    assert [one.part for one in record.missing] == ["log entries"]


def test_alerts_that_are_not_listed_are_missing_in_so_many_words(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    def fewer(answer: Any) -> Any:
        return {**answer, "alerts": answer["alerts"][:30], "more": False}

    sandbox.fault(Fault(rf"/incidents/{STORM}/alerts", change=fewer))
    (missing,) = pagerduty.record(STORM).missing
    assert missing.part == "alerts"
    assert missing.reason == "Some alerts are missing: PagerDuty listed 30 of 41, the oldest."


def test_that_no_alert_is_listed_is_said_so(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    sandbox.fault(
        Fault(rf"/incidents/{STORM}/alerts", change=lambda answer: {**answer, "alerts": []})
    )
    (missing,) = pagerduty.record(STORM).missing
    assert missing.reason == "Some alerts are missing: PagerDuty listed none of 41."


def test_what_a_list_holds_twice_is_read_once(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    once = pagerduty.record(STORM)
    for name, part in (("notes", "notes"), ("related_change_events", "change_events")):

        def twice(answer: Any, part: str = part) -> Any:
            return {**answer, part: answer[part] * 2}

        sandbox.fault(Fault(rf"/incidents/{STORM}/{name}", change=twice))
    again = pagerduty.record(STORM)
    assert once.notes
    assert once.change_events
    assert (again.notes, again.change_events) == (once.notes, once.change_events)


def test_an_empty_page_that_speaks_of_more_ends_the_list(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    def empty(answer: Any) -> Any:
        return {**answer, "log_entries": [], "more": True}

    sandbox.fault(Fault(LOG, change=empty, times=None))
    record = pagerduty.record(STORM)
    assert record.log_entries == ()
    assert [one.part for one in record.missing] == ["log entries"]
    assert sandbox.calls().count(f"GET {LOG}") == 1


def test_short_pages_skip_nothing(sandbox: PagerDutySandbox, pagerduty: PagerDuty) -> None:
    def halve(answer: Any) -> Any:
        return {**answer, "log_entries": answer["log_entries"][:40], "more": True}

    sandbox.fault(Fault(LOG, change=halve, times=1))
    assert len(pagerduty.record(STORM).log_entries) == 72


def test_no_page_reaches_beyond_the_last_offset_however_short_the_others_are(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shorten(answer: Any) -> Any:
        return {**answer, "log_entries": answer["log_entries"][:40], "more": True}

    monkeypatch.setattr("connectors.pagerduty.reading.list_pages.LAST_OFFSET", 130)
    sandbox.fault(Fault(LOG, change=shorten, times=2))
    pagerduty.record(STORM)
    asked = [dict(one.query) for one in sandbox.served if one.path == LOG]
    ends = [(int(one["offset"]), int(one["limit"])) for one in asked]
    assert ends == [(0, 100), (40, 90), (72, 58)]


# What is left out


def test_what_the_plan_lacks_is_not_asked_for_again(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    sandbox.withhold("related_change_events", 402)
    first = pagerduty.record(STORM)
    sandbox.forget()
    assert pagerduty.record(STORM).missing == first.missing
    assert not [call for call in sandbox.calls() if "change_events" in call]


def test_what_is_forbidden_for_one_incident_is_asked_for_in_the_next(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    sandbox.withhold("related_change_events", 403)
    pagerduty.record(STORM)
    sandbox.forget()
    pagerduty.record(IncidentId(REOPENED_ID))
    assert [call for call in sandbox.calls() if "change_events" in call]


@pytest.mark.parametrize("status", [400, 402])
def test_includes_that_the_account_does_not_know_cost_the_custom_fields_alone(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, status: int
) -> None:
    sandbox.fault(Fault(rf"/incidents/{STORM}$", status, times=2))
    record = pagerduty.record(STORM)
    assert (record.custom_fields, len(record.log_entries)) == ((), 72)
    assert [one.part for one in record.missing] == ["custom fields"]


@pytest.mark.parametrize("status", [400, 402])
def test_an_account_that_does_not_know_references_loses_nothing_else(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, status: int
) -> None:
    sandbox.fault(Fault(rf"/incidents/{STORM}$", status))
    record = pagerduty.record(STORM)
    assert record.custom_fields
    assert record.missing == ()


# What is repeated


def test_a_full_quota_is_waited_out_as_long_as_pagerduty_asks(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, waits: Waits
) -> None:
    sandbox.fault(Fault(LOG, 429, {"ratelimit-reset": "7", "retry-after": "3"}, times=2))
    assert len(pagerduty.record(STORM).log_entries) == 72
    assert waits.seconds == [7.0, 7.0]


@pytest.mark.parametrize(
    ("headers", "waited"),
    [({"retry-after": "3"}, [3.0]), ({}, [0.5]), ({"ratelimit-reset": "?"}, [0.5])],
)
def test_a_full_quota_without_a_reset_is_waited_out_as_well_as_it_goes(
    sandbox: PagerDutySandbox,
    pagerduty: PagerDuty,
    waits: Waits,
    headers: dict[str, str],
    waited: list[float],
) -> None:
    sandbox.fault(Fault(rf"/incidents/{STORM}$", 429, headers))
    pagerduty.incident(STORM)
    assert waits.seconds == waited


def test_a_quota_that_stays_full_ends_the_call(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    sandbox.fault(Fault(".*", 429, times=None))
    with pytest.raises(OutOfQuota, match="limit of requests"):
        pagerduty.incident(STORM)
    assert len(sandbox.calls()) == 4


def test_a_long_reset_is_not_waited_for(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, waits: Waits
) -> None:
    sandbox.fault(Fault(".*", 429, {"ratelimit-reset": "900"}, times=None))
    with pytest.raises(OutOfQuota, match="again in 900 s"):
        pagerduty.incident(STORM)
    assert (len(sandbox.calls()), waits.seconds) == (1, [])


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_server_error_is_repeated_within_bounds(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, waits: Waits, status: int
) -> None:
    sandbox.fault(Fault(".*", status, times=3))
    assert pagerduty.incident(STORM).id == STORM
    sandbox.fault(Fault(".*", status, times=None))
    sandbox.forget()
    with pytest.raises(Unreachable, match=f"with {status}"):
        pagerduty.incident(STORM)
    assert len(sandbox.calls()) == 4
    assert waits.seconds == [0.5, 1.0, 2.0] * 2


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"ratelimit-reset": "60", "ratelimit-remaining": "959"}, [0.5]),
        ({"ratelimit-reset": "60", "retry-after": "2"}, [2.0]),
        ({"ratelimit-reset": "40", "ratelimit-remaining": "0"}, [40.0]),
    ],
)
def test_the_quota_s_clock_is_no_wait_while_there_is_some_left(
    sandbox: PagerDutySandbox,
    pagerduty: PagerDuty,
    waits: Waits,
    status: int,
    headers: dict[str, str],
    waited: list[float],
) -> None:
    sandbox.fault(Fault(rf"/incidents/{STORM}$", status, headers))
    pagerduty.incident(STORM)
    assert waits.seconds == waited


def test_every_answer_of_the_sandbox_has_the_quota_s_clock(sandbox: PagerDutySandbox) -> None:
    sandbox.fault(Fault(".*", 503))
    for status in (503, 401):
        answer = requests.get(f"{sandbox.url}/incidents/{STORM}", timeout=5)
        assert (answer.status_code, answer.headers["ratelimit-reset"]) == (status, "30")


@pytest.mark.parametrize("token", ["pdus+_0XBPWQQ_abc", "pdeu+_0XBPWQQ_abc"])
def test_an_oauth_token_goes_as_bearer(
    sandbox: PagerDutySandbox, connect: Connect, token: str
) -> None:
    with PagerDutySandbox(api_keys=(token,)) as scoped:
        scenarios.load(scoped.account)
        assert connect(token, scoped.url).incident(STORM).id == STORM
        (served,) = scoped.served
        assert served.headers["authorization"] == f"Bearer {token}"
        answer = requests.get(
            f"{scoped.url}/incidents/{STORM}",
            headers={"Authorization": f"Token token={token}"},
            timeout=5,
        )
        assert answer.status_code == 401
    with pytest.raises(AccessDenied, match=r"OAuth access token.*Bearer.*expired"):
        connect(token, sandbox.url).incident(STORM)


def test_a_long_wait_is_kept_by_every_call(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, waits: Waits
) -> None:
    sandbox.fault(Fault(LOG, 429, {"ratelimit-reset": "3600"}))
    with pytest.raises(OutOfQuota):
        pagerduty.record(STORM)
    sandbox.forget()
    for ask in (pagerduty.incident, pagerduty.record):
        with pytest.raises(OutOfQuota, match="asked for no more requests"):
            ask(STORM)
    assert (sandbox.calls(), waits.seconds) == ([], [])


def test_a_lost_connection_is_tried_again(sandbox: PagerDutySandbox, pagerduty: PagerDuty) -> None:
    sandbox.fault(Fault(LOG, cut_short=True, times=2))
    assert len(pagerduty.record(STORM).log_entries) == 72


def test_an_answer_that_is_too_slow_is_given_up(
    sandbox: PagerDutySandbox, connect: Connect
) -> None:
    sandbox.fault(Fault(".*", delay=60, times=None))
    client = connect(sandbox.api_key, sandbox.url, timeout=0.05)
    with pytest.raises(Unreachable, match="could not be reached"):
        client.incident(STORM)


def test_a_closed_port_is_unreachable_and_soon_not_asked_any_more(
    waits: Waits, connect: Connect
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    client = connect("a-key", f"http://127.0.0.1:{port}")
    for _ in range(3):
        with pytest.raises(Unreachable, match="could not be reached"):
            client.incident(STORM)
    assert len(waits.seconds) == 9
    with pytest.raises(Unreachable, match="3 times in a row"):
        client.incident(STORM)
    assert len(waits.seconds) == 9


# What is refused


def test_a_wrong_key_is_refused_with_a_word_about_the_region(
    sandbox: PagerDutySandbox, connect: Connect
) -> None:
    client = connect("wrong-key-zyxw", sandbox.url)
    with pytest.raises(AccessDenied, match=r"other region") as caught:
        client.record(STORM)
    assert len(sandbox.calls()) <= 2
    told: BaseException | None = caught.value
    while told is not None:
        assert "zyxw" not in f"{told!r} {told}"
        told = told.__cause__ or told.__context__


def test_an_incident_that_is_not_there_is_not_found(pagerduty: PagerDuty) -> None:
    with pytest.raises(NotFound, match="with 404: Not Found"):
        pagerduty.record(IncidentId("QNOBODY"))


@pytest.mark.parametrize("id_", ["", "q1", "Q1/notes", "../users/me", "Q1?x", "Q1\n", "Q%31"])
def test_what_cannot_be_an_id_is_never_asked_for(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, id_: str
) -> None:
    for ask in (pagerduty.incident, pagerduty.record):
        with pytest.raises(NotFound, match="is no id"):
            ask(IncidentId(id_))
    assert sandbox.calls() == []


def test_a_forbidden_incident_is_an_error(sandbox: PagerDutySandbox, pagerduty: PagerDuty) -> None:
    sandbox.fault(Fault(rf"/incidents/{STORM}$", 403, times=None))
    with pytest.raises(AccessDenied, match="with 403"):
        pagerduty.record(STORM)


@pytest.mark.parametrize(
    "body", [b"", b"<html>sign in</html>", b'{"incident": {', b"\xff\xfe", b"[" * 99_999, b"null"]
)
def test_an_answer_that_is_no_json_is_one_clear_error(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, body: bytes
) -> None:
    sandbox.fault(Fault(rf"/incidents/{STORM}$", body=body))
    with pytest.raises(PayloadError, match=r"not JSON|should be an object|nested"):
        pagerduty.incident(STORM)


def test_a_redirect_is_not_followed(sandbox: PagerDutySandbox, pagerduty: PagerDuty) -> None:
    sandbox.fault(Fault(".*", 302, {"location": f"{sandbox.url}/abilities"}))
    with pytest.raises(Rejected, match="never redirects"):
        pagerduty.incident(STORM)
    assert sandbox.calls() == [f"GET /incidents/{STORM}"]


@pytest.mark.parametrize(
    "body",
    [b"", b"oops", b"[]", b'{"error": []}', b'{"error": {"errors": 7}}', b'{"error": "no"}'],
)
def test_an_error_body_of_any_shape_is_still_one_sentence(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, body: bytes
) -> None:
    sandbox.fault(Fault(".*", 422, body=body))
    with pytest.raises(Rejected, match=r"^PagerDuty answered GET /incidents/\w+ with 422"):
        pagerduty.incident(STORM)


def test_an_error_that_repeats_the_key_does_not_show_it(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    echo = b'{"error": {"message": "no key\\n ' + sandbox.api_key.encode() + b' known"}}'
    sandbox.fault(Fault(".*", 403, body=echo))
    with pytest.raises(
        AccessDenied, match="403: no key \u2039hidden: our own credential\u203a known\\."
    ) as caught:
        pagerduty.incident(STORM)
    assert sandbox.api_key not in repr(caught.value)


# Where the key may go


def test_addresses_in_payloads_are_never_asked_for(connect: Connect) -> None:
    with PagerDutySandbox() as evil, PagerDutySandbox() as good:
        scenarios.load(good.account)

        def lure(answer: Any) -> Any:
            return _with_urls(answer, f"{evil.url}/incidents/{STORM}")

        good.fault(Fault(".*", change=lure, times=None))
        client = connect(good.api_key, good.url, webhook=ExpectedWebhook("https://x.example.com"))
        record = client.record(STORM)
        client.check()
        assert record.incident.url.startswith(evil.url)
        assert evil.calls() == []


def _with_urls(value: Any, url: str) -> Any:
    if isinstance(value, list):
        return [_with_urls(item, url) for item in value]
    if isinstance(value, dict):
        lured = {name: _with_urls(item, url) for name, item in value.items()}
        return {**lured, **{name: url for name in lured if name in ("self", "html_url")}}
    return value


@pytest.mark.parametrize(
    "url",
    [
        "http://api.pagerduty.com",
        "http://10.0.0.1:8080",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "ftp://127.0.0.1",
        "https://",
        "https://user:secret@api.example.com",
        "https://api.example.com/v2",
        "https://api.example.com?x=1",
        "https://[::1",
        "https://api.example.com:port",
        "api.pagerduty.com",
        "",
    ],
)
def test_an_address_that_would_expose_the_key_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="PAGERDUTY_API_URL") as caught:
        PagerDuty("a-key", url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("https://api.pagerduty.com", "https://api.pagerduty.com"),
        ("https://api.eu.pagerduty.com/", "https://api.eu.pagerduty.com"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_https_and_this_machine_are_good_addresses(url: str, used: str) -> None:
    client = PagerDuty("a-key", url)
    client.close()
    assert repr(client) == f"PagerDuty({used!r})"


@pytest.mark.parametrize("key", ["", "  ", "two words", "line\nbreak", "schlüssel", "nul\0"])
def test_a_key_that_cannot_be_one_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ConfigurationError, match="PAGERDUTY_API_KEY") as caught:
        PagerDuty(key)
    assert not key.strip() or key.strip() not in str(caught.value)


def test_neither_a_repr_nor_a_log_shows_the_key(
    sandbox: PagerDutySandbox,
    connect: Connect,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(0)
    client = connect(sandbox.api_key, sandbox.url)
    sandbox.fault(Fault(".*", 500))
    sandbox.fault(Fault(".*", 429, skip=1))
    sandbox.fault(Fault(".*", 401, skip=1))
    client.incident(STORM)
    with pytest.raises(ConnectorError):
        client.incident(STORM)
    shown = (repr(client), repr(vars(client)), caplog.text, *capfd.readouterr())
    assert not [text for text in shown if sandbox.api_key[-4:] in text]


def test_a_proxy_of_the_environment_never_sees_the_key_on_its_way_to_this_machine(
    sandbox: PagerDutySandbox, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    with PagerDutySandbox() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        client = connect(sandbox.api_key, sandbox.url)
        assert client.incident(STORM).id == STORM
        assert proxy.calls() == []
