"""Settings of the services outside: where they are, and with which credentials."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator

from config.addresses import PagerDutyAddress, WebAddress
from config.durations import Duration
from config.parts import Part, Secret, SigningSecrets, Text


def _email(value: str) -> str:
    name, _, host = value.partition("@")
    if not name or "." not in host:
        raise ValueError("must be the e-mail address of the account that made the API token.")
    return value


class PagerDuty(Part):
    """The PagerDuty account. A read-only ``api_key`` is enough."""

    api_key: Secret | None = None
    api_url: PagerDutyAddress = "https://api.pagerduty.com"
    webhook_secrets: SigningSecrets = ()


class Jira(Part):
    """The Jira site, and where tickets go.

    Cloud takes ``email`` and ``api_token``, Data Center ``personal_token``. ``index_lag`` is how
    long after a create a search may still miss the ticket.
    """

    url: WebAddress | None = None
    email: Annotated[Text, AfterValidator(_email)] | None = None
    api_token: Secret | None = None
    personal_token: Secret | None = None
    project: Text | None = None
    issue_type: Text = "Task"
    webhook_secrets: SigningSecrets = ()
    index_lag: Duration = timedelta(seconds=60)
