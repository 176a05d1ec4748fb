"""The sandbox is as strict as the real API, so that what passes here passes there."""

import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
import requests

from connectors.errors import SignatureError
from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox import scenarios
from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.scenarios.checkout_storm import MERGED_ID, STORM_ID, STORM_START
from connectors.pagerduty.sandbox.scenarios.quiet_and_large_incidents import (
    AUTO_RESOLVED_ID,
    QUICK_FIX_ID,
    REOPENED_ID,
)
from connectors.pagerduty.sandbox.server import SECRET, PagerDutySandbox
from connectors.pagerduty.sandbox.views import delivery, ping
from connectors.pagerduty.webhook import read
from connectors.sandbox import Fault
from connectors.webhook_events import EventKind

ONE = f"/incidents/{STORM_ID}"
OCTOBER = {"since": "2026-10-01T00:00:00Z", "until": "2026-11-01T00:00:00Z"}


@pytest.fixture(scope="module")
def shared() -> Iterator[PagerDutySandbox]:
    with PagerDutySandbox() as server:
        scenarios.load(server.account)
        yield server


@pytest.fixture
def sandbox(shared: PagerDutySandbox) -> Iterator[PagerDutySandbox]:
    """Lends the module's server, and takes it back without faults or memories."""
    yield shared
    shared.faults.clear()
    shared.forget()


def get(sandbox: PagerDutySandbox, path: str, **query: Any) -> requests.Response:
    headers = {"Authorization": f"Token token={sandbox.api_key}"}
    named = {name.replace("_list", "[]"): value for name, value in query.items()}
    return requests.get(sandbox.url + path, params=named, headers=headers, timeout=5)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Token token=sandbox-pagerduty-key", 200),
        ("Bearer sandbox-pagerduty-key", 200),
        ("Token token=sandbox-pagerduty-ke", 401),
        ("Token sandbox-pagerduty-key", 401),
        ("token token=sandbox-pagerduty-key", 401),
        ("", 401),
    ],
)
def test_only_the_key_in_one_of_two_forms_is_let_in(
    sandbox: PagerDutySandbox, header: str, status: int
) -> None:
    answer = requests.get(sandbox.url + ONE, headers={"Authorization": header}, timeout=5)
    assert answer.status_code == status
    if status != 200:
        assert answer.json()["error"]["code"] == 2006


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/incidents", {**OCTOBER, "limit": 101}),
        ("/incidents", {**OCTOBER, "limit": 0}),
        ("/incidents", {**OCTOBER, "limit": "many"}),
        ("/incidents", {**OCTOBER, "offset": -1}),
        ("/incidents", {**OCTOBER, "offset": 9_901, "limit": 100}),
        ("/incidents", {"since": "2026-01-01T00:00:00Z", "until": "2026-10-01T00:00:00Z"}),
        ("/incidents", {"since": "2026-10-02T00:00:00Z", "until": "2026-10-01T00:00:00Z"}),
        ("/incidents", {**OCTOBER, "statuses_list": "closed"}),
        ("/incidents", {**OCTOBER, "sort_by": "mood:asc"}),
        ("/incidents", {**OCTOBER, "sort_by": "created_at:down"}),
        ("/incidents", {**OCTOBER, "sort_by": "created_at,created_at:desc"}),
        ("/incidents", {**OCTOBER, "sort_by": "urgency,created_at,resolved_at"}),
        ("/incidents", {**OCTOBER, "colour": "red"}),
        ("/incidents", {**OCTOBER, "time_zone": "Middle/Earth"}),
        (ONE, {"include_list": "everything"}),
        (f"{ONE}/log_entries", {"include_list": "users"}),
        (f"{ONE}/log_entries", {"since": "yesterday"}),
        (f"{ONE}/alerts", {"statuses_list": "acknowledged"}),
        (f"{ONE}/alerts", {"since": "2026-10-01T00:00:00Z"}),
        (f"{ONE}/notes", {"limit": 5}),
        ("/users/me", {}),
    ],
)
def test_what_the_real_api_refuses_is_refused_in_its_words(
    sandbox: PagerDutySandbox, path: str, query: dict[str, Any]
) -> None:
    answer = get(sandbox, path, **query)
    assert answer.status_code == 400
    assert answer.json()["error"]["errors"]


@pytest.mark.parametrize("path", ["/incidents/QNOBODY", "/incidents/QNOBODY/notes"])
def test_an_unknown_incident_is_not_found_with_its_code(
    sandbox: PagerDutySandbox, path: str
) -> None:
    answer = get(sandbox, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, 2100)


def test_the_last_page_ends_at_ten_thousand(sandbox: PagerDutySandbox) -> None:
    assert get(sandbox, "/incidents", **OCTOBER, offset=9_900, limit=100).status_code == 200


def test_pages_hold_twenty_five_unless_asked_for_more(sandbox: PagerDutySandbox) -> None:
    first = get(sandbox, f"{ONE}/log_entries").json()
    assert (len(first["log_entries"]), first["more"], first["total"]) == (25, True, None)
    all_of_it = get(sandbox, f"{ONE}/log_entries", limit=100).json()
    assert (len(all_of_it["log_entries"]), all_of_it["more"]) == (72, False)


