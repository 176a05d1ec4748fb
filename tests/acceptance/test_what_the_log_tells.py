"""What becomes of what the log holds: pages in vain, repeats, changes, fields, snoozes, answers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox.scenarios.checkout_storm import CHECKOUT, LENA
from tests.acceptance.world import World, opened, told, world

MARCO = wire.person("Marco Vidal")
LEDGER = wire.service("Ledger")


@pytest.fixture
def here(tmp_path):
    with world(tmp_path) as made:
        yield made


def rows(text: str) -> list[str]:
    """The words of the timeline's rows, without the links."""
    table = text.partition("## 2. ")[2].partition("\n---")[0].splitlines()
    return [line.split(" | ")[1].partition(" [")[0] for line in table[3:] if line.startswith("|")]


def test_pages_that_did_not_get_through_are_no_pages(here: World) -> None:
    incident, at = opened(here)
    for minute, (way, status) in enumerate([("phone", "no_answer"), ("sms", "fail")]):
        incident.notify(LENA, way, at + timedelta(minutes=minute), status)
    incident.escalate([MARCO], at + timedelta(minutes=20))
    incident.notify(MARCO, "push", at + timedelta(minutes=20))
    text = told(here, incident)
    assert "Paging Lena Okafor failed over 1 min: phone (no answer) and SMS (failed)" in rows(text)
    assert "Paged Lena" not in text
    assert "Paged Marco Vidal by push message" in rows(text)
    assert "  - 2 pages to Lena Okafor failed: phone (no answer) and SMS (failed)" in text


def test_a_page_may_tell_by_its_sentence_alone_that_it_failed(here: World) -> None:
    incident, at = opened(here)
    incident.entry("notify", at, "Phone call to Lena Okafor went unanswered", None)
    incident.entry("notify", at, "SMS to Lena Okafor was not delivered.", None)
    text = told(here, incident)
    assert "Paging Lena Okafor failed: phone (no answer) and SMS (not delivered)" in rows(text)
    assert "Paged Lena" not in text


def test_a_sentence_gives_words_and_times_that_nothing_else_tells(here: World) -> None:
    incident, at = opened(here)
    sentences = [
        ("escalate", "Escalated to Marco Vidal by Lena Okafor: disk is full"),
        ("snooze", "Snoozed by Lena Okafor for 90 minutes."),
        ("status_update", "Status update published by Lena Okafor: 20% cannot pay"),
        ("link", "Incident #313 merged into this incident by Lena Okafor"),
    ]
    for kind, sentence in sentences:
        incident.entry(kind, at, sentence, None)
    told_rows = "\n".join(rows(told(here, incident)))
    assert 'Lena Okafor escalated to Marco Vidal: "disk is full"' in told_rows
    assert "Lena Okafor snoozed it for 1 h 30 min, until " in told_rows
    assert 'Lena Okafor published a status update: "20% cannot pay"' in told_rows
    assert "Lena Okafor moved 1 alert into this incident" in told_rows


def test_what_fired_again_after_a_cure_is_told_behind_it(here: World) -> None:
    incident, at = opened(here)
    for minutes in (10, 20, 40, 50, 60):
        incident.fire_again(incident.alerts[0], at + timedelta(minutes=minutes))
    incident.note("Restarted the consumers.", at + timedelta(minutes=30), LENA)
    text = told(here, incident)
    again = [row for row in rows(text) if "again" in row]
    assert len(again) == 2
    assert again[0].startswith("Fired again twice until ")
    assert again[1].startswith("Fired again 3 times until ")
    assert "after it had been noted at" in text.partition("What Didn't Go Well")[2]
    assert "; fired again 5 times until" in text.partition("Technical Impact")[2]


