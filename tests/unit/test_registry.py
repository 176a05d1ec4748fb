"""What the registered services are to the program, and what sentences call them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from connectors.connector import ServiceWords
from connectors.errors import ConfigurationError
from connectors.jira.connector import JiraConnector
from connectors.pagerduty.connector import PagerDutyConnector
from worker.app.registry import CONNECTORS, Services, incident_named, load_settings, words_of

PAGERDUTY = {"PAGERDUTY_API_KEY": "k", "PAGERDUTY_WEBHOOK_SECRET": "new, old"}
JIRA = {
    "JIRA_URL": "https://jira.example.com",
    "JIRA_PERSONAL_TOKEN": "t",
    "JIRA_PROJECT": "OPS",
    "JIRA_ISSUE_TYPE": "Bug",
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start where no settings file lies."""
    monkeypatch.chdir(tmp_path)


def services(environ: Mapping[str, str]) -> Services:
    return Services.under(load_settings(None, environ))


def test_a_service_is_there_once_it_is_configured() -> None:
    none, both = services({}), services(PAGERDUTY | JIRA)
    assert (none.source, none.tracker) == (None, None)
    assert isinstance(both.source, PagerDutyConnector)
    assert isinstance(both.tracker, JiraConnector)
    assert both.tracker.destination.project == "OPS"
    assert both.tracker.destination.issue_type == "Bug"


def test_two_services_for_one_thing_are_refused_by_their_names() -> None:
    tracker = services(JIRA).tracker
    assert tracker is not None
    with pytest.raises(ConfigurationError, match=r"Jira and Jira are both configured.*Keep"):
        _ = Services([], [tracker, tracker], [], []).tracker


def test_webhooks_are_read_by_the_last_part_of_their_address() -> None:
    webhooks = services(PAGERDUTY).webhooks
    told = {name: (one.secrets, one.setting) for name, one in webhooks.items()}
    assert told["pagerduty"] == (("new", "old"), "PAGERDUTY_WEBHOOK_SECRET")
    assert told["jira"] == ((), "JIRA_WEBHOOK_SECRET")
    assert set(told) <= {kind.group.key for kind in CONNECTORS}


@pytest.mark.parametrize(
    ("text", "incident"),
    [
        ("Q0R9EVXVKUZTX7", "Q0R9EVXVKUZTX7"),
        ("https://example.pagerduty.com/incidents/Q0R9EVXVKUZTX7", "Q0R9EVXVKUZTX7"),
        ("https://example.pagerduty.com/incidents/Q0R9EVXVKUZTX7/", "Q0R9EVXVKUZTX7"),
        ("http://example.pagerduty.com/incidents/Q0R9EVXVKUZTX7", None),
        ("https://example.pagerduty.com/services/PGMTD2", None),
        ("q0r9", None),
        ("", None),
    ],
)
def test_an_incident_is_named_by_its_id_or_address(text: str, incident: str | None) -> None:
    assert incident_named(text) == incident


def test_where_several_services_would_do_sentences_name_them_all() -> None:
    assert words_of([PagerDutyConnector, JiraConnector]) == ServiceWords(
        name="PagerDuty or Jira",
        key="pagerduty",
        setting="PAGERDUTY_API_KEY or JIRA_URL",
        remedy="Set PAGERDUTY_API_KEY to a read-only REST API key. "
        "Set JIRA_URL and its credentials.",
        project_setting="JIRA_PROJECT",
        type_setting="JIRA_ISSUE_TYPE",
    )


@pytest.mark.parametrize("kind", CONNECTORS)
def test_each_connector_names_settings_that_there_are(kind: type) -> None:
    known = {kind.group.variable(field) for field in kind.group.model_fields}
    assert kind.setting in known
    assert kind.setting in kind.remedy
    assert getattr(kind, "project_setting", kind.setting) in known
