"""Settings of the services outside: where they are, and with which credentials."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from config.addresses import PagerDutyAddress, WebAddress
from config.durations import Duration
from config.parts import Part, Secret, SigningSecrets, Text


def _email(value: str) -> str:
    name, _, host = value.partition("@")
    if not name or "." not in host:
        raise ValueError("must be the e-mail address of the account that made the API token.")
    return value


CallsPerMinute = Annotated[int, Field(ge=0, le=1_000_000)]
"""How many requests a service is sent in a minute by all machines together; 0 is no limit."""


class PagerDuty(Part):
    """The PagerDuty account. A read-only ``api_key`` is enough.

    PagerDuty answers 960 requests a minute for a key, whoever sends them. 900 leave room for the
    ten that may go out at once after a pause, and for whatever else uses the key.
    """

    api_key: Secret | None = None
    api_url: PagerDutyAddress = "https://api.pagerduty.com"
    webhook_secrets: SigningSecrets = ()
    calls_per_minute: CallsPerMinute = 900


class Jira(Part):
    """The Jira site, and where tickets go.

    Cloud takes ``email`` and ``api_token``, Data Center ``personal_token``. ``index_lag`` is how
    long after a create a search may still miss the ticket.

    Jira Cloud counts by the second: 100 reads or creates, 50 changes, for each kind of request of a
    whole site; its quotas by the hour bind apps, not API tokens. 600 requests a minute are a tenth
    of that, so that people and other programs never notice. What Data Center allows is up to its
    administrators.
    """

    url: WebAddress | None = None
    email: Annotated[Text, AfterValidator(_email)] | None = None
    api_token: Secret | None = None
    personal_token: Secret | None = None
    project: Text | None = None
    issue_type: Text = "Task"
    webhook_secrets: SigningSecrets = ()
    index_lag: Duration = timedelta(seconds=60)
    calls_per_minute: CallsPerMinute = 600