def test_fields_are_told_by_their_types_and_changes_by_names(here: World) -> None:
    incident, at = opened(here)
    values = {
        ("regions", "Regions", "string"): ["EU", "UK"],
        ("data_loss", "Data loss", "boolean"): False,
        ("began", "Impact began", "datetime"): "2026-11-17T08:41:00Z",
        ("chat", "Chat channel", "url"): "https://chat.example.com/c/7",
        ("shops", "Shops", "integer"): 130,
        ("unset", "Unset", "string"): None,
    }
    for (name, label, data_type), value in values.items():
        incident.set_field(name, label, value, at + timedelta(minutes=5), LENA, data_type)
    incident.move_to(LEDGER, at + timedelta(minutes=9), LENA)
    text = told(here, incident)
    for line in ("Regions: EU, UK", "Chat channel: <https://chat.example.com/c/7>", "Shops: 130"):
        assert f"\n  - {line}\n" in text
    assert "Data loss: no. Impact began: 2026-11-17 09:41" in text
    assert "Unset" not in text.partition("## 8.")[2]
    moved = f"Lena Okafor changed the service from {CHECKOUT['summary']} to Ledger"
    assert moved in rows(text)


def test_the_end_of_a_snooze_is_told_without_its_duration(here: World) -> None:
    incident, at = opened(here)
    incident.acknowledge(LENA, at + timedelta(minutes=1))
    incident.snooze(timedelta(minutes=40), at + timedelta(minutes=2), LENA, with_duration=False)
    (row,) = [row for row in rows(told(here, incident)) if "snoozed" in row]
    assert row.startswith("Lena Okafor snoozed it for 40 min, until ")


def test_a_description_and_the_type_of_an_incident_are_told(here: World) -> None:
    at = here.clock.now - timedelta(minutes=90)
    words = "Gift cards are charged twice. 14 tickets so far."
    incident = here.pagerduty.account.open(CHECKOUT, "Charges", at=at, by=MARCO, details=words)
    incident.incident_type = "security_incident"
    here.incidents["it"] = incident
    text = told(here, incident)
    assert f'description: "{words}"' in rows(text)[0]
    assert words in text.partition("**Impact:**")[2].partition("**Services")[0]
    assert "Security incident, high urgency" in text


def test_answers_to_a_request_have_their_own_times(here: World) -> None:
    incident, at = opened(here)
    incident.request([MARCO, LENA], "Please look", at + timedelta(minutes=5), LENA)
    incident.respond(MARCO, "joined", at + timedelta(minutes=8))
    text = told(here, incident)
    asked = 'Lena Okafor asked Marco Vidal and Lena Okafor (no answer) to help: "Please look"'
    assert asked in rows(text)
    assert "Marco Vidal joined after 3 min" in rows(text)


def test_what_a_monitor_acknowledged_nobody_had_seen(here: World) -> None:
    incident, at = opened(here)
    here.policy = replace(
        here.policy, drafting=replace(here.policy.drafting, acknowledge_within=timedelta(minutes=5))
    )
    way = {"type": "api"}
    incident.entry(
        "acknowledge", at + timedelta(minutes=2), "Acknowledged through the API.", None, way
    )
    text = told(here, incident)
    assert "Acknowledged automatically by monitoring after 2 min" in rows(text)
    assert "Acknowledged automatically after 2 min, resolved" in text
    assert "Somebody" not in text
    assert "(target 5 min)" not in text


def test_what_a_program_opened_in_a_persons_name_was_not_opened_by_hand(here: World) -> None:
    at = here.clock.now - timedelta(minutes=90)
    incident = here.pagerduty.account.open(CHECKOUT, "Charges", at=at)
    way = {"type": "api", "summary": "Charges"}
    incident.entry("trigger", at, "Triggered by Marco Vidal through the API.", MARCO, way)
    here.incidents["it"] = incident
    text = told(here, incident)
    assert rows(text)[0].startswith('Marco Vidal opened the incident through the API: "Charges"')
    assert "by hand" not in text


