"""Settings of PagerDuty: which account, and with which key."""

from collections.abc import Iterator
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator

from connectors.settings import (
    CallsPerMinute,
    FromEnvironment,
    Given,
    Secret,
    ServiceSettings,
    SigningSecrets,
    is_loopback,
    web_address,
)

HOSTS = ("api.pagerduty.com", "api.eu.pagerduty.com")
"""PagerDuty's service regions; an account lives in exactly one."""


def api_address(text: str) -> str:
    """Give ``text`` once it is one of PagerDuty's own hosts, or loopback.

    The API key goes to this address, so a mistyped host would give it away.
    """
    address = web_address(text, example=f"https://{HOSTS[0]}")
    host = urlsplit(address).hostname or ""
    if host not in HOSTS and not is_loopback(host):
        known = " or ".join(f"https://{name}" for name in HOSTS)
        raise ValueError(f"names {host}, which is not PagerDuty's. Use {known}.")
    return address


class PagerDutySettings(ServiceSettings):
    """The PagerDuty account. A read-only ``api_key`` is enough.

    PagerDuty answers 960 requests a minute for a key, whoever sends them. 900 leave room for the
    ten that may go out at once after a pause, and for whatever else uses the key.
    """

    key: ClassVar[str] = "pagerduty"

    api_key: Annotated[Secret | None, FromEnvironment("PAGERDUTY_API_KEY", secret=True)] = None
    api_url: Annotated[str, AfterValidator(api_address), FromEnvironment("PAGERDUTY_API_URL")] = (
        f"https://{HOSTS[0]}"
    )
    webhook_secrets: Annotated[
        SigningSecrets, FromEnvironment("PAGERDUTY_WEBHOOK_SECRET", secret=True)
    ] = ()
    calls_per_minute: CallsPerMinute = 900

    @classmethod
    def contradictions(cls, given: Given) -> Iterator[str]:
        """Webhooks need the key as well."""
        if given(cls.place("webhook_secrets")) and not given(cls.place("api_key")):
            yield (
                "There is a secret for PagerDuty's webhooks but no API key, and a webhook only "
                f"says that there is something to read. Set {cls.shown('api_key')}."
            )
