"""What Jira is to the program: a tracker of tickets that sends webhooks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from connectors.connector import Destination, Memory, SiteLogin, TrackerConnector, WebhookAccess
from connectors.errors import Finding, PostmortemError
from connectors.jira import checks, createmeta, webhook
from connectors.jira.client import OVERLAP, Jira
from connectors.jira.connection import Connection, Credentials
from connectors.jira.payloads import SiteKind
from connectors.jira.settings import JiraSettings
from connectors.pacing.rate_limit import NoPace, Pace
from connectors.retry import Circuit, RetryPolicy
from connectors.settings import ServiceSettings, revealed
from connectors.setup_steps import Offer, Question, Step
from connectors.tls import Authorities

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


class JiraGuide:
    """A :class:`~connectors.setup_steps.Guide`."""

    def __init__(self, settings: JiraSettings, authorities: Authorities) -> None:
        access = Credentials(
            settings.url or "",
            settings.email or "",
            revealed(settings.api_token),
            revealed(settings.personal_token),
        )
        self._jira = Jira(
            access.url,
            email=access.email,
            api_token=access.api_token,
            personal_token=access.personal_token,
            authorities=authorities,
        )
        self._connection = Connection(access, RetryPolicy(), Circuit(), NoPace(), authorities)
        self._project = settings.project or ""
        self._issue_type = settings.issue_type

    def prove(self, step: str) -> Finding:
        """Look at the site, the project or the type, with the requests of the check."""
        looks: Mapping[str, tuple[str, Callable[[], Finding]]] = {
            "site": (f"Jira at {self._connection.access.host}", self._site),
            "project": (f"Jira project {self._project}", self._is_there),
            "type": (f"Issue type {self._issue_type} in {self._project}", self._is_a_type),
        }
        subject, look = looks[step]
        try:
            return look()
        except PostmortemError as error:
            return Finding.of(subject, error)

    def offers(self, field: str) -> Sequence[Offer]:
        """List projects, or the types of ticket in the chosen one."""
        self._version()
        if field == "project":
            known = createmeta.projects(self._connection)
            return [Offer(one.id, one.name) for one in known]
        types = createmeta.issue_types(self._connection, self._project)
        return [Offer(one.choice.name, "") for one in types if not one.subtask]

    def close(self) -> None:
        """Let go of connections."""
        self._jira.close()
        self._connection.close()

    def _site(self) -> Finding:
        return checks.known_site(self._connection, self._jira.site())

    def _is_there(self) -> Finding:
        self._version()
        return checks.known_project(self._connection, self._project)

    def _is_a_type(self) -> Finding:
        self._jira.create_fields(self._project, self._issue_type)
        return Finding(f"Issue type {self._issue_type} in {self._project}", "can be created")

    def _version(self) -> None:
        if self._jira.site().kind is SiteKind.CLOUD:
            self._connection.version = createmeta.CLOUD_VERSION


@dataclass(frozen=True, slots=True)
class JiraConnector(TrackerConnector):
    """Jira, as its settings describe it."""

    settings: JiraSettings

    name: ClassVar[str] = "Jira"
    group: ClassVar[type[ServiceSettings]] = JiraSettings
    setting: ClassVar[str] = JiraSettings.variable("url")
    remedy: ClassVar[str] = f"Set {setting} and its credentials."
    project_setting: ClassVar[str] = JiraSettings.variable("project")
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

    def guide(self, authorities: Authorities, logins: Sequence[SiteLogin]) -> JiraGuide:  # noqa: ARG002 - has its own
        return JiraGuide(self.settings, authorities)