def incidents_of(sandbox: PagerDutySandbox, **query: Any) -> list[tuple[str, str]]:
    listed = get(sandbox, "/incidents", **OCTOBER, limit=100, **query).json()["incidents"]
    return [(one["urgency"], one["created_at"]) for one in listed]


def test_incidents_are_sorted_by_one_field_or_by_two() -> None:
    start = datetime(2026, 10, 2, tzinfo=UTC)
    with PagerDutySandbox() as sandbox:
        for hour, urgency in enumerate(("low", "high", "low", "high")):
            at = start + timedelta(hours=hour)
            sandbox.account.open(wire.service("Shop"), "Slow", at=at, urgency=urgency)
        times = [time for _, time in incidents_of(sandbox)]
        assert times == sorted(times)
        assert [time for _, time in incidents_of(sandbox, sort_by="created_at:desc")] == times[::-1]
        assert incidents_of(sandbox, sort_by="urgency,created_at:desc") == [
            ("high", times[3]),
            ("high", times[1]),
            ("low", times[2]),
            ("low", times[0]),
        ]


def test_a_sandbox_can_be_told_to_sort_in_its_own_way() -> None:
    with PagerDutySandbox(sorts_by="created_at:desc") as sandbox:
        scenarios.load(sandbox.account)
        times = [time for _, time in incidents_of(sandbox, sort_by="created_at:asc")]
        assert times == sorted(times, reverse=True)
        assert len(times) > 1
        assert get(sandbox, "/incidents", sort_by="mood:asc").status_code == 400


def test_log_entries_come_newest_first_in_the_accounts_zone_without_channels(
    sandbox: PagerDutySandbox,
) -> None:
    entries = get(sandbox, f"{ONE}/log_entries").json()["log_entries"]
    assert entries[0]["created_at"] == "2026-10-14T18:55:10-06:00"
    assert [list(one["channel"]) for one in entries] == [["type"]] * 25


def test_log_entries_can_be_had_in_utc_with_channels_between_two_times(
    sandbox: PagerDutySandbox,
) -> None:
    answer = get(
        sandbox,
        f"{ONE}/log_entries",
        time_zone="UTC",
        include_list="channels",
        since="2026-10-15T00:02:25Z",
        until="2026-10-15T00:03:10Z",
    )
    (entry,) = answer.json()["log_entries"]
    assert entry["created_at"] == "2026-10-15T00:02:25Z"
    assert entry["channel"]["summary"].startswith("Ledger DB is at its limit")


def test_alerts_and_notes_know_only_the_accounts_zone(sandbox: PagerDutySandbox) -> None:
    for part in ("alerts", "notes"):
        first = get(sandbox, f"{ONE}/{part}").json()[part][0]
        assert first["created_at"].endswith("-06:00")
    assert get(sandbox, ONE).json()["incident"]["created_at"].endswith("Z")


def test_alerts_can_be_chosen_by_status_and_sorted(sandbox: PagerDutySandbox) -> None:
    resolved = get(sandbox, f"{ONE}/alerts", statuses_list="resolved", limit=100).json()["alerts"]
    assert len(resolved) == 41
    latest = get(sandbox, f"{ONE}/alerts", sort_by="created_at:desc").json()["alerts"]
    times = [one["created_at"] for one in latest]
    assert times == sorted(times, reverse=True)


def test_bridge_and_fields_come_only_when_they_are_included(sandbox: PagerDutySandbox) -> None:
    plain = get(sandbox, ONE).json()["incident"]
    assert not {"conference_bridge", "custom_fields"} & set(plain)
    asked = get(sandbox, ONE, include_list=["conference_bridge", "custom_fields"])
    assert {"conference_bridge", "custom_fields"} <= set(asked.json()["incident"])


def test_a_resolved_incident_has_nobody_assigned_and_nobody_acknowledging(
    sandbox: PagerDutySandbox,
) -> None:
    shown = get(sandbox, ONE).json()["incident"]
    assert (shown["assignments"], shown["acknowledgements"]) == ([], [])
    assert shown["alert_counts"] == {"all": 41, "triggered": 0, "resolved": 41}


def test_a_users_key_knows_its_user() -> None:
    with PagerDutySandbox(account=SandboxAccount(user=wire.person("Ada"))) as server:
        assert get(server, "/users/me").json()["user"]["name"] == "Ada"


def test_services_priorities_and_abilities_are_listed(sandbox: PagerDutySandbox) -> None:
    services = {one["name"] for one in get(sandbox, "/services").json()["services"]}
    assert {"Checkout API", "Order Mail"} <= services
    assert get(sandbox, "/priorities").json()["priorities"][0]["name"] == "P1"
    assert "teams" in get(sandbox, "/abilities").json()["abilities"]


def test_custom_field_values_have_a_path_of_their_own(sandbox: PagerDutySandbox) -> None:
    values = get(sandbox, f"{ONE}/custom_fields/values").json()["custom_fields"]
    assert [one["name"] for one in values] == ["affected_customers", "regions"]


# The scenarios


