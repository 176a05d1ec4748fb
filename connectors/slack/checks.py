"""What must hold before Slack can be used: every problem at once, each with its remedy."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from connectors.chat import ChatChannel
from connectors.errors import ConnectorError, Finding, looked_at
from connectors.json_fields import JsonValue
from connectors.slack import payloads
from connectors.slack.connection import SLACK, SlackConnection
from connectors.slack.responses import INVITE, SCOPES_HEADER

READING = {
    "channels:read": "conversations.info and conversations.list, to find an incident's channel",
    "channels:history": "conversations.history and conversations.replies, to read public channels",
    "users:read": "users.info and bots.info, to name who wrote a message",
}
PINS = {"pins:read": "pins.list, to see what is pinned"}
POSTING = {"chat:write": "chat.postMessage and chat.update, to announce drafts"}
PARTLY = {
    "groups:read": "conversations.info and conversations.list of private channels",
    "groups:history": "conversations.history and conversations.replies of private channels",
    "usergroups:read": "usergroups.list, to name the groups that a message mentions",
}
"""What an app may do without, where there are no private channels, or no groups."""
PUBLIC_POSTING = "chat:write.public"
_ADD = "Add {} to the app's bot token scopes and install the app again."


def findings(
    connection: SlackConnection,
    channel_named: Callable[[str], ChatChannel],
    channels: Sequence[str],
    *,
    pins: bool,
) -> Iterator[Finding]:
    """Look at the token, its scopes with the methods that need them, and our channels."""
    try:
        answer = connection.answer("sign in", "auth.test")
    except ConnectorError as error:
        yield Finding.of("Slack", error)
        return
    own = payloads.identity(JsonValue(dict(answer.data), SLACK))
    yield Finding("Slack", f"{own.workspace or own.url}, as {own.name}")
    told = answer.headers.get(SCOPES_HEADER)
    scopes = None if told is None else {one.strip() for one in told.split(",")}
    yield from _scopes(scopes, pins=pins, posts=bool(channels))
    for named in channels:
        look = partial(_looked_up, channel_named, named, scopes)
        yield from looked_at(f"Slack channel {named}", look)


def _scopes(scopes: set[str] | None, *, pins: bool, posts: bool) -> Iterator[Finding]:
    subject = "Slack scopes of the token"
    if scopes is None:
        yield Finding(subject, "Slack does not tell them; the first draft shows")
        return
    needed = {**READING, **(PINS if pins else {}), **(POSTING if posts else {})}
    lacking = [one for one in needed if one not in scopes]
    for one in lacking:
        yield Finding(
            f"Slack scope {one}",
            problem=f"The token lacks it, and it is needed for {needed[one]}.",
            remedy=_ADD.format(one),
        )
    partly = [one for one in PARTLY if one not in scopes]
    for one in partly:
        yield Finding(
            f"Slack scope {one}",
            warning=f"The token lacks it, and it is needed for {PARTLY[one]}.",
            remedy=_ADD.format(one),
        )
    if not lacking and not partly:
        yield Finding(subject, f"all that are needed: {', '.join([*needed, *PARTLY])}")


def _looked_up(
    channel_named: Callable[[str], ChatChannel], named: str, scopes: set[str] | None
) -> Iterator[Finding]:
    yield from _channel(channel_named(named), scopes)


def _channel(channel: ChatChannel, scopes: set[str] | None) -> Iterator[Finding]:
    subject = f"Slack channel #{channel.name}"
    if channel.is_archived:
        yield Finding(
            subject,
            problem="It is archived, so nothing can be posted there.",
            remedy="Unarchive it, or set SLACK_CHANNEL to another one.",
        )
    elif channel.reads:
        yield Finding(subject, f"{channel.id}, the app is in it")
    elif scopes is not None and PUBLIC_POSTING in scopes and not channel.is_private:
        yield Finding(
            subject,
            warning="The app is not in it: it may post there, but not read whether it has, so "
            "that a post whose outcome is unknown is never made again.",
            remedy=INVITE,
        )
    else:
        yield Finding(
            subject, problem="The app is not in it, so it can neither read nor post.", remedy=INVITE
        )
