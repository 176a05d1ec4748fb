"""What Confluence is to the program: where documents are shown as pages."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Protocol
from urllib.parse import urlsplit

from connectors.confluence import checks
from connectors.confluence.client import Confluence
from connectors.confluence.cloud_api import CloudApi
from connectors.confluence.connection import SiteAccess, SiteConnection
from connectors.confluence.data_center_api import DataCenterApi
from connectors.confluence.payloads import Space
from connectors.confluence.settings import ConfluenceSettings, WhenEdited
from connectors.connector import PublisherConnector, PublishRules, PublishWhen, SiteLogin
from connectors.errors import Finding, NotFound, PostmortemError
from connectors.pacing.rate_limit import NoPace, Pace
from connectors.pages import Page, PageId
from connectors.retry import Circuit, RetryPolicy
from connectors.settings import ServiceSettings, revealed
from connectors.setup_steps import Offer, Question, Step
from connectors.tls import Authorities

STEPS = (
    Step(
        "site",
        (
            Question(
                "url",
                "Address of Confluence",
                "Such as https://example.atlassian.net; nothing for no pages.",
                optional=True,
            ),
            Question(
                "email",
                "E-mail address of Confluence's account",
                "Of Cloud; nothing for Data Center, which takes a personal access token.",
                optional=True,
                after="url",
                login=True,
            ),
            Question("api_token", "API token of that account", after="email", login=True),
            Question(
                "personal_token",
                "Personal access token",
                "On Confluence's page: your settings, Personal Access Tokens.",
                after="url",
                unless="email",
                login=True,
            ),
        ),
    ),
    Step("space", (Question("space", "Space that pages go into", offers=True),)),
    Step(
        "parent",
        (
            Question(
                "parent",
                "Id of the page below which they go",
                "It stands in that page's address; nothing for the space's home.",
                optional=True,
            ),
        ),
    ),
)


class _SpacesApi(Protocol):
    """What the guide asks of either kind of Confluence."""

    def space(self, key: str) -> Space: ...
    def spaces(self) -> list[Space]: ...
    def read(self, page: PageId) -> Page: ...


class ConfluenceGuide:
    """A :class:`~connectors.setup_steps.Guide`."""

    def __init__(
        self,
        access: SiteAccess,
        api: _SpacesApi,
        space: str,
        parent: str,
        close: Callable[[], None],
    ) -> None:
        self._access, self._api = access, api
        self._space, self._parent = space, PageId(parent)
        self.close = close

    def prove(self, step: str) -> Finding:
        """Look at the site by its spaces, at the space, or at the page above."""
        looks: Mapping[str, tuple[str, Callable[[], Finding]]] = {
            "site": (f"Confluence at {self._access.host}", self._site),
            "space": (f"Confluence space {self._space}", self._is_there),
            "parent": (f"Confluence parent page {self._parent}".rstrip(), self._above),
        }
        subject, look = looks[step]
        try:
            return look()
        except PostmortemError as error:
            return Finding.of(subject, error)

    def offers(self, field: str) -> Sequence[Offer]:  # noqa: ARG002 - there is one
        """List the spaces."""
        return [Offer(one.key, one.name) for one in self._api.spaces()]

    def _site(self) -> Finding:
        with suppress(NotFound):
            if self._space:
                self._api.space(self._space)
            else:
                self._api.spaces()
        return checks.known_site(self._access)

    def _is_there(self) -> Finding:
        return checks.known_space(self._access, self._api, self._space)

    def _above(self) -> Finding:
        return next(checks.parent_page(self._api, self._api.space(self._space), self._parent))


@dataclass(frozen=True, slots=True)
class ConfluenceConnector(PublisherConnector):
    """Confluence, as its settings describe it."""

    settings: ConfluenceSettings

    name: ClassVar[str] = "Confluence"
    group: ClassVar[type[ServiceSettings]] = ConfluenceSettings
    setting: ClassVar[str] = ConfluenceSettings.variable("url")
    remedy: ClassVar[str] = (
        f"Set {setting}, {ConfluenceSettings.variable('space')} and credentials."
    )
    steps: ClassVar[tuple[Step, ...]] = STEPS

    @property
    def is_configured(self) -> bool:
        return self.settings.url is not None

    @property
    def calls_per_minute(self) -> int:
        return self.settings.calls_per_minute

    @property
    def rules(self) -> PublishRules:
        given = self.settings
        when = given.publish if self.is_configured else PublishWhen.NEVER
        return PublishRules(when, given.edited is WhenEdited.OVERWRITE, given.notify)

    def open(self, pace: Pace, authorities: Authorities, logins: Sequence[SiteLogin]) -> Confluence:
        return Confluence(
            self._access(logins),
            self.settings.space or "",
            self.settings.parent or "",
            pace=pace,
            authorities=authorities,
        )

    def guide(self, authorities: Authorities, logins: Sequence[SiteLogin]) -> ConfluenceGuide:
        access, given = self._access(logins), self.settings
        connection = SiteConnection(access, RetryPolicy(), Circuit(), NoPace(), authorities)
        api = (CloudApi if access.is_cloud else DataCenterApi)(connection)
        space, parent = given.space or "", given.parent or ""
        return ConfluenceGuide(access, api, space, parent, connection.close)

    def shares(self, logins: Sequence[SiteLogin]) -> bool:
        url = self.settings.url or ""
        return any(_same_site(login.url, url) for login in logins)

    def _access(self, logins: Sequence[SiteLogin]) -> SiteAccess:
        given = self.settings
        url, email, token = given.url or "", given.email or "", revealed(given.api_token)
        personal = revealed(given.personal_token)
        if not email and not personal:
            for login in logins:
                if _same_site(login.url, url):
                    email, token = login.email, login.api_token
        return SiteAccess(url, email, token, personal)


def _same_site(one: str, other: str) -> bool:
    """Tell whether two addresses are of one site of Cloud, be it behind Atlassian's gateway."""
    first, second = urlsplit(one), urlsplit(other)
    if (first.scheme, first.netloc) != (second.scheme, second.netloc):
        return False
    gateway = first.path.startswith("/ex/"), second.path.startswith("/ex/")
    if not any(gateway):
        return True
    return all(gateway) and first.path.split("/")[3:4] == second.path.split("/")[3:4]
