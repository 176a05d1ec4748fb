"""Reading PagerDuty's webhooks: who signed them, and what they hint at."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import PayloadError, SignatureError
from connectors.pagerduty.webhook import SIGNATURE_HEADER, WANTED_EVENTS, read, sign
from connectors.webhook_events import EventKind, WebhookEvent
from tests.contract.reference_material import reference

SECRET = "c29tZSBsaXRlcmFsIHRleHQ="
OTHER = "an older secret"


def body(event_type: str | None = "incident.resolved", **event: Any) -> bytes:
    usual = {
        "id": "01HYPOTHETICAL",
        "event_type": event_type,
        "resource_type": "incident",
        "occurred_at": "2026-10-15T00:55:10.412Z",
        "agent": None,
        "client": None,
        "data": {"id": "Q1CHECKOUT", "type": "incident", "incident": {"id": "Q1CHECKOUT"}},
    }
    return json.dumps({"event": {**usual, **event}}).encode()


def understood(headers: dict[str, str], content: bytes, *secrets: str) -> WebhookEvent:
    """Give the event of a delivery that a job has to follow."""
    event = read(headers, content, secrets or [SECRET])
    assert event is not None
    return event


def signed(content: bytes, *secrets: str) -> dict[str, str]:
    return {SIGNATURE_HEADER: ",".join(sign(content, secret) for secret in secrets or (SECRET,))}


def test_the_signature_is_an_hmac_of_the_raw_body_under_the_secret_as_literal_text() -> None:
    expected = hmac.new(SECRET.encode("ascii"), b"{}", hashlib.sha256).hexdigest()
    assert sign(b"{}", SECRET) == f"v1={expected}"


def test_the_signature_is_the_one_that_openssl_computes() -> None:
    assert sign(b'{"event":{}}', "secret") == (
        "v1=2c984a26b96792f49173390b114619a17f5699a0bb42f13aff472b980b3080b5"
    )


def test_a_signed_resolution_is_read() -> None:
    content = body()
    event = understood(signed(content), content)
    assert event.id == "01HYPOTHETICAL"
    assert event.type == "incident.resolved"
    assert event.occurred_at == datetime(2026, 10, 15, 0, 55, 10, 412000, tzinfo=UTC)
    assert event.incident == "Q1CHECKOUT"
    assert event.kind is EventKind.RESOLVED


@pytest.mark.parametrize(
    "name", [SIGNATURE_HEADER, SIGNATURE_HEADER.lower(), SIGNATURE_HEADER.upper()]
)
def test_the_header_is_found_in_any_case(name: str) -> None:
    content = body()
    assert understood({name: sign(content, SECRET)}, content).incident == "Q1CHECKOUT"


@pytest.mark.parametrize(
    ("signatures", "secrets"),
    [
        ((SECRET, OTHER), (SECRET,)),
        ((SECRET, OTHER), (OTHER,)),
        ((SECRET,), (OTHER, SECRET)),
        ((OTHER,), ("", OTHER, SECRET)),
        ((OTHER, SECRET), (OTHER, SECRET)),
    ],
)
def test_any_signature_under_any_secret_will_do_while_one_is_rotated(
    signatures: tuple[str, ...], secrets: tuple[str, ...]
) -> None:
    content = body()
    assert read(signed(content, *signatures), content, secrets) is not None


def test_spaces_between_signatures_do_no_harm() -> None:
    content = body()
    header = f" v2=abc , v1=00,  {sign(content, SECRET)} "
    assert understood({SIGNATURE_HEADER: header}, content).incident == "Q1CHECKOUT"


GOOD = sign(body(), SECRET)


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        ",",
        "v1=",
        "v1",
        "=",
        GOOD.removeprefix("v1="),
        GOOD.replace("v1=", "v2="),
        GOOD.replace("v1=", "v1=="),
        GOOD.replace("v1=", "V1="),
        GOOD[:-1],
        GOOD + "0",
        GOOD.replace(",", ";") + ";v1=0",
        sign(body(), OTHER),
        sign(body(), SECRET + "\n"),
        "v1=ÄÖÜ\u20ac\udc80",
    ],
)
def test_what_is_not_exactly_a_good_signature_is_refused(header: str) -> None:
    with pytest.raises(SignatureError):
        read({SIGNATURE_HEADER: header}, body(), [SECRET])


def test_a_body_without_any_signature_header_is_refused() -> None:
    with pytest.raises(SignatureError, match="without the header X-PagerDuty-Signature"):
        read({"Content-Type": "application/json"}, body(), [SECRET])


@given(st.integers(0, len(body()) - 1), st.integers(1, 255))
def test_a_single_changed_byte_breaks_the_signature(place: int, change: int) -> None:
    content = bytearray(body())
    content[place] ^= change
    with pytest.raises(SignatureError):
        read(signed(body()), bytes(content), [SECRET])


@pytest.mark.parametrize("secrets", [[], [""], ["", ""]])
def test_without_a_secret_nothing_is_believed(secrets: list[str]) -> None:
    content = body()
    with pytest.raises(SignatureError, match="PAGERDUTY_WEBHOOK_SECRET"):
        read(signed(content, ""), content, secrets)


def test_no_error_shows_a_secret() -> None:
    with pytest.raises(SignatureError) as caught:
        read({SIGNATURE_HEADER: "v1=0"}, body(), ["the-secret-itself"])
    assert "the-secret-itself" not in str(caught.value)


@pytest.mark.parametrize("headers", [{}, signed(b'{"messages": []}')])
def test_a_v2_webhook_is_refused_with_what_to_do_signed_or_not(headers: dict[str, str]) -> None:
    with pytest.raises(PayloadError, match=r"V2 webhook.*V3 subscription"):
        read(headers, b'{"messages": []}', [SECRET])


@pytest.mark.parametrize(
    ("event_type", "kind"),
    [
        ("incident.resolved", EventKind.RESOLVED),
        ("incident.reopened", EventKind.REFRESH),
        ("incident.priority_updated", EventKind.REFRESH),
        ("incident.service_updated", EventKind.REFRESH),
        ("incident.incident_type.changed", EventKind.REFRESH),
    ],
)
def test_types_whose_data_is_the_incident(event_type: str, kind: EventKind) -> None:
    content = body(event_type, data={"id": "Q7ITSELF", "incident": {"id": "QWRONG"}})
    event = understood(signed(content), content)
    assert (event.incident, event.kind) == ("Q7ITSELF", kind)


@pytest.mark.parametrize(
    "event_type",
    [
        "incident.annotated",
        "incident.conference_bridge.updated",
        "incident.custom_field_values.updated",
        "incident.responder.added",
        "incident.responder.replied",
        "incident.status_update_published",
        "incident.task.created",
        "incident.task.updated",
        "incident.task.completed",
        "incident.workflow.started",
        "incident.workflow.completed",
        "incident.action_invocation.created",
    ],
)
def test_types_whose_data_names_the_incident(event_type: str) -> None:
    content = body(event_type, data={"id": "PNOTE", "incident": {"id": "Q7NAMED"}})
    event = understood(signed(content), content)
    assert (event.incident, event.kind) == ("Q7NAMED", EventKind.REFRESH)


def test_an_assigned_role_names_the_incident_in_its_assignments() -> None:
    data = {"incident_role_assignments": [{"incident": {"id": "Q7ROLE"}}, {"incident": {}}]}
    content = body("incident.role.assigned", data=data)
    event = understood(signed(content), content)
    assert (event.incident, event.kind) == ("Q7ROLE", EventKind.REFRESH)


@pytest.mark.parametrize(
    "event_type",
    [
        "pagey.ping",
        "service.updated",
        "incident.of_next_year",
        "",
        "resolved",
        "incident.triggered",
    ],
)
def test_a_ping_and_unknown_types_are_ignored_whatever_they_hold(event_type: str) -> None:
    content = body(event_type, data=["anything"])
    assert read(signed(content), content, [SECRET]) is None


@pytest.mark.parametrize(
    "happened",
    ["acknowledged", "unacknowledged", "delegated", "escalated", "reassigned"],
)
def test_what_happens_to_an_open_incident_alone_concerns_a_document_that_is_there(
    happened: str,
) -> None:
    content = body(f"incident.{happened}")
    event = read(signed(content), content, [SECRET])
    assert event is not None
    assert event.kind is EventKind.UNDER_WAY
    assert f"incident.{happened}" not in WANTED_EVENTS


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "the answer"),
        (b"{}", "no event"),
        (b'{"event": []}', "a list as event"),
        (body(id=None), r"no event\.id"),
        (body(id=7), r"the number 7 as event\.id"),
        (body(id=" "), r"event\.id, which should be an id"),
        (body(id="\ud800"), r"event\.id, which should be an id"),
        (body(event_type=None), r"no event\.event_type"),
        (body(occurred_at="yesterday"), r"'yesterday' as event\.occurred_at"),
        (body(occurred_at="2026-10-15T00:55:10"), r"event\.occurred_at"),
    ],
)
def test_a_signed_body_of_another_shape_is_refused_by_the_name_of_its_field(
    content: bytes, named: str
) -> None:
    with pytest.raises(PayloadError, match=named):
        read(signed(content), content, [SECRET])


ODD = (
    *(None, [], "x", 7, True, {}, {"id": None}, {"id": "../users"}, {"id": ["Q1"]}),
    *({"incident": None}, {"incident": {}}, {"incident": "Q1"}, {"incident": {"id": 7}}),
    *({"incident_role_assignments": odd} for odd in (None, [], {}, "x", [None], [7], [{}])),
    {"incident_role_assignments": [{"incident": None, "assignee": None}]},
)


@pytest.mark.parametrize("data", ODD, ids=repr)
@pytest.mark.parametrize("event_type", [*WANTED_EVENTS, "service.updated", "incident.next_year"])
def test_a_genuine_event_that_names_no_incident_concerns_nobody(
    event_type: str, data: object
) -> None:
    content = body(event_type, data=data)
    assert read(signed(content), content, [SECRET]) is None


def test_a_role_names_the_first_incident_that_can_be_looked_at() -> None:
    data = {"incident_role_assignments": [None, {"incident": None}, {"incident": {"id": "Q7ROLE"}}]}
    content = body("incident.role.assigned", data=data)
    assert understood(signed(content), content).incident == "Q7ROLE"


@given(st.binary(max_size=200))
def test_no_signed_body_breaks_the_reading(content: bytes) -> None:
    with pytest.raises(PayloadError):
        read(signed(content), content, [SECRET])


def test_the_wanted_events_are_those_that_are_not_ignored() -> None:
    for name in WANTED_EVENTS:
        data = {
            "id": "Q1",
            "incident": {"id": "Q1"},
            "incident_role_assignments": [{"incident": {"id": "Q1"}}],
        }
        content = body(name, data=data)
        assert read(signed(content), content, [SECRET]) is not None, name


def test_real_deliveries_verify_against_their_own_signatures() -> None:
    vectors = json.loads(
        reference("samples", "pagerduty", "webhook-v3-signed-vectors.json").read_text("utf-8")
    )
    kinds = {}
    for vector in vectors:
        content = vector["raw_body"].encode()
        headers = {SIGNATURE_HEADER: vector["x_pagerduty_signature"]}
        event = read(headers, content, [vector["secret"]])
        kinds[json.loads(content)["event"]["event_type"]] = event and event.kind
        with pytest.raises(SignatureError):
            read(headers, content + b" ", [vector["secret"]])
    assert kinds == {
        "pagey.ping": None,
        "incident.triggered": None,
        "incident.acknowledged": EventKind.UNDER_WAY,
        "incident.resolved": EventKind.RESOLVED,
        "incident.annotated": EventKind.REFRESH,
    }
