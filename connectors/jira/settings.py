"""Settings of Jira: which site, with which credentials, and where tickets go."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator

from connectors.settings import (
    CallsPerMinute,
    Duration,
    Email,
    FromEnvironment,
    Given,
    Secret,
    ServiceSettings,
    SigningSecrets,
    Text,
    WebAddress,
)


def _site(address: str) -> str:
    """Give an address once it is a site's: Atlassian's gateway is one only with a cloudId."""
    parts = urlsplit(address)
    if parts.hostname == "api.atlassian.com" and not _CLOUD_SITE.fullmatch(parts.path):
        raise ValueError(
            "names Atlassian's gateway, but no site behind it. Write "
            "https://api.atlassian.com/ex/jira/ with the site's cloudId, which "
            "https://YOUR-SITE.atlassian.net/_edge/tenant_info tells."
        )
    return address


_CLOUD_SITE = re.compile(r"/ex/jira/[^/]+")


class JiraSettings(ServiceSettings):
    """The Jira site, and where tickets go.

    Cloud takes ``email`` and ``api_token``, Data Center ``personal_token``. ``index_lag`` is how
    long after a create a search may still miss the ticket.

    Jira Cloud counts by the second: 100 reads or creates, 50 changes, for each kind of request of a
    whole site; its quotas by the hour bind apps, not API tokens. 600 requests a minute are a tenth
    of that, so that people and other programs never notice. What Data Center allows is up to its
    administrators.
    """

    key: ClassVar[str] = "jira"

    url: Annotated[
        Annotated[WebAddress, AfterValidator(_site)] | None, FromEnvironment("JIRA_URL")
    ] = None
    email: Annotated[Email | None, FromEnvironment("JIRA_EMAIL")] = None
    api_token: Annotated[Secret | None, FromEnvironment("JIRA_API_TOKEN", secret=True)] = None
    personal_token: Annotated[
        Secret | None, FromEnvironment("JIRA_PERSONAL_TOKEN", secret=True)
    ] = None
    project: Annotated[Text | None, FromEnvironment("JIRA_PROJECT")] = None
    issue_type: Annotated[Text, FromEnvironment("JIRA_ISSUE_TYPE")] = "Task"
    webhook_secrets: Annotated[
        SigningSecrets, FromEnvironment("JIRA_WEBHOOK_SECRET", secret=True)
    ] = ()
    index_lag: Duration = timedelta(seconds=60)
    calls_per_minute: CallsPerMinute = 600

    @classmethod
    def contradictions(cls, given: Given) -> Iterator[str]:
        """Tell of a site that lacks its address, its one kind of credentials, or a project."""
        fields = ("url", "email", "api_token", "personal_token", "project", "webhook_secrets")
        has = {field for field in fields if given(cls.place(field))}
        if not has:
            return
        if "url" not in has:
            yield f"There are settings of Jira but no address. Set {cls.shown('url')}."
        yield from cls._credentials(has)
        if "project" not in has and not given(("routes",)):
            yield (
                "Nothing says into which Jira project tickets go. "
                f"Set {cls.shown('project')}, or a route."
            )

    @classmethod
    def _credentials(cls, has: AbstractSet[str]) -> Iterator[str]:
        if "personal_token" in has:
            if has & {"email", "api_token"}:
                yield (
                    "There are two kinds of Jira credentials. Keep either the personal token (Data "
                    "Center) or the e-mail address and API token (Cloud)."
                )
        elif not has & {"email", "api_token"}:
            yield (
                f"Jira has no credentials. Set {cls.shown('email')} and {cls.shown('api_token')} "
                f"(Cloud) or {cls.shown('personal_token')} (Data Center)."
            )
        elif "email" not in has:
            yield f"There is an API token for Jira, but not whose. Set {cls.shown('email')}."
        elif "api_token" not in has:
            yield (
                "There is an e-mail address for Jira, but no API token. "
                f"Set {cls.shown('api_token')}."
            )
