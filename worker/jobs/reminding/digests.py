"""Digests: each channel is told what is late, at most once in a period, whatever happens.

One process at a time posts them, and writes each post down before it is tried; see ``chat_posts``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.chat import ChannelId, Chat, MaybePosted, NotPosted, Posted
from connectors.errors import NotPermitted, PostmortemError
from worker.announcing.chat_format import post_of
from worker.announcing.digest import Reminder
from worker.announcing.known_messages import DIGEST, KnownDigest, may_still_come
from worker.announcing.message import Message
from worker.jobs.announcing.post_lookup import CLOCKS_DIFFER, channel_named, find_post
from worker.jobs.context import JobContext
from worker.jobs.reminding.notices import addresses, notice_key, send_notices
from worker.jobs.reminding.reminders import (
    ChannelDigest,
    DigestState,
    KnownTexts,
    iso,
    message_of,
    reminders,
)
from worker.journal.message_memory import DIGESTS
from worker.journal.records import NO_CLAIM, Claim
from worker.log import Log

NO_PERIOD = timedelta()
_LOOKED_BACK = timedelta(days=31)
"""How far a channel is read at most for a digest that is not remembered: once a channel."""
log = Log(__name__)


def send_digests(context: JobContext, known: KnownTexts) -> list[ChannelDigest]:
    """Post what is due in each channel where something is late; give what became of each.

    In a dry run nothing is posted. Raises ``BusyElsewhere`` where another process is at it for
    long, and ``StoreAway``.
    """
    return context.do_or_tell(_sent, _foretold)(context, known)


def _foretold(context: JobContext, known: KnownTexts) -> list[ChannelDigest]:
    found = reminders(context, known)
    planned = [_planned(context, name, one) for name, one in _late(found)]
    return [*planned, *(one for _, one in send_notices(context, found, NO_CLAIM))]


def _sent(context: JobContext, known: KnownTexts) -> list[ChannelDigest]:
    with context.locks.held(DIGESTS, context.policy.lock_wait) as claim:
        found = reminders(context, known)
        told = list(send_notices(context, found, claim))
        if context.chat is not None:
            posted = _Sending(context, context.chat, claim).all(found)
            told += [(one.channel, one) for one in posted]
        _keep_failures(context, told)
        return [one for _, one in told]


def _keep_failures(context: JobContext, told: Iterable[tuple[str, ChannelDigest]]) -> None:
    """Remember what was not sent; of what nobody can say whether it was, until the next period."""
    before = context.journal.failed_digests.every()
    problems = {}
    for name, one in told:
        still = name in before and one.state is DigestState.TOLD
        if problem := before[name].problem if still else one.problem:
            problems[name] = problem
    context.journal.failed_digests.keep(problems)


def failed_digests(context: JobContext) -> list[str]:
    """Tell which digests were not sent when that was last tried, and why, the oldest first."""
    kept = context.journal.failed_digests.every()
    found = [kept[name] for name in _names(context) if name in kept]
    return [one.sentence for one in sorted(found, key=lambda one: one.since)]


def may_be_due(context: JobContext) -> bool:
    """Tell by what is remembered alone whether any channel may get a digest by now."""
    every = context.policy.reminders.every
    if every is None:
        return False
    now = context.clock()
    rows = {one.named: one for one in context.journal.messages.digests.every().values()}
    return any(one not in rows or rows[one].is_due(every, now) for one in _names(context))


def _names(context: JobContext) -> Iterable[str]:
    """Give under which names those are remembered whom the settings have reminded."""
    if context.policy.reminders.every is None:
        return ()
    named = {rule.channel for rule in context.policy.channels if context.announces}
    return named | {notice_key(one) for one in addresses(context)}


def _late(found: Mapping[str, Reminder]) -> Iterator[tuple[str, Reminder]]:
    return ((name, one) for name, one in found.items() if one.is_worth_sending)


def _planned(context: JobContext, named: str, reminder: Reminder) -> ChannelDigest:
    text = message_of(context, reminder).words
    if not named or context.chat is None:
        return ChannelDigest(named, DigestState.NOWHERE, text)
    rows = context.journal.messages.digests.every().values()
    row = next((one for one in rows if one.named == named), None)
    every = context.policy.reminders.every or NO_PERIOD
    if row is not None and not row.is_due(every, context.clock()):
        return ChannelDigest(named, DigestState.TOLD, text, iso(row.next_at(every)))
    return ChannelDigest(named, DigestState.WOULD_BE, text)


@dataclass(slots=True)
class _Sending:
    """One round of posting, under the lock."""

    context: JobContext
    chat: Chat
    claim: Claim

    @property
    def every(self) -> timedelta:
        return self.context.policy.reminders.every or NO_PERIOD

    def all(self, found: Mapping[str, Reminder]) -> Iterator[ChannelDigest]:
        """Post each channel's digest; two names of one channel are one."""
        together: dict[ChannelId, tuple[str, Reminder]] = {}
        for named, reminder in _late(found):
            if not named:
                text = message_of(self.context, reminder).words
                yield ChannelDigest(named, DigestState.NOWHERE, text)
                continue
            try:
                channel = self._channel(named)
            except PostmortemError as error:
                yield self._failed(named, reminder, error)
                continue
            first, before = together.get(channel, (named, Reminder()))
            together[channel] = first, before.with_(reminder)
        for channel, (named, reminder) in together.items():
            try:
                yield self._one(channel, named, reminder)
            except PostmortemError as error:
                yield self._failed(named, reminder, error)

    def _channel(self, named: str) -> ChannelId:
        rows: Iterable[KnownDigest] = self.context.journal.messages.digests.every().values()
        row = next((one for one in rows if one.named == named), None)
        if row is not None and not row.is_due(self.every, self.context.clock()):
            return row.channel
        return channel_named(self.chat, named)

    def _failed(self, named: str, reminder: Reminder, error: PostmortemError) -> ChannelDigest:
        told = f"The digest for {named} was not posted: {error}"
        text = message_of(self.context, reminder).words
        return ChannelDigest(named, DigestState.FAILED, text, problem=told)

    def _one(self, channel: ChannelId, named: str, reminder: Reminder) -> ChannelDigest:
        message, now = message_of(self.context, reminder), self.context.clock()
        row = self.context.journal.messages.digests.every().get(channel)
        row = replace(row or self._told_before(channel, named, now), named=named)
        if row.intended_at is not None and not row.has_given_up(self.every, now):
            found = self._look(row, row.intended_at)
            if found is not None or may_still_come(row.intended_at, now):
                return self._told(found, row, message)
        elif row.intended_at is None and not row.is_due(self.every, now):
            until = iso(row.next_at(self.every))
            return ChannelDigest(named, DigestState.TOLD, message.words, until)
        row = replace(row, mark=self.context.new_mark(), intended_at=now)
        self.context.journal.messages.digests.put(row, self.claim)
        facts = {"kind": DIGEST, "at": now.isoformat()}
        match self.chat.post(channel, post_of(message, row.mark, facts)):
            case Posted():
                return self._told(self._settle(row, now), row, message)
            case NotPosted(error):
                self.context.journal.messages.digests.put(replace(row, intended_at=None))
                raise error
            case MaybePosted():
                now = self.context.clock()  # it may have taken long
                row = replace(row, intended_at=now)
                self.context.journal.messages.digests.put(row)
                return self._told(self._look(row, now), row, message)

    def _told_before(self, channel: ChannelId, named: str, now: datetime) -> KnownDigest:
        """Give the digest of a channel that nothing is remembered of, as the channel shows it.

        Where it cannot be read it counts as one that never had any.
        """
        since = now - min(self.every, _LOOKED_BACK) - CLOCKS_DIFFER
        try:
            for one in self.chat.own_posts(channel, since):
                if one.facts.get("kind") == DIGEST:
                    found = KnownDigest(channel, named, _time(one.facts.get("at", "")))
                    self.context.journal.messages.digests.put(found, self.claim)
                    return found
        except NotPermitted as error:
            log.info("Nobody can say when the last digest was posted.", reason=str(error))
        return KnownDigest(channel)

    def _look(self, row: KnownDigest, intended_at: datetime) -> KnownDigest | None:
        """Look for a post without answer; give the channel's digest if it is there."""
        posted = find_post(self.chat, row.channel, row.mark, intended_at)
        return self._settle(row, intended_at) if posted else None

    def _settle(self, row: KnownDigest, at: datetime) -> KnownDigest:
        settled = replace(row, posted_at=at, intended_at=None)
        self.context.journal.messages.digests.put(settled)
        return settled

    def _told(
        self, settled: KnownDigest | None, row: KnownDigest, message: Message
    ) -> ChannelDigest:
        if settled is None:
            return ChannelDigest(row.named, DigestState.UNKNOWN, message.words)
        until = iso(settled.next_at(self.every))
        return ChannelDigest(row.named, DigestState.POSTED, message.words, until)


def _time(told: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
