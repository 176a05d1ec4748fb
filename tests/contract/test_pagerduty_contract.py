"""The sandbox's answers and the connector's requests, held to PagerDuty's own OpenAPI document."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from pydantic import SecretStr

from connectors.connector import IncidentFilter, NameKind
from connectors.incidents import IncidentId
from connectors.log_entry_kinds import EntryKind
from connectors.pagerduty.client import PagerDuty
from connectors.pagerduty.common_payloads import entry_kind
from connectors.pagerduty.connector import PagerDutyConnector
from connectors.pagerduty.reading.subscriptions import ExpectedWebhook
from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox import scenarios
from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.scenarios.checkout_storm import STORM_ID, STORM_START
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.pagerduty.settings import PagerDutySettings
from connectors.pagerduty.webhook import WANTED_EVENTS
from connectors.retry import RetryPolicy
from connectors.sandbox import Fault, Served
from connectors.tls import Authorities
from tests.contract.specs import Contract, Erratum, Exchange, contract, reference

SEEN_TYPES = (
    "status_update_log_entry",
    "priority_change_log_entry",
    "responder_request_log_entry",
    "responder_request_for_escalation_policy_log_entry",
    "link_log_entry",
    "unlink_log_entry",
    "integration_chat_channel_event_log_entry",
    "event_rule_action_log_entry",
    "service_change_log_entry",
)
"""Types of log entries that accounts were seen to have, though the document names none of them."""
UNKNOWN_TYPE = "workflow_start_log_entry"
"""Stands, in the storm, for the types that nobody has seen yet."""

_SCHEMAS = "/components/schemas"
_INCIDENT = f"{_SCHEMAS}/Incident/allOf/1/properties"
_LOG = "/paths/~1incidents~1{id}~1log_entries/get/responses/200/content/application~1json/schema"
_PAST = (
    "/paths/~1incidents~1{id}~1past_incidents/get/responses/200/content/application~1json/schema"
)
_NULL = "captured incidents and alerts hold null here, and the document's own example does"
_FURTHER = json.dumps([*SEEN_TYPES, UNKNOWN_TYPE])


def _or_null(schema: str) -> str:
    """Write a schema that allows an object of another one, or null."""
    null = {"nullable": True, "enum": [None]}
    return json.dumps({"anyOf": [{"$ref": f"#/components/schemas/{schema}"}, null]})


ERRATA = (
    Erratum(
        f"{_SCHEMAS}/Channel/oneOf",
        None,
        "the alternatives are all open objects, so that no channel fits exactly one of them",
    ),
    Erratum(
        f"{_SCHEMAS}/AcknowledgeLogEntry/allOf/1/properties/type/enum",
        '["acknowledge_log_entry"]',
        "acknowledgement_log_entry contradicts the type that LogEntry allows and accounts send",
    ),
    Erratum(
        f"{_SCHEMAS}/LogEntry/allOf/1/properties/type/enum",
        None,
        "the set of types is open; the alternatives of a list of entries name theirs",
    ),
    Erratum(
        f"{_LOG}/allOf/1/properties/log_entries/items/oneOf/-",
        '{"allOf": [{"$ref": "#/components/schemas/LogEntry"}, '
        f'{{"type": "object", "properties": {{"type": {{"enum": {_FURTHER}}}}}}}]}}',
        "types that accounts were seen to have, and one that stands for the others",
    ),
    Erratum(
        f"{_SCHEMAS}/AgentReference/allOf/1/properties/type/enum",
        None,
        "captured triggers come from generic_events_api_inbound_integration_reference, bots write",
    ),
    Erratum(f"{_INCIDENT}/incident_key/nullable", "true", _NULL),
    Erratum(f"{_INCIDENT}/alert_grouping/nullable", "true", _NULL),
    Erratum(
        "/components/parameters/include_incident/schema/enum/-",
        '"external_references"',
        "many ask for it in public, and are given what other systems keep of the incident",
    ),
    Erratum(
        f"{_PAST}/properties/total/nullable", "true", "it is null by default, its parameter says"
    ),
    Erratum(f"{_INCIDENT}/resolved_at/nullable", "true", "its description says so"),
    Erratum(f"{_INCIDENT}/resolve_reason", _or_null("ResolveReason"), _NULL),
    Erratum(f"{_INCIDENT}/priority", _or_null("Priority"), _NULL),
    Erratum(f"{_INCIDENT}/conference_bridge", _or_null("ConferenceBridge"), _NULL),
    Erratum(
        f"{_SCHEMAS}/Channel/properties/changeset/properties/customer_fields/items/properties/value",
        '{"nullable": true}',
        "a custom field may hold a text, a number, a truth value or a list",
    ),
    Erratum(
        f"{_SCHEMAS}/CustomFieldsFieldValue/properties/value",
        '{"nullable": true}',
        "the document's own example holds a text where the schema wants an object with one",
    ),
    Erratum(
        f"{_SCHEMAS}/Alert/allOf/1/properties/body/properties/details/type",
        None,
        "its description says that it may be a string",
    ),
)
NOT_IN_IT = re.compile(r"/incidents/\w+/review(?:/action_items)?")
"""Paths that the developer documentation has ("Incident Reviews API") and the document has not."""

pytestmark = pytest.mark.filterwarnings("ignore:Unsupported scheme type")


@pytest.fixture(scope="module")
def official() -> Contract:
    return contract("pagerduty-openapi.json", "https://api.pagerduty.com", ERRATA)


@pytest.fixture
def sandbox() -> Iterator[PagerDutySandbox]:
    with PagerDutySandbox(account=SandboxAccount(user=wire.person("Ada"))) as server:
        scenarios.load(server.account)
        server.account.subscribe("https://postmortems.example.com/hook", WANTED_EVENTS)
        yield server


@pytest.fixture
def pagerduty(sandbox: PagerDutySandbox) -> Iterator[PagerDuty]:
    client = PagerDuty(
        sandbox.api_key,
        sandbox.url,
        policy=RetryPolicy(sleep=lambda _: None),
        webhook=ExpectedWebhook("https://postmortems.example.com/hook"),
    )
    yield client
    client.close()


def exchange(served: Served) -> Exchange:
    assert served.status is not None
    return Exchange(
        method=served.method,
        path=served.path,
        status=served.status,
        query=served.query,
        request_headers=served.headers,
        request_body=served.body,
        response_body=served.answer,
    )


def problems(official: Contract, sandbox: PagerDutySandbox) -> list[str]:
    held = [one for one in sandbox.served if not NOT_IN_IT.fullmatch(one.path)]
    assert held
    return [line for one in held for line in official.problems(exchange(one))]


@pytest.mark.parametrize("name", sorted(scenarios.SCENARIOS))
def test_reading_a_whole_incident(
    official: Contract, sandbox: PagerDutySandbox, pagerduty: PagerDuty, name: str
) -> None:
    incident = list(sandbox.account.incidents)[list(scenarios.SCENARIOS).index(name)]
    pagerduty.incident(IncidentId(incident))
    pagerduty.record(IncidentId(incident))
    assert problems(official, sandbox) == []


def test_reading_further_pages_and_windows(
    official: Contract,
    sandbox: PagerDutySandbox,
    pagerduty: PagerDuty,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("connectors.pagerduty.reading.list_pages.LAST_OFFSET", 200)
    scenarios.big(sandbox.account, alerts=120, log_entries=300)
    pagerduty.record(IncidentId("Q9BIGINCIDENT9"))
    assert any(name == "until" for one in sandbox.served for name, _ in one.query)
    assert problems(official, sandbox) == []


def test_reading_what_follows_an_incident(
    official: Contract, sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    incident = sandbox.account.incidents[STORM_ID]
    incident.resembles("Payments fail", STORM_START, 46.8)
    incident.refer("JIRA issue OPS-9", "https://jira.example.com/browse/OPS-9")
    incident.start_review("The storm", STORM_START, wire.person("Ada"))
    incident.review_item("Warn sooner", STORM_START)
    told = pagerduty.record(IncidentId(STORM_ID)).follow_up
    assert told.review is not None
    assert (len(told.past), len(told.references), len(told.review.items)) == (1, 1, 1)
    assert problems(official, sandbox) == []


def test_reading_an_open_incident(
    official: Contract, sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    ada = wire.person("Ada")
    incident = sandbox.account.open(wire.service("Shop"), "Slow", at=STORM_START, by=ada)
    incident.assign([ada], STORM_START)
    incident.acknowledge(ada, STORM_START)
    pagerduty.record(IncidentId(incident.id))
    assert problems(official, sandbox) == []


def test_listing_what_was_resolved_with_every_filter(
    official: Contract, sandbox: PagerDutySandbox, pagerduty: PagerDuty
) -> None:
    since, until = datetime(2025, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    everything = IncidentFilter()
    narrow = IncidentFilter(frozenset({"PA", "PB"}), frozenset({"PT", "PU"}), "high")
    assert len(list(pagerduty.resolved(since, until, everything))) == 5
    pagerduty.resolved(since, until, narrow)
    assert problems(official, sandbox) == []


@pytest.mark.parametrize("sorts_by", ["", "created_at:desc"])
def test_looking_back_over_more_than_a_page(official: Contract, sorts_by: str) -> None:
    start, hour = datetime(2026, 10, 1, tzinfo=UTC), timedelta(hours=1)
    with PagerDutySandbox(sorts_by=sorts_by) as server:
        for number in range(120):
            incident = server.account.open(
                wire.service("Shop"), "Slow", at=start + number * hour, by=wire.person("Ada")
            )
            incident.resolve(start + (number + 1) * hour)
        client = PagerDuty(server.api_key, server.url, policy=RetryPolicy(attempts=1))
        found = client.resolved(start + 110 * hour, start + 120 * hour, IncidentFilter())
        client.close()
        assert len(list(found)) == 11
        orders = [value for one in server.served for name, value in one.query if name == "sort_by"]
        assert set(orders) == {"resolved_at:desc", "resolved_at:asc"}
        assert problems(official, server) == []


@pytest.mark.parametrize("order", ["created_at", "incident_number:asc", "urgency:desc,resolved_at"])
def test_listing_in_any_order(official: Contract, sandbox: PagerDutySandbox, order: str) -> None:
    headers = {"Authorization": f"Token token={sandbox.api_key}"}
    answer = requests.get(
        sandbox.url + "/incidents", params={"sort_by": order}, headers=headers, timeout=5
    )
    assert answer.status_code == 200
    assert problems(official, sandbox) == []


def test_the_preflight(official: Contract, sandbox: PagerDutySandbox, pagerduty: PagerDuty) -> None:
    assert not [one for one in pagerduty.check() if one.problem]
    assert all(list(pagerduty.listed(kind)) for kind in NameKind)
    assert problems(official, sandbox) == []


@pytest.mark.parametrize("service", ["", "PSERVIC"])
def test_making_a_webhook_subscription(
    official: Contract, sandbox: PagerDutySandbox, service: str
) -> None:
    settings = PagerDutySettings(api_key=SecretStr(sandbox.api_key), api_url=sandbox.url)
    guide = PagerDutyConnector(settings).guide(Authorities(), ())
    made = guide.subscribe("https://postmortems.example.com/webhooks/pagerduty", service)
    assert len(made.secret) > 20
    assert made.secret not in str(sandbox.account.subscriptions)
    address = "https://postmortems.example.com/webhooks/pagerduty"
    assert guide.subscriptions(address) == [made.id]
    guide.unsubscribe(made.id)
    assert guide.subscriptions(address) == []
    guide.close()
    assert problems(official, sandbox) == []


@pytest.mark.parametrize(
    "path",
    [
        "/users/me",
        "/abilities",
        "/services",
        "/priorities",
        f"/incidents/{STORM_ID}/custom_fields/values",
    ],
)
def test_what_the_sandbox_offers_beside(
    official: Contract, sandbox: PagerDutySandbox, path: str
) -> None:
    headers = {"Authorization": f"Token token={sandbox.api_key}"}
    requests.get(sandbox.url + path, headers=headers, timeout=5)
    assert problems(official, sandbox) == []


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [
        (f"/incidents/{STORM_ID}", "wrong", 401),
        ("/incidents/QNOBODY", None, 404),
        (f"/incidents/{STORM_ID}/log_entries?limit=1000", None, 400),
    ],
)
def test_refusals(
    official: Contract, sandbox: PagerDutySandbox, path: str, key: str | None, status: int
) -> None:
    headers = {"Authorization": f"Token token={key or sandbox.api_key}"}
    assert requests.get(sandbox.url + path, headers=headers, timeout=5).status_code == status
    assert problems(official, sandbox) == []


@pytest.mark.parametrize("status", [400, 401, 402, 403, 429])
def test_errors_on_request(official: Contract, sandbox: PagerDutySandbox, status: int) -> None:
    sandbox.fault(Fault("/incidents$", status, {"ratelimit-reset": "7"}))
    headers = {"Authorization": f"Token token={sandbox.api_key}"}
    assert (
        requests.get(sandbox.url + "/incidents", headers=headers, timeout=5).status_code == status
    )
    assert problems(official, sandbox) == []


def test_every_type_of_log_entry_that_is_documented_or_was_seen_has_a_kind() -> None:
    document = json.loads(reference("specs", "pagerduty-openapi.json").read_text("utf-8"))
    (own,) = [
        one["properties"]["type"]["enum"]
        for one in document["components"]["schemas"]["LogEntry"]["allOf"]
        if "type" in one.get("properties", {})
    ]
    assert len(own) > 15
    assert {type_ for type_ in (*own, *SEEN_TYPES) if entry_kind(type_) is EntryKind.OTHER} == set()
    assert entry_kind(UNKNOWN_TYPE) is EntryKind.OTHER


# The judge itself


def sample(name: str) -> Any:
    return json.loads(reference("samples", "pagerduty", name).read_text("utf-8"))


def judged(official: Contract, path: str, answer: Any, **changes: Any) -> list[str]:
    usual: dict[str, Any] = {
        "method": "GET",
        "path": path,
        "status": 200,
        "request_headers": {"Authorization": "Token token=x"},
        "response_body": json.dumps(answer).encode(),
    }
    return official.problems(Exchange(**{**usual, **changes}))


def test_captured_answers_fit_the_mended_document(official: Contract) -> None:
    incident = sample("rest-incident-auto-resolved-by-integration.json")
    entries = sample("log_entries-with-channels-from-v2-webhook-docs.json")
    page = {"log_entries": entries, "limit": 25, "offset": 0, "more": False}
    assert judged(official, "/incidents/Q1", incident) == []
    assert judged(official, "/incidents/Q1/log_entries", page) == []


@pytest.mark.parametrize(
    ("path", "changes", "told"),
    [
        ("/incidents/Q1", {"answer": {"incident": {"status": "asleep"}}}, "/incident/status"),
        ("/incidents/Q1", {"answer": {"incident": {"incident_number": "1"}}}, "incident_number"),
        ("/incidents/Q1", {"answer": {}}, "'incident' is a required property"),
        ("/incidents/Q1", {"status": 418}, "418"),
        ("/incidents/Q1", {"query": [("include[]", "everything")]}, "include[]"),
        ("/incidents/Q1", {"query": [("colour", "red")]}, "'colour' is not documented"),
        ("/incidents/Q1", {"request_headers": {}}, "SecurityValidationError"),
        ("/incidents/Q1", {"method": "DELETE"}, "delete"),
        ("/nowhere", {}, "PathNotFound"),
        (
            "/incidents/Q1/log_entries",
            {"answer": {"log_entries": [{"type": "of_next_year"}]}},
            "/log_entries/0/type",
        ),
        ("/incidents/Q1/alerts", {"query": [("limit", "many")], "answer": {"alerts": []}}, "limit"),
    ],
)
def test_what_does_not_fit_is_told(
    official: Contract, path: str, changes: dict[str, Any], told: str
) -> None:
    answer = changes.get("answer", {"incident": {}})
    rest = {name: value for name, value in changes.items() if name != "answer"}
    found = judged(official, path, answer, **rest)
    assert any(told in line for line in found), found
