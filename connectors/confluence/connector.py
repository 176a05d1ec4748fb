"""What Confluence is to the program: where documents are shown as pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from connectors.confluence.settings import ConfluenceSettings, WhenEdited
from connectors.connector import PublisherConnector, PublishRules, PublishWhen, SiteLogin
from connectors.pacing.rate_limit import Pace
from connectors.settings import ServiceSettings, revealed
from connectors.setup_steps import Question, Step
from connectors.tls import Authorities

if TYPE_CHECKING:
    from connectors.confluence.client import Confluence
    from connectors.confluence.connection import ConfluenceAccess
    from connectors.confluence.setup.guide import ConfluenceGuide

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
    def address(self) -> str:
        return self.settings.url or ""

    @property
    def rules(self) -> PublishRules:
        given = self.settings
        when = given.publish if self.is_configured else PublishWhen.NEVER
        return PublishRules(when, given.edited is WhenEdited.OVERWRITE, given.notify)

    def open(
        self, pace: Pace, authorities: Authorities, logins: Sequence[SiteLogin]
    ) -> "Confluence":
        from connectors.confluence.client import Confluence  # noqa: PLC0415 - loads a client

        return Confluence(
            self._access(logins),
            self.settings.space or "",
            self.settings.parent or "",
            pace=pace,
            authorities=authorities,
        )

    def guide(self, authorities: Authorities, logins: Sequence[SiteLogin]) -> "ConfluenceGuide":
        from connectors.confluence.setup.guide import guide_of  # noqa: PLC0415 - as above

        given = self.settings
        access = self._access(logins)
        return guide_of(access, given.space or "", given.parent or "", authorities)

    def shares(self, logins: Sequence[SiteLogin]) -> bool:
        url = self.settings.url or ""
        return any(_same_site(login.url, url) for login in logins)

    def _access(self, logins: Sequence[SiteLogin]) -> "ConfluenceAccess":
        from connectors.confluence.connection import ConfluenceAccess  # noqa: PLC0415 - as above

        given = self.settings
        url, email, token = given.url or "", given.email or "", revealed(given.api_token)
        personal = revealed(given.personal_token)
        if not email and not personal:
            for login in logins:
                if _same_site(login.url, url):
                    email, token = login.email, login.api_token
        return ConfluenceAccess(url, email, token, personal)


def _same_site(one: str, other: str) -> bool:
    """Tell whether two addresses are of one site of Cloud, be it behind Atlassian's gateway."""
    first, second = urlsplit(one), urlsplit(other)
    if (first.scheme, first.netloc) != (second.scheme, second.netloc):
        return False
    gateway = first.path.startswith("/ex/"), second.path.startswith("/ex/")
    if not any(gateway):
        return True
    return all(gateway) and first.path.split("/")[3:4] == second.path.split("/")[3:4]