def test_scenarios_are_the_same_each_time() -> None:
    def everything() -> str:
        account = SandboxAccount()
        scenarios.load(account)
        scenarios.big(account, alerts=20, log_entries=90)
        return repr(
            [vars(one) | {"lock": 0, "merged_into": 0} for one in account.incidents.values()]
        )

    assert everything() == everything()


def test_the_scenarios_tell_what_their_names_say() -> None:
    account = SandboxAccount()
    told = scenarios.load(account)
    assert [one.id for one in told.values()] == [
        STORM_ID,
        MERGED_ID,
        QUICK_FIX_ID,
        AUTO_RESOLVED_ID,
        REOPENED_ID,
    ]
    assert {one.status for one in told.values()} == {"resolved"}
    assert told["merged"].merged_into is told["checkout storm"]
    assert (told["quick fix"].alerts, len(told["checkout storm"].alerts)) == ([], 41)
    acknowledged = {entry["type"] for entry in told["auto-resolved"].log}
    assert "acknowledge_log_entry" not in acknowledged
    assert told["reopened"].reopened_at is not None


@pytest.mark.parametrize(("alerts", "entries"), [(0, 10), (30, 200), (100, 500)])
def test_the_big_incident_has_exactly_what_was_asked_for(alerts: int, entries: int) -> None:
    incident = scenarios.big(SandboxAccount(), alerts, entries)
    assert (len(incident.alerts), len(incident.log)) == (alerts, entries)


@pytest.fixture
def hectic() -> Iterator[None]:
    """Lets threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def test_steps_and_requests_at_once_never_show_half_of_a_step(
    sandbox: PagerDutySandbox, hectic: None
) -> None:
    incident = sandbox.account.open(
        wire.service("S"), "T", at=STORM_START, by=wire.person("A"), id_="QTHREADS"
    )

    def write() -> None:
        for number in range(200):
            incident.note(f"{number}", STORM_START + timedelta(seconds=number), wire.person("A"))

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert get(sandbox, "/incidents/QTHREADS/log_entries").status_code == 200
    for writer in writers:
        writer.join()
    assert (len(incident.notes), len(incident.log)) == (400, 401)
    assert len({entry["id"] for entry in incident.log}) == 401


# Faults


def test_faults_strike_in_order_and_only_as_often_as_they_should(
    sandbox: PagerDutySandbox,
) -> None:
    sandbox.fault(Fault(f"{ONE}$", 500, skip=1, times=2))
    sandbox.fault(Fault(f"{ONE}$", 429, {"ratelimit-reset": "7"}))
    statuses = [get(sandbox, ONE).status_code for _ in range(5)]
    assert statuses == [429, 500, 500, 200, 200]
    assert [one.status for one in sandbox.served] == statuses


def test_a_dropped_connection_ends_in_mid_answer(sandbox: PagerDutySandbox) -> None:
    sandbox.fault(Fault(f"{ONE}$", cut_short=True))
    with pytest.raises(requests.RequestException):
        get(sandbox, ONE)
    assert [one.status for one in sandbox.served] == [None]


# Webhooks


class Door(BaseHTTPRequestHandler):
    """A receiver that believes what is well signed."""

    events: ClassVar[list[Any]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.events.append(read(dict(self.headers.items()), body, [SECRET]))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep quiet."""


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("incident.resolved", EventKind.RESOLVED),
        ("incident.reopened", EventKind.REFRESH),
        ("incident.annotated", EventKind.REFRESH),
        ("incident.status_update_published", EventKind.REFRESH),
        ("incident.custom_field_values.updated", EventKind.REFRESH),
        ("incident.conference_bridge.updated", EventKind.REFRESH),
        ("incident.responder.added", EventKind.REFRESH),
        ("incident.triggered", None),
    ],
)
def test_webhooks_arrive_signed_and_are_understood(
    sandbox: PagerDutySandbox, type_: str, kind: EventKind | None
) -> None:
    incident = sandbox.account.incidents[STORM_ID]
    door = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=door.handle_request, daemon=True).start()
    status = sandbox.webhook(type_, incident).send(f"http://127.0.0.1:{door.server_port}/")
    door.server_close()
    event = Door.events.pop()
    assert status == 202
    told = (event.type, event.incident, event.kind) if event else None
    assert told == ((type_, STORM_ID, kind) if kind else None)


def test_the_same_event_has_the_same_id_and_another_one_another(
    sandbox: PagerDutySandbox,
) -> None:
    incident = sandbox.account.incidents[STORM_ID]
    at = datetime(2026, 10, 15, 1, tzinfo=UTC)
    first, again, other = (
        json.loads(sandbox.webhook("incident.resolved", incident, at=when).body)["event"]["id"]
        for when in (at, at, at + timedelta(seconds=1))
    )
    assert first == again != other


def test_a_ping_is_signed_with_every_secret_while_one_is_rotated() -> None:
    made = delivery(ping(STORM_START, wire.person("Ada")), "new", "old")
    for secret in ("new", "old"):
        assert read(made.headers, made.body, [secret]) is None
    with pytest.raises(SignatureError):
        read(made.headers, made.body, ["another"])
