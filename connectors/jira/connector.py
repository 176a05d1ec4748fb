"""What Jira is to the program: a tracker of tickets that sends webhooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from connectors.connector import Destination, Memory, SiteLogin, TrackerConnector, WebhookAccess
from connectors.jira.settings import JiraSettings
from connectors.pacing.rate_limit import Pace
from connectors.settings import ServiceSettings, revealed
from connectors.setup_steps import Question, Step
from connectors.tls import Authorities

if TYPE_CHECKING:
    from connectors.jira.client import Jira
    from connectors.jira.setup.guide import JiraGuide

_TOKENS = "https://id.atlassian.com/manage-profile/security/api-tokens"
STEPS = (
    Step(
        "site",
        (
            Question(
                "url",
                "Address of Jira",
                "Such as https://example.atlassian.net; nothing for drafts without tickets.",
                optional=True,
            ),
            Question(
                "email",
                "E-mail address of Jira's account",
                "Of Cloud; nothing for Data Center, which takes a personal access token.",
                optional=True,
                after="url",
            ),
            Question("api_token", "API token of that account", f"From {_TOKENS}", after="email"),
            Question(
                "personal_token",
                "Personal access token",
                "On Jira's page: your profile, Personal Access Tokens.",
                after="url",
                unless="email",
            ),
        ),
    ),
    Step("project", (Question("project", "Project that tickets go into", offers=True),)),
    Step("type", (Question("issue_type", "Type of the tickets", optional=True, offers=True),)),
)


@dataclass(frozen=True, slots=True)
class JiraConnector(TrackerConnector):
    """Jira, as its settings describe it."""

    settings: JiraSettings

    name: ClassVar[str] = "Jira"
    group: ClassVar[type[ServiceSettings]] = JiraSettings
    setting: ClassVar[str] = JiraSettings.variable("url")
    remedy: ClassVar[str] = f"Set {setting} and its credentials."
    project_setting: ClassVar[str] = JiraSettings.variable("project")
    type_setting: ClassVar[str] = JiraSettings.variable("issue_type")
    steps: ClassVar[tuple[Step, ...]] = STEPS

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
        from connectors.jira import webhook  # noqa: PLC0415 - for who receives any

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

    def open(self, pace: Pace, authorities: Authorities, memory: Memory) -> "Jira":
        from connectors.jira.client import OVERLAP, Jira  # noqa: PLC0415 - loads a client

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

    def guide(self, authorities: Authorities, logins: Sequence[SiteLogin]) -> "JiraGuide":  # noqa: ARG002 - has its own
        from connectors.jira.setup.guide import JiraGuide  # noqa: PLC0415 - as above

        return JiraGuide(self.settings, authorities)
