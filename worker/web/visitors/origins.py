"""Where a request comes from: a page of ours, one of another site, or a name that points here.

Where there is neither token nor proxy the server is bound to this machine alone, and only requests
that name this machine are answered: else a web page elsewhere could have its own name point here
(DNS rebinding) and read everything.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

_NAMED_HOST = re.compile(
    r"(?:\[[0-9a-f:.]{2,45}\]|(?=[^:]{1,253}(?::|$))[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)"
    r"(?::(?P<port>[0-9]{1,5}))?"
)
_MOST_PORTS = 65_535
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://(\S*)")


class Forbidden(Exception):
    """The request comes from somewhere else; the text is a sentence."""


class Malformed(Exception):
    """The request cannot be understood; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Origins:
    """The addresses that are ours.

    ``public_url`` tells besides whether people come by TLS: what a request says of that may be
    made up.
    """

    public_url: str | None

    @property
    def secure(self) -> bool:
        """Whether people come by TLS, so that the cookie is kept to it."""
        return (self.public_url or "").lower().startswith("https:")

    def check(self, request: Request) -> None:
        """Refuse what another site's page makes a browser send.

        Raises ``Forbidden``, and ``Malformed`` for an origin that is none.
        """
        host = request.headers.get("host", "").lower()
        if not _names_host(host):
            raise Forbidden("The request does not say which host it is for, so it was not done.")
        fetched = request.headers.get("sec-fetch-site", "same-origin")
        origins = [_origin(one) for one in request.headers.getlist("origin")]
        own = all(self._is_own(scheme, place, host) for scheme, place in origins)
        if fetched not in {"same-origin", "none"} or not own:
            raise Forbidden("This was sent by a page of another site, so it was not done.")

    def _is_own(self, scheme: str, place: str, host: str) -> bool:
        """Tell whether a page from there is ours: where people come by TLS, only by TLS."""
        public = _place(self.public_url)
        if place and place == public:
            return scheme == "https" or not self.secure
        return bool(place) and place == host

    def check_host(self, request: Request) -> None:
        """Refuse what does not name this machine, or the address. Raises ``Forbidden``."""
        host = request.headers.get("host", "").lower()
        public = self.public_url and host == _place(self.public_url)
        if not (public or _is_this_machine(host)):
            raise Forbidden(
                "This page is for this machine only. Open it as localhost or 127.0.0.1, or set "
                "POSTMORTEM_PUBLIC_URL and POSTMORTEM_TOKEN."
            )


def _place(url: str | None) -> str:
    return urlsplit(url or "").netloc.lower()


def _origin(text: str) -> tuple[str, str]:
    """Give the scheme of an origin, and its host and port.

    Raises ``Forbidden`` for that of a page without one, ``Malformed`` for what is no origin.
    """
    if text.strip() in {"", "null"}:
        raise Forbidden("This was sent by a page that does not say where it is from.")
    found = _ORIGIN.fullmatch(text.strip().lower())
    scheme, place = found.groups() if found else ("", "")
    if found and not place:
        return scheme, ""  # a file's or a program's: no host's page
    if not _names_host(place):
        raise Malformed("The request's Origin cannot be read.")
    return scheme, place


def _names_host(text: str) -> bool:
    found = _NAMED_HOST.fullmatch(text)
    return found is not None and int(found["port"] or 0) <= _MOST_PORTS


def _is_this_machine(host: str) -> bool:
    if not _names_host(host):
        return False
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
