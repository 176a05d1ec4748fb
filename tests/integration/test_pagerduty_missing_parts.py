"""A part that fails, in whatever way, fails alone and is named; nothing cut short is whole."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors.errors import ConnectorError, OutOfQuota, Unreachable
from connectors.incidents import IncidentId, IncidentRecord, Missing
from connectors.pagerduty.client import PagerDuty
from connectors.pagerduty.sandbox import scenarios
from connectors.pagerduty.sandbox.scenarios.checkout_storm import STORM_ID
from connectors.pagerduty.sandbox.scenarios.quiet_and_large_incidents import REOPENED_ID
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.retry import RetryPolicy
from connectors.sandbox import Fault

STORM = IncidentId(STORM_ID)
PARTS = {
    "log_entries": "log entries",
    "alerts": "alerts",
    "notes": "notes",
    "related_change_events": "change events",
    "business_services/impacts": "business services",
    "status_updates/subscribers": "subscribers",
}
READ: dict[str, Callable[[IncidentRecord], object]] = {
    "log entries": lambda record: record.log_entries,
    "alerts": lambda record: record.alerts,
    "notes": lambda record: record.notes,
    "change events": lambda record: record.change_events,
    "business services": lambda record: record.business_services,
    "subscribers": lambda record: record.subscribers,
}
REFUSED: dict[str, dict[str, Any]] = {
    str(status): {"status": status} for status in (302, 400, 401, 402, 403, 404)
}
FAILED: dict[str, dict[str, Any]] = {
    "500": {"status": 500},
    "503 without words": {"status": 503, "body": b""},
    "lost": {},
    "half a body": {"cut_short": True},
    "broken JSON": {"body": b'{"notes": [{"id'},
    "a list": {"body": []},
    "no list": {"body": {}},
}


@pytest.fixture(scope="module")
def server() -> Iterator[PagerDutySandbox]:
    with PagerDutySandbox() as server:
        scenarios.load(server.account)
        yield server


@pytest.fixture
def sandbox(server: PagerDutySandbox) -> PagerDutySandbox:
    server.faults.clear()
    return server


@pytest.fixture(scope="module")
def whole(server: PagerDutySandbox) -> IncidentRecord:
    client = PagerDuty(server.api_key, server.url)
    record = client.record(STORM)
    client.close()
    assert record.missing == ()
    return record


@pytest.fixture
def pagerduty(sandbox: PagerDutySandbox) -> Iterator[PagerDuty]:
    client = PagerDuty(sandbox.api_key, sandbox.url, policy=RetryPolicy(sleep=lambda _: None))
    yield client
    client.close()


def items(record: IncidentRecord, part: str) -> tuple[object, ...]:
    found = READ[part](record)
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize(
    ("path", "how"),
    [
        *((path, how) for path in PARTS for how in ("400", "402", "500", "half a body", "no list")),
        *(("notes", how) for how in (*REFUSED, *FAILED)),
    ],
)
def test_a_part_that_fails_is_missing_and_the_rest_is_read(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, whole: IncidentRecord, path: str, how: str
) -> None:
    fault = REFUSED.get(how) or FAILED[how]
    sandbox.fault(Fault(rf"/incidents/\w+/{path}$", times=None, **fault))
    record = pagerduty.record(STORM)
    (lack,) = [one for one in record.missing if one.part == PARTS[path]]
    assert (lack.partly, lack.for_now) == (False, how in FAILED)
    assert lack.reason.endswith(".")
    if "status" in fault:
        assert f"with {fault['status']}" in lack.reason
    assert not READ[lack.part](record)
    for part, read in READ.items():
        if part != lack.part and not (lack.part == "log entries" and part == "subscribers"):
            assert read(record) == read(whole), part


def test_parts_that_fail_do_not_keep_the_next_incident_from_being_read(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    sandbox.fault(Fault(r"/incidents/\w+/.+", 500, times=None))
    for incident in (STORM, IncidentId(REOPENED_ID), STORM):
        missing = {one.part for one in pagerduty.record(incident).missing}
        assert {"log entries", "notes", "change events", "business services"} <= missing


@pytest.mark.parametrize(("path", "part"), [("log_entries", "log entries"), ("alerts", "alerts")])
@pytest.mark.parametrize("how", ["400", "500", "half a body"])
def test_a_list_that_breaks_off_is_kept_as_far_as_it_came(
    sandbox: PagerDutySandbox,
    pagerduty: PagerDuty,
    whole: IncidentRecord,
    path: str,
    part: str,
    how: str,
) -> None:

    def shorten(answer: Any) -> Any:
        return {**answer, path: answer[path][:5], "more": True}

    at = rf"/incidents/{STORM}/{path}$"
    sandbox.fault(Fault(at, change=shorten))
    sandbox.fault(Fault(at, times=None, **(REFUSED.get(how) or FAILED[how])))
    record = pagerduty.record(STORM)
    (lack,) = record.missing
    assert (lack.part, lack.partly, lack.for_now) == (part, True, how in FAILED)
    found, everything = items(record, part), items(whole, part)
    assert len(found) == 5
    assert set(found) < set(everything)


@pytest.mark.parametrize(("path", "part"), [("log_entries", "log entries"), ("alerts", "alerts")])
@pytest.mark.parametrize("kept", [0, 5])
def test_an_empty_page_that_speaks_of_more_is_no_end(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, path: str, part: str, kept: int
) -> None:
    at = rf"/incidents/{STORM}/{path}$"
    if kept:
        sandbox.fault(Fault(at, change=lambda it: {**it, path: it[path][:kept], "more": True}))
    sandbox.fault(Fault(at, change=lambda it: {**it, path: [], "more": True}, times=None))
    record = pagerduty.record(STORM)
    (lack,) = record.missing
    assert (lack.part, lack.partly, lack.for_now) == (part, True, True)
    assert "spoke of more" in lack.reason


def test_notes_with_more_behind_them_are_not_whole(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    sandbox.fault(Fault("/notes$", change=lambda it: {"notes": it["notes"][:1], "more": True}))
    record = pagerduty.record(STORM)
    assert len(record.notes) == 1
    assert [(one.part, one.partly) for one in record.missing] == [("notes", True)]


def spoiled(sandbox: PagerDutySandbox, path: str, wrapper: str, **fields: object) -> None:
    """Spoil fields of the second item of a list."""

    def spoil(answer: Any) -> Any:
        answer[wrapper][1].update(fields)
        return answer

    sandbox.fault(Fault(rf"/incidents/{STORM}/{path}$", change=spoil))


@pytest.mark.parametrize(
    ("path", "wrapper", "fields"),
    [
        ("log_entries", "log_entries", {"created_at": 1760486400}),
        ("alerts", "alerts", {"id": None}),
        ("notes", "notes", {"content": None}),
        ("notes", "notes", {"content": ["a"]}),
    ],
)
def test_an_item_that_cannot_be_read_is_left_out_and_named(
    sandbox: PagerDutySandbox,
    pagerduty: PagerDuty,
    whole: IncidentRecord,
    path: str,
    wrapper: str,
    fields: dict[str, object],
) -> None:
    part = PARTS[path]
    spoiled(sandbox, path, wrapper, **fields)
    record = pagerduty.record(STORM)
    (lack,) = [one for one in record.missing if one.part == part]
    assert lack.partly
    assert f"{wrapper}[1].{next(iter(fields))}" in lack.reason
    assert len(items(record, part)) == len(items(whole, part)) - 1


def test_a_field_of_another_type_costs_that_field_alone_and_is_named(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    spoiled(sandbox, "alerts", "alerts", severity=["high"], body="x", suppressed="no")
    record = pagerduty.record(STORM)
    assert len(record.alerts) == len(pagerduty.record(STORM).alerts)
    lack = Missing(
        "details of alerts",
        "Some details of alerts are missing: PagerDuty sent the text 'x' as alerts[1].body, which "
        "should be an object.",
        partly=True,
    )
    assert record.missing == (lack,)


def test_the_incident_s_own_odd_fields_leave_a_record(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    def spoil(answer: Any) -> Any:
        odd = {"teams": "x", "priority": 7, "service": [], "custom_fields": [{}], "urgency": {}}
        return {"incident": {**answer["incident"], **odd}}

    sandbox.fault(Fault(rf"/incidents/{STORM}$", change=spoil))
    record = pagerduty.record(STORM)
    assert (record.incident.teams, record.incident.service, record.incident.urgency) == (
        (),
        None,
        None,
    )
    assert {one.part for one in record.missing} == {"custom fields", "details of the incident"}


@pytest.mark.parametrize("how", [*REFUSED, *FAILED])
def test_without_the_incident_there_is_one_sentence(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty, how: str
) -> None:
    fault = REFUSED.get(how) or FAILED[how]
    sandbox.fault(Fault(rf"/incidents/{STORM}$", times=None, **fault))
    for ask in (pagerduty.incident, pagerduty.record):
        with pytest.raises(ConnectorError) as caught:
            ask(STORM)
        assert "PagerDuty" in str(caught.value)
        assert str(caught.value).endswith(".")


def test_a_quota_that_is_used_up_is_no_part_s_own_matter(
    sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    sandbox.fault(Fault("/notes$", 429, {"ratelimit-reset": "300"}, times=None))
    with pytest.raises(OutOfQuota):
        pagerduty.record(STORM)


def test_an_incident_that_does_not_answer_is_given_up_within_seconds(
    server: PagerDutySandbox,
) -> None:
    server.faults.clear()
    waits: list[float] = []
    client = PagerDuty(server.api_key, server.url, policy=RetryPolicy(sleep=waits.append))
    server.fault(Fault(rf"/incidents/{STORM}$", delay=60, times=None))
    with pytest.raises(Unreachable, match="could not be reached"):
        client.record(STORM)
    client.close()
    assert waits == []
