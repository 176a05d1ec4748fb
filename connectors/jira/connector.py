"""What Jira is to the program: a tracker of tickets that sends webhooks."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from connectors.connector import Destination, Memory, SiteLogin, TrackerConnector, WebhookAccess
from connectors.jira import webhook
from connectors.jira.client import OVERLAP, Jira
from connectors.jira.settings import JiraSettings
from connectors.pacing.rate_limit import Pace
from connectors.settings import ServiceSettings, revealed
from connectors.tls import Authorities


@dataclass(frozen=True, slots=True)
class JiraConnector(TrackerConnector):
    """Jira, as its settings describe it."""

    settings: JiraSettings

    name: ClassVar[str] = "Jira"
    group: ClassVar[type[ServiceSettings]] = JiraSettings
    setting: ClassVar[str] = JiraSettings.variable("url")
    remedy: ClassVar[str] = f"Set {setting} and its credentials."
    project_setting: ClassVar[str] = JiraSettings.variable("project")

    @property
    def is_configured(self) -> bool:
        return self.settings.url is not None

    @property
    def calls_per_minute(self) -> int:
        return self.settings.calls_per_minute

    @property
    def address(self) -> str:
        return self.settings.url or ""

    @property
    def webhook(self) -> WebhookAccess:
        return WebhookAccess(
            webhook.read,
            tuple(map(revealed, self.settings.webhook_secrets)),
            JiraSettings.variable("webhook_secrets"),
        )

    @property
    def login(self) -> SiteLogin | None:
        given = self.settings
        if given.url is None or given.email is None or given.api_token is None:
            return None
        return SiteLogin(given.url, given.email, revealed(given.api_token))

    @property
    def destination(self) -> Destination:
        return Destination(self.settings.project, self.settings.issue_type)

    @property
    def index_lag(self) -> timedelta:
        return self.settings.index_lag

    def open(self, pace: Pace, authorities: Authorities, memory: Memory) -> Jira:
        given = self.settings
        return Jira(
            given.url or "",
            email=given.email or "",
            api_token=revealed(given.api_token),
            personal_token=revealed(given.personal_token),
            pace=pace,
            authorities=authorities,
            memory=memory,
            overlap=max(OVERLAP, given.index_lag),
        )
