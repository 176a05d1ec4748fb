"""Settings of Slack: with which app, where to announce, and what counts as picked."""

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr, model_validator

from connectors.settings import (
    CallsPerMinute,
    FromEnvironment,
    Given,
    Secret,
    ServiceSettings,
    SettingsGroup,
    SigningSecrets,
    Text,
    is_loopback,
    web_address,
)
from connectors.slack.payloads import channels_in

API = "https://slack.com/api"
_OTHER_TOKENS = {
    "xapp-": "an app-level token",
    "xoxp-": "a user's token, with which the program would act as that person",
    "xoxe": "a token that is rotated, which the program cannot renew",
    "xoxa-": "a token of an older kind",
    "xoxr-": "a refresh token",
    "xoxc-": "a browser's token",
    "xoxs-": "a browser's token",
    "xoxd-": "a browser's cookie",
}
_REACTION = re.compile(r"[^\s:]{1,100}")
_MOST_PATTERNS = 20
_MENTIONED = re.compile(r"<#([CG][A-Z0-9]{7,20})(?:\|[^>]*)?>")


def api_address(text: str) -> str:
    """Give ``text`` once it is Slack's own address, or loopback.

    The token goes to this address, so a mistyped host would give it away.
    """
    address = web_address(text, example=API)
    parts = urlsplit(address)
    if not is_loopback(parts.hostname or "") and address.lower() != API:
        raise ValueError(f"is {text}, which is not Slack's. Use {API}/.")
    return address


def _bot_token(token: SecretStr) -> SecretStr:
    text = token.get_secret_value()
    for beginning, kind in _OTHER_TOKENS.items():
        if text.lower().startswith(beginning):
            raise ValueError(
                f"is {kind}. Use the bot token of an app of your own, which begins with xoxb-."
            )
    return token


def _channel(text: str) -> str:
    """Give a channel's id or name, also out of its link.

    What else is an address may be that of an incoming webhook, which is a secret.
    """
    mention = _MENTIONED.fullmatch(text)
    linked = next(iter(channels_in(text)), None)
    if linked is None and "://" in text:
        raise ValueError("is an address that names no channel. Give the channel's id or name.")
    return mention[1] if mention else linked or text


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _reaction(text: str) -> str:
    """Give a reaction's name without the colons around it and the skin tone behind it."""
    name = text.strip(":").partition("::")[0]
    if not _REACTION.fullmatch(name):
        raise ValueError(f"is {text!r}, not the name of a reaction. Write it like pushpin.")
    return name.lower()


def _pattern(text: str) -> str:
    """Give a pattern of channels' names, without the # before it."""
    name = text.lstrip("#").lower()
    if "{number}" not in name and "{id}" not in name:
        raise ValueError(
            f"is {text!r}, which would name the same channels for each incident. "
            "Let it hold {number} or {id}, such as inc-{number}-*."
        )
    if set("{}") & set(re.sub(r"\{(number|id)\}", "", name)):
        raise ValueError(f"is {text!r}. Only {{number}} and {{id}} may stand in braces.")
    return name


def _few(patterns: tuple[str, ...]) -> tuple[str, ...]:
    if len(patterns) > _MOST_PATTERNS:
        raise ValueError(f"has more than {_MOST_PATTERNS} patterns. Write fewer, wider ones.")
    return patterns


ChannelName = Annotated[Text, AfterValidator(_channel)]
"""A channel's id or name; its link may be given as well."""


class SlackRoute(SettingsGroup):
    """The channel of some incidents: those that name one of its ``services`` or ``teams``.

    Both hold names or ids.
    """

    channel: ChannelName
    services: tuple[Text, ...] = ()
    teams: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _names_any(self) -> Self:
        if not self.services and not self.teams:
            raise ValueError(
                "names neither services nor teams. The channel of all others is channel in [slack]."
            )
        return self


class SlackSettings(ServiceSettings):
    """The app in Slack, of the customer's own, by its bot token.

    ``channel`` is where drafts are announced, by its id or name. ``pick`` are the reactions that
    put a message of an incident's channel into the timeline, and ``pins`` says whether a pin does.
    ``channels`` are patterns of channels' names that are taken where nothing else names one:
    ``{number}`` and ``{id}`` are the incident's, ``*`` and ``?`` any letters and any one.
    ``routes`` say which incidents are announced, and reminded of, elsewhere than in ``channel``.
    """

    key: ClassVar[str] = "slack"

    bot_token: Annotated[
        Annotated[Secret, AfterValidator(_bot_token)] | None,
        FromEnvironment("SLACK_BOT_TOKEN", secret=True),
    ] = None
    channel: Annotated[ChannelName | None, FromEnvironment("SLACK_CHANNEL")] = None
    api_url: Annotated[str, AfterValidator(api_address), FromEnvironment("SLACK_API_URL")] = API
    signing_secrets: Annotated[
        SigningSecrets, FromEnvironment("SLACK_SIGNING_SECRET", secret=True)
    ] = ()
    pick: Annotated[
        tuple[Annotated[Text, AfterValidator(_reaction)], ...], BeforeValidator(_listed)
    ] = ("pushpin", "memo")
    pins: bool = True
    channels: Annotated[
        tuple[Annotated[Text, AfterValidator(_pattern)], ...],
        BeforeValidator(_listed),
        AfterValidator(_few),
    ] = ()
    routes: tuple[SlackRoute, ...] = ()
    calls_per_minute: CallsPerMinute = 600

    @classmethod
    def contradictions(cls, given: Given) -> Iterator[str]:
        """Tell of settings that need the token."""
        if given(cls.place("bot_token")):
            return
        named = [one for one in ("channel", "routes", "signing_secrets") if given(cls.place(one))]
        for name in named[:1]:
            yield (
                f"There is {cls.shown(name)} but no token for Slack. Set {cls.shown('bot_token')}."
            )
