"""Posting once: what announcements and digests have in common.

A post is written down before it is tried. Where its outcome is not known, the channel is read for
its mark; and where the channel cannot be read, nobody can tell, and nothing is posted again.
"""

from datetime import datetime, timedelta
from urllib.parse import quote

from connectors.chat import ChannelId, Chat, Posted
from connectors.errors import ConnectorError, PostmortemError
from connectors.incidents import IncidentId
from worker.jobs.context import JobContext

CLOCKS_DIFFER = timedelta(days=1)
"""How much earlier than by our clock the chat may say that a message was posted.

A machine's clock may be off by its zone, or by how long it slept. What a day costs is some pages of
the channel, and only where a post got no answer.
"""


def address_of(context: JobContext, incident: IncidentId, document: str) -> str:
    """Give where people open a document: its page on the program's own, else where it is kept."""
    policy = context.policy
    if policy.public_url:
        return f"{policy.public_url.rstrip('/')}/postmortems/{incident}"
    return policy.document_address.replace("{document}", quote(document))


class Unknowable(PostmortemError):
    """Whether a message was posted cannot be found out, so it is not posted again."""


def channel_named(chat: Chat, named: str) -> ChannelId:
    """Give the channel that a setting names; by its id, at no request.

    Raises ``NotFound`` where a name is no channel's that can be seen.
    """
    return chat.channel_id(named) or chat.channel_named(named).id


def find_post(chat: Chat, channel: ChannelId, mark: str, intended_at: datetime) -> Posted | None:
    """Look for a post without answer by its mark; None where the channel was read without it.

    Raises ``Unknowable`` where the channel cannot be read.
    """
    try:
        for one in chat.own_posts(channel, intended_at - CLOCKS_DIFFER):
            if one.mark == mark:
                return Posted(channel, one.message)
    except ConnectorError as error:
        raise Unknowable(
            "Its post got no answer, and the channel cannot be read for it, so nothing is posted "
            f"again: {error.what}",
            error.remedy,
        ) from error
    return None
