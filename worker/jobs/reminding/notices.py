"""What is late, by e-mail and the like: everything in one notice, at most once in a period.

Nothing can be read back there. So a notice that may have arrived (its sending was cut off, or
failed in a way that tells nothing) is not sent again in its period; one that surely did not is,
with each look.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from connectors import notifying
from connectors.chat import ChannelId
from connectors.errors import ConnectorError
from worker.announcing.digest import Reminder
from worker.announcing.known_messages import KnownDigest
from worker.announcing.message import Message
from worker.jobs.context import JobContext
from worker.jobs.reminding.reminders import ChannelDigest, DigestState, iso, message_of
from worker.journal.records import Claim


def addresses(context: JobContext) -> Sequence[str]:
    """Give the addresses that are notified."""
    return [one.get_secret_value() for one in context.policy.reminders.notify]


def notice_key(address: str) -> str:
    """Give the name under which an address is remembered; it tells nothing of it."""
    return f"notify:{hashlib.sha256(address.encode()).hexdigest()[:32]}"


def send_notices(
    context: JobContext, found: Mapping[str, Reminder], claim: Claim
) -> Iterator[tuple[str, ChannelDigest]]:
    """Notify each address that is due of all that is late; give what became of each, by its key."""
    whole = Reminder()
    for one in found.values():
        whole = whole.with_(one)
    if not whole.is_worth_sending:
        return
    message = message_of(context, whole)
    for address in addresses(context):
        yield notice_key(address), _notice(context, address, message, claim)


def _notice(context: JobContext, address: str, message: Message, claim: Claim) -> ChannelDigest:
    every = context.policy.reminders.every or timedelta()
    key, named = notice_key(address), notifying.shown(address)
    row = context.journal.messages.digests.every().get(
        ChannelId(key), KnownDigest(ChannelId(key), key)
    )
    if not row.is_due(every, context.clock()):
        return ChannelDigest(named, DigestState.TOLD, message.words, iso(row.next_at(every)))
    return context.do_or_tell(
        lambda: _sent(context, address, message, row, claim),
        lambda: ChannelDigest(named, DigestState.WOULD_BE, message.words),
    )()


def _sent(
    context: JobContext, address: str, message: Message, row: KnownDigest, claim: Claim
) -> ChannelDigest:
    digests, now = context.journal.messages.digests, context.clock()
    every = context.policy.reminders.every or timedelta()
    named = notifying.shown(address)
    before, row = row, replace(row, posted_at=now)
    digests.put(row, claim)  # first: whatever becomes of it, it may have arrived
    problem = ""
    try:
        if not notifying.send(address, message.heading, message.words):
            problem = (
                f"Nobody can say whether the notice to {named} has arrived; it is not sent again "
                f"before {_told(row.next_at(every))}."
            )
    except ConnectorError as error:
        digests.put(before)
        problem = f"The notice to {named} was not sent: {error}"
    state = DigestState.FAILED if problem else DigestState.POSTED
    return ChannelDigest(named, state, message.words, iso(row.next_at(every)), problem)


def _told(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "long"
