"""The services of the demo: their sandboxes, and the settings by which the program reaches them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from config.settings import Settings
from connectors.confluence.sandbox.server import ConfluenceSandbox
from connectors.jira.sandbox.server import JiraSandbox
from connectors.pagerduty.sandbox.server import SECRET, PagerDutySandbox
from connectors.slack.sandbox.server import BOT_TOKEN, SlackSandbox
from worker.app.registry import load_settings

CHANNEL = "postmortems"


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
        yield Sandboxes(pagerduty, jira, confluence, slack)


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