def test_a_handover_names_the_policy_beside_the_people(here: World) -> None:
    incident, at = opened(here)
    incident.delegate(wire.policy("Ledger on call"), [MARCO], at + timedelta(minutes=5), LENA)
    assert "Lena Okafor handed over to Marco Vidal (Ledger on call)" in rows(told(here, incident))


def test_a_reopening_that_the_log_tells_of_is_told_once(here: World) -> None:
    incident, at = opened(here)
    incident.resolve(at + timedelta(minutes=10), by=LENA)
    again = at + timedelta(minutes=20)
    incident.reopen(again, MARCO, [LENA])
    incident.entry("reopen", again, "Reopened by Marco Vidal", MARCO)
    reopened = [row for row in rows(told(here, incident)) if "reopened" in row]
    assert reopened == ["Marco Vidal reopened the incident; assigned to Lena Okafor"]


def test_the_sentence_of_an_entry_of_a_new_type_shows_no_html(here: World) -> None:
    incident, at = opened(here)
    incident.entry("agent_analysis", at, "<p>Agent: <b>likely</b> the deploy</p>", None)
    assert "Agent: likely the deploy" in rows(told(here, incident))


def test_the_end_of_a_snooze_is_known_by_its_sentence(here: World) -> None:
    incident, at = opened(here)
    incident.acknowledge(LENA, at + timedelta(minutes=1))
    incident.entry("snooze", at + timedelta(minutes=2), "Snoozed by Lena Okafor", LENA)
    end, way = at + timedelta(minutes=60), {"type": "timeout"}
    incident.entry("unacknowledge", end, "Unacknowledged because the snooze ended", None, way)
    text = told(here, incident)
    assert "The snooze ended" in rows(text)
    assert "timed out" not in text


def test_what_has_no_name_is_not_called_by_its_id(here: World) -> None:
    incident, _ = opened(here, " ")
    incident.title = ""
    incident.log[0]["agent"] = {**wire.integration("", CHECKOUT), "summary": None}
    incident.log[0]["channel"]["cef_details"] = None
    text = told(here, incident)
    assert f"\n# Postmortem: Incident {incident.number}\n" in text
    assert rows(text)[0].startswith("Monitoring reported an incident on")


def test_a_service_resolves_nothing_as_a_person_does(here: World) -> None:
    incident, _ = opened(here)
    incident.resolve(here.clock.now)
    entry = incident.log[-1]
    entry["summary"], entry["channel"] = "Resolved: a maintenance window began", {"type": "auto"}
    del entry["agent"]
    assert not here.sync("it").failures
    by = f"Resolved automatically by the service {CHECKOUT['summary']}"
    assert rows(here.text("it"))[-1] == f'{by}: "a maintenance window began"'


def test_what_was_deleted_since_is_another_and_no_id(here: World) -> None:
    incident, at = opened(here)
    values = {"name": "service", "value": "PGONE77", "old_value": CHECKOUT["id"]}
    way = {"type": "website", "changeset": {"application_fields": [values]}}
    incident.entry("field_value_change", at, "Incident field values updated", LENA, way)
    said = f"Lena Okafor changed the service from {CHECKOUT['summary']} to another"
    assert said in rows(told(here, incident))


def test_a_business_service_that_was_said_not_to_suffer_is_not_hit(here: World) -> None:
    incident, _ = opened(here)
    incident.hit("Online shop")
    incident.hit("Gift cards", "not_impacted")
    text = told(here, incident)
    assert "business services: Online shop\n" in text
    assert "Gift cards" not in text


def test_a_service_without_a_name_is_no_service_to_readers(here: World) -> None:
    incident, at = opened(here)
    gone = {**wire.service("Gone"), "summary": None}
    incident.alert("Queue is long", at + timedelta(minutes=1), key="two", service=gone)
    text = told(here, incident)
    assert f"- **Services Affected:** {CHECKOUT['summary']}\n" in text
    assert gone["id"] not in text
