"""Settings of Jira: which site, with which credentials, and where tickets go."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator

from connectors.atlassian.site_access import credentials_contradictions, site_address
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
        Annotated[WebAddress, AfterValidator(site_address("jira"))] | None,
        FromEnvironment("JIRA_URL"),
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
        yield from credentials_contradictions(cls, "Jira", has)
        if "project" not in has and not given(("routes",)):
            yield (
                "Nothing says into which Jira project tickets go. "
                f"Set {cls.shown('project')}, or a route."
            )
