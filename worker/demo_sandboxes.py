"""The services of the demo: their sandboxes, and the settings by which the program reaches them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from config.settings import Settings
from connectors.confluence.sandbox.server import ConfluenceSandbox
from connectors.jira.sandbox.server import JiraSandbox
from connectors.pagerduty.sandbox.scenarios.checkout_storm import STORM_START
from connectors.pagerduty.sandbox.server import SECRET, PagerDutySandbox
from connectors.slack.sandbox.server import BOT_TOKEN, SlackSandbox
from worker.app.registry import load_settings

CHANNEL, INCIDENT_CHANNEL = "postmortems", "C0CHECKOUT"
PICKED = "Release 2026.41.3 holds all connections of ledger-db :fire:"
"""What somebody said in the incident's channel, and somebody picked."""


class Sandboxes(NamedTuple):
    """The services outside, each on loopback."""

    pagerduty: PagerDutySandbox
    jira: JiraSandbox
    confluence: ConfluenceSandbox
    slack: SlackSandbox


@contextmanager
def sandboxes() -> Iterator[Sandboxes]:
    """Start them; stop them in the end."""
    with (
        PagerDutySandbox() as pagerduty,
        JiraSandbox() as jira,
        ConfluenceSandbox() as confluence,
        SlackSandbox() as slack,
    ):
        slack.workspace.room(CHANNEL)
        talk(slack)
        yield Sandboxes(pagerduty, jira, confluence, slack)


def talk(slack: SlackSandbox) -> None:
    """Let people talk in the incident's channel, and pick one of the messages."""
    workspace = slack.workspace
    lena = workspace.person("lena", "Lena Okafor")
    room = workspace.room("inc-checkout-payments", channel=INCIDENT_CHANNEL)
    workspace.say(room, lena, "anybody seen this before?", STORM_START + timedelta(minutes=12))
    said = workspace.say(room, lena, PICKED, STORM_START + timedelta(minutes=19))
    workspace.react(room, said, "pushpin")


def settings_for(folder: Path, outside: Sandboxes) -> Settings:
    """Configure the program as an operator would, by environment variables."""
    pagerduty, jira, confluence, slack = outside
    credentials = jira.credentials
    return load_settings(
        None,
        {
            "PAGERDUTY_API_URL": pagerduty.url,
            "PAGERDUTY_API_KEY": pagerduty.api_key,
            "PAGERDUTY_WEBHOOK_SECRET": SECRET,
            "JIRA_URL": jira.url,
            "JIRA_EMAIL": credentials["email"],
            "JIRA_API_TOKEN": credentials["api_token"],
            "JIRA_PROJECT": "OPS",
            "CONFLUENCE_URL": confluence.address,
            "CONFLUENCE_EMAIL": confluence.access.email,
            "CONFLUENCE_API_TOKEN": confluence.access.api_token,
            "CONFLUENCE_SPACE": confluence.site.key,
            "SLACK_API_URL": slack.address,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_CHANNEL": CHANNEL,
            "POSTMORTEM_DOCUMENTS": str(folder),
            "POSTMORTEM_DATABASE_URL": f"sqlite:///{folder / '.postmortem.db'}",
            "POSTMORTEM_TIMEZONE": "Europe/Berlin",
        },
    )
