"""What an answer of Slack's means, or the lack of one: all is well, try again, or an error.

Slack answers 200 to nearly everything, and names what went wrong in the body. The names are an open
set: one that is not known here is a refusal. Only what is said here decides whether a request is
repeated; the repeating itself is :mod:`connectors.retry`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.chat import ChatChannel, MessageFixed, MessageGone
from connectors.errors import (
    ConnectorError,
    NotFound,
    NotPermitted,
    OutOfQuota,
    Rejected,
    ServiceFailed,
    Unauthorized,
    Unreachable,
)
from connectors.retry import Retryable, seconds_to_wait

OK, TOO_MANY_REQUESTS = 200, 429
REDIRECTS, SERVER_ERRORS = range(300, 400), range(500, 600)
SCOPES_HEADER = "x-oauth-scopes"
"""In this header each answer tells what the token may do."""

_TOKEN = frozenset(
    {"not_authed", "invalid_auth", "token_revoked", "token_expired", "account_inactive"}
)
_PASSING = frozenset(
    {"service_unavailable", "request_timeout", "team_added_to_org", "org_login_required"}
)
_BUSY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_MAYBE_DONE = frozenset({"internal_error", "fatal_error"})
"""Part of what was asked may be done when Slack says so."""
_GONE = frozenset(
    {
        "thread_not_found",
        "user_not_found",
        "users_not_found",
        "user_not_visible",
        "bot_not_found",
    }
)
_FORBIDDEN = frozenset(
    {
        "access_denied",
        "ekm_access_denied",
        "no_permission",
        "not_allowed_token_type",
        "posting_to_general_channel_denied",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "team_access_not_granted",
        "two_factor_setup_required",
    }
)
_FIXED = frozenset({"cant_update_message", "edit_window_closed", "is_inactive"})
LOOK = "Look whether SLACK_API_URL is right and Slack is up, then run the command again."
_RENEW = "Copy the bot token (xoxb-…) of the app again, and set SLACK_BOT_TOKEN."
_LATER = "Run the command again later; what was done is kept."
_UNKNOWN = "Look that word up in the documentation of Slack's API; each later run tries again."
INVITE = "Invite the app to it there: /invite and the app's name."
_LONG = 100


@dataclass(frozen=True, slots=True)
class SlackAnswer:
    """A status, the headers, and the object that is the body, empty where that is none."""

    status: int
    headers: Mapping[str, str]
    data: Mapping[str, object]

    @property
    def ok(self) -> bool:
        """Tell whether Slack did what was asked."""
        return self.status == OK and self.data.get("ok") is True

    @property
    def error(self) -> str:
        """The name of what went wrong, "" where there is none."""
        told = self.data.get("error")
        return told if isinstance(told, str) else ""


class ScopeMissing(NotPermitted):
    """The token lacks a scope; ``needed`` names it, or several of which one is enough."""

    def __init__(self, what: str, remedy: str, needed: str) -> None:
        super().__init__(what, remedy)
        self.needed = needed


class ChannelArchived(Rejected):
    """The channel is archived: nobody writes there."""


class NotAMember(NotPermitted):
    """The app is not in a public channel, and so may not read it."""


class ListCutShort(Unreachable):
    """A list broke off though Slack has more of it: what was given is not all."""

    def __init__(self, doing: str) -> None:
        super().__init__(f"Slack could not {doing} to its end: the list broke off.", _LATER)


def error_for(answer: SlackAnswer, doing: str, host: str) -> ConnectorError | Retryable:
    """Give what to raise for an answer that is not ``ok``; ``doing`` completes "could not …"."""
    name, status = answer.error, answer.status
    wait = seconds_to_wait(answer.headers.get("Retry-After"))
    if status == TOO_MANY_REQUESTS or name in _BUSY:
        busy = OutOfQuota(
            f"Slack keeps answering that there are too many requests, and could not {doing}.",
            _LATER,
            again_in=wait,
        )
        return Retryable(busy, wait=wait, holds=True, maybe_done=False)
    if status in REDIRECTS:
        return Rejected(
            f"{host} sends requests on to another address, and the token must not follow.",
            "Set SLACK_API_URL to the address that Slack answers at, or leave it out.",
        )
    if status in SERVER_ERRORS or name in _MAYBE_DONE or name in _PASSING:
        kind = ServiceFailed if name in _MAYBE_DONE else Unreachable
        said = name or str(status)
        return Retryable(kind(f"Slack failed ({said}) and could not {doing}.", _LATER), wait=wait)
    if not answer.data:
        page = f"{host} answered with a page instead of data ({status}), and could not {doing}."
        login = "Look whether SLACK_API_URL is right and no login or proxy stands before Slack."
        return Retryable(Unreachable(page, login))
    return _refusal(answer, name or str(status), doing)


def _refusal(answer: SlackAnswer, name: str, doing: str) -> ConnectorError:
    """Give the error for what Slack refused by its name."""
    error: ConnectorError
    if name in _TOKEN:
        error = Unauthorized(f"Slack does not accept the token ({name}).", _RENEW)
    elif name == "missing_scope":
        needed = str(answer.data.get("needed") or "a scope")[:_LONG]
        error = ScopeMissing(
            f"Slack would not {doing}: the token lacks the scope {needed} (missing_scope).",
            f"Add {needed} to the app's bot token scopes and install the app again.",
            needed,
        )
    elif name == "not_in_channel":
        error = NotAMember(
            f"Slack would not {doing}: the app is not in it (not_in_channel).", INVITE
        )
    elif name == "channel_not_found":
        error = NotFound(
            f"Slack could not {doing}: it shows the app no such channel (channel_not_found).",
            f"Look at the id. If the channel is private, {INVITE[0].lower()}{INVITE[1:]}",
        )
    elif name == "is_archived":
        error = ChannelArchived(
            f"Slack would not {doing}: the channel is archived (is_archived).",
            "Unarchive it there, and invite the app to it again.",
        )
    elif name == "message_not_found":
        error = MessageGone(f"Slack could not {doing}: somebody has deleted it ({name}).")
    elif name in _FIXED:
        error = MessageFixed(f"Slack does not let the app {doing} any more ({name}).")
    elif name in _GONE:
        error = NotFound(f"Slack could not {doing}: there is no such thing to see ({name}).")
    elif name in _FORBIDDEN:
        error = NotPermitted(
            f"Slack does not let the app {doing} ({name}).", "Ask those who run the workspace."
        )
    else:
        error = Rejected(f"Slack would not {doing} ({name[:_LONG]}).", _UNKNOWN)
    return error


def not_readable(channel: ChatChannel, error: NotAMember) -> ConnectorError:
    """Give why a channel that the app is not in cannot be read: archiving puts every app out."""
    named = f"#{channel.name} ({channel.id})"
    if channel.is_archived:
        return NotPermitted(
            f"Slack would not read the channel {named}: it is archived, and with that the app was "
            "put out of it.",
            "Unarchive it there, and invite the app to it: /invite and the app's name.",
        )
    return NotAMember(
        f"Slack would not read the channel {named}: the app is not in it (not_in_channel).",
        error.remedy,
    )
