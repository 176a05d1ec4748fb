"""What Jira shows while it is being set up, by the requests of its check."""

from collections.abc import Callable, Mapping, Sequence

from connectors.errors import Finding, PostmortemError
from connectors.jira import checks, createmeta
from connectors.jira.client import Jira
from connectors.jira.connection import JiraAccess, JiraConnection
from connectors.jira.payloads import SiteKind
from connectors.jira.settings import JiraSettings
from connectors.pacing.rate_limit import NoPace
from connectors.retry import Circuit, RetryPolicy
from connectors.settings import revealed
from connectors.setup_steps import Offer
from connectors.tls import Authorities


class JiraGuide:
    """A :class:`~connectors.setup_steps.Guide`."""

    def __init__(self, settings: JiraSettings, authorities: Authorities) -> None:
        access = JiraAccess(
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
        self._connection = JiraConnection(access, RetryPolicy(), Circuit(), NoPace(), authorities)
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
