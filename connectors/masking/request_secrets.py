"""Secrets in addresses, headers and commands: a user's password, a signed query, a bearer's token.

The rest of an address stays, so that one still sees where it leads. Every pattern is linear, as in
``token_forms``.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from connectors.masking.named_secrets import is_placeholder, is_strong
from connectors.masking.token_forms import Secret, compiled, has_digit, holds_any, is_mixed

_LONG = 20
_HASH = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class _Place:
    """A place where secrets stand; one of ``hints`` is in every text, in small letters, with it."""

    kind: str
    hints: tuple[str, ...]
    pattern: str
    fits: Callable[[re.Match[str]], bool]
    in_address: bool


def _place(
    kind: str,
    hints: str,
    pattern: str,
    fits: Callable[[re.Match[str]], bool] = lambda found: not is_placeholder(found["value"]),
    *,
    in_address: bool = False,
) -> _Place:
    return _Place(kind, tuple(hints.split()), pattern, fits, in_address)


def _in_query(found: re.Match[str]) -> bool:
    """Tell a secret from what such a name says in a query besides."""
    value = found["value"].strip(".,;")
    if found["name"].lower() in {"code", "key", "auth", "session", "pass"}:
        return len(value) >= _LONG and has_digit(value)
    return not is_placeholder(value)


def _is_credential(found: re.Match[str]) -> bool:
    """Tell a credential from the words of "basic authentication" and "bearer of news"."""
    value = found["value"]
    if found["scheme"].lower() == "bearer":
        return has_digit(value) or is_mixed(value) or len(value) > _LONG
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError):
        return False


_QUERY_NAMES = (
    r"token|sig|signature|secret|password|passwd|pwd|pass|api[_-]?key|access[_-]?key|auth|jwt|"
    r"session(?:[_-]?id)?|credential|sas|code|key"
)
_SCHEMES = "basic|bearer|token|digest|negotiate|geniekey|ssws|apikey|api-key|splunk|bot|oauth|hmac"
_OPTIONS = "password|passwd|passphrase|secret|token|api-key|secret-key|access-key"

_PLACES = (
    _place(
        "password",
        "@",
        r"(?<=[a-z0-9])://(?P<user>[^\s/@:?#\"'<>]{0,256}):(?P<value>[^\s/?#\"'<>]{1,512}(?=@)"
        r"|(?![0-9]{1,5}[/?#])[^\s@\"'<>]{1,128}(?=@[\w\[]))",  # people leave a slash in it, too
        in_address=True,
    ),
    _place(
        "token",
        "@",
        r"(?<=[a-z0-9])://(?P<value>[a-z0-9_~.%+=-]{16,512})(?=@)",
        lambda found: is_mixed(found["value"]) or _HASH.fullmatch(found["value"]) is not None,
        in_address=True,
    ),
    _place(
        "password",
        "jdbc:oracle",
        r"jdbc:oracle:[a-z]{1,10}:[^\s/@]{1,64}/(?P<value>[^\s@]{1,128})@",
        in_address=True,
    ),
    _place(
        "password",
        "@tcp( @unix(",
        r"(?<![^\s\"'=])[\w.-]{1,64}:(?P<value>[^\s@/]{1,128})@(?:tcp|unix)\(",
        in_address=True,
    ),
    _place(
        "secret",
        "token= sig= signature= secret= password= passwd= pwd= pass= key= auth= jwt= session= "
        "session_id= sessionid= session-id= credential= sas= code=",
        rf"[?&](?:amp;)?[\w.-]{{0,30}}?(?P<name>{_QUERY_NAMES})="
        r"(?P<value>[^\s&#\"'<>`\u2039|]{3,}+)",
        _in_query,
        in_address=True,
    ),
    _place(
        "webhook address",
        "hooks. office discord events. telegram hook. ifttt",
        r"(?:hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/"
        r"|webhook\.office\.com/webhookb2/|outlook\.office(?:365)?\.com/webhook/"
        r"|discord(?:app)?\.com/api/webhooks/|hooks\.zapier\.com/hooks/catch/"
        r"|events\.(?:eu\.)?pagerduty\.com/(?:integration|x-ere)/|api\.telegram\.org/bot"
        r"|hook\.[a-z0-9]{2,6}\.make\.com/"
        r"|maker\.ifttt\.com/trigger/[^\s/]{1,80}/(?:json/)?with/key/)"
        r"(?P<value>[^\s\"'<>`?#)\]\u2039|]{6,}+)",
        in_address=True,
    ),
    _place(
        "credentials",
        "authorization",
        rf"authorization[\"'`*\]]{{0,4}}\s{{0,4}}[:=]\s{{0,4}}[\"'`*]{{0,4}}"
        rf"(?:(?:{_SCHEMES})\s{{1,4}})?(?P<value>[^\s\"'`<>,]{{6,}}+)",
        lambda found: is_strong(found["value"]),
    ),
    _place(
        "credentials",
        "bearer basic",
        r"(?<![a-z0-9])(?P<scheme>bearer|basic)(?:\s{1,4}|:\s{0,4})"
        r"(?P<value>[a-z0-9._~+/-]{8,}+=*)",
        _is_credential,
    ),
    _place(
        "cookie",
        "cookie",
        r"cookie[\"']?:\s{0,4}[\"']?(?P<value>[\w.-]{1,80}=[^\n\"']{4,4000})",
    ),
    _place(
        "password",
        "-u",
        r"(?<!\S)(?:-u|--user)[ =][\"']?[^\s:\"']{1,64}:(?P<value>[^\s\"']{3,}+)",
        lambda found: not found["value"].isdigit(),
    ),
    _place(
        "password",
        "sshpass redis-cli mysql",
        r"(?:sshpass\s+-p ?|redis-cli\s(?:[^\n]{0,80}?\s)?-a\s+"
        r"|mysql\w{0,8}\s(?:[^\n]{0,80}?\s)?-p)"
        r"['\"]?(?P<value>[^\s\"']{3,}+)",
    ),
    _place(
        "secret",
        "--",
        rf"(?<![\w-])--[a-z-]{{0,30}}?(?:{_OPTIONS})[ \t]{{1,4}}[\"']?"
        r"(?P<value>[^\s\"'-][^\s\"']{2,}+)",
    ),
    _place(
        "password",
        "identified",
        r"identified (?:with \S{1,40} )?by ['\"](?P<value>[^'\"\n]{1,200})",
    ),
)
_ENDS = ".,;:!)]}*_"
"""What ends the sentence that an address stands in, not the address."""


def in_requests(text: str, *, addresses_only: bool = False) -> Iterator[Secret]:
    """Find the secrets in the addresses of a text, those of databases too, and in its requests."""
    low = text.lower()
    for place in _PLACES:
        if addresses_only and not place.in_address:
            continue
        if holds_any(low, place.hints):
            for found in compiled(place.pattern, re.IGNORECASE).finditer(text):
                if place.fits(found):
                    yield _secret(found, place)


def _secret(found: re.Match[str], place: _Place) -> Secret:
    start, end = found.span("value")
    while place.in_address and end > start + 1 and found.string[end - 1] in _ENDS:
        end -= 1
    return Secret(start, end, place.kind, place.in_address)
