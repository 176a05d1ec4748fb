"""The way into one of Atlassian's sites, Cloud or Data Center: its address, and credentials.

Cloud takes an account's e-mail address with its API token, at the site's own address or, where the
token has scopes, at a gateway that all sites share; Data Center takes a personal token.
"""

import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

from connectors.errors import ConfigurationError
from connectors.masking import OwnCredentials
from connectors.settings import ServiceSettings, is_loopback

GATEWAY_HOST = "api.atlassian.com"
_PAGE = re.compile(
    r"/(?:browse|projects|secure|servicedesk|spaces|display|pages)/."
    r"|/jira/(?:software|core|servicedesk|dashboards|your-work|for-you|projects)\b"
)
"""Where a site's own address ends, in that of one of its pages."""


@dataclass(frozen=True, slots=True)
class SiteAccess:
    """Where the site is and how to get in: e-mail and API token (Cloud), or a personal token.

    ``url`` has no slash at its end; ``timeouts`` are the seconds to wait for a connection and for
    an answer.
    """

    product: ClassVar[str]
    """What runs on the site, as sentences name it; its variables begin with the same word."""

    url: str
    email: str = ""
    api_token: str = field(default="", repr=False)
    personal_token: str = field(default="", repr=False)
    timeouts: tuple[float, float] = (5.0, 30.0)

    def __post_init__(self) -> None:
        """Raise ``ConfigurationError`` for an address that credentials must not be sent to."""
        name = self.product.upper()
        parts = urlsplit(self.url)
        if not parts.hostname or parts.scheme not in {"http", "https"} or "@" in parts.netloc:
            raise ConfigurationError(
                f"The address of {self.product} is not a plain web address.",
                f"Set {name}_URL to something like https://{self.product.lower()}.example.com.",
            )
        if parts.scheme == "http" and not self.is_loopback:
            raise ConfigurationError(
                f"{self.product}'s address is plain http to {parts.hostname}: credentials could be "
                "read.",
                f"Set {name}_URL to the https address.",
            )
        if not self.personal_token and not (self.email and self.api_token):
            raise ConfigurationError(
                f"There are no credentials for {self.product}.",
                f"Set {name}_EMAIL and {name}_API_TOKEN (Cloud) or {name}_PERSONAL_TOKEN (Data "
                "Center).",
            )

    @property
    def host(self) -> str:
        """The site's host, to name it in sentences."""
        return urlsplit(self.url).hostname or self.url

    @property
    def server(self) -> str:
        """What sentences call the site: the product, and where it is."""
        return f"{self.product} at {self.host}"

    @property
    def is_loopback(self) -> bool:
        """Tell whether the site runs on this very machine."""
        return is_loopback(self.host)

    @property
    def own(self) -> OwnCredentials:
        """What is to be hidden wherever it would be told."""
        return OwnCredentials.of([self.api_token, self.personal_token])


def site_address(product: str, below: str = "") -> Callable[[str], str]:
    """Give a check of an address: Atlassian's gateway is a site's only with a cloudId.

    ``below`` is what may stand behind that besides. A page of a site, as browsers show its address,
    is none. The check raises ``ValueError``.
    """
    path = re.compile(rf"/ex/{product}/[^/]+(?:{below})?")

    def check(address: str) -> str:
        parts = urlsplit(address)
        if parts.hostname == GATEWAY_HOST and not path.fullmatch(parts.path):
            raise ValueError(
                "names Atlassian's gateway, but no site behind it. Write "
                f"https://{GATEWAY_HOST}/ex/{product}/ with the site's cloudId, which "
                "https://YOUR-SITE.atlassian.net/_edge/tenant_info tells."
            )
        if page := _PAGE.search(parts.path):
            site = f"{parts.scheme}://{parts.netloc}{parts.path[: page.start()]}"
            raise ValueError(f"is the address of a page. Give that of the site alone: {site}.")
        return address

    return check


def credentials_contradictions(
    group: type[ServiceSettings], product: str, has: AbstractSet[str], *, may_lack: bool = False
) -> Iterator[str]:
    """Tell of a site that has two kinds of credentials, half of one, or none; ``has`` what it has.

    Where it ``may_lack`` them, those of another service on the site are taken.
    """
    if "personal_token" in has:
        if has & {"email", "api_token"}:
            yield (
                f"There are two kinds of {product} credentials. Keep either the personal token "
                "(Data Center) or the e-mail address and API token (Cloud)."
            )
    elif not has & {"email", "api_token"}:
        if not may_lack:
            yield (
                f"{product} has no credentials. Set {group.shown('email')} and "
                f"{group.shown('api_token')} (Cloud) or {group.shown('personal_token')} (Data "
                "Center)."
            )
    elif "email" not in has:
        yield f"There is an API token for {product}, but not whose. Set {group.shown('email')}."
    elif "api_token" not in has:
        yield (
            f"There is an e-mail address for {product}, but no API token. "
            f"Set {group.shown('api_token')}."
        )
