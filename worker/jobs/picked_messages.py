"""What was picked in an incident's channels, read for its document until that is final.

What was read once stays where a channel cannot be read any more: the app may have been thrown out
of it, and nobody can tell that from a pick that was taken back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connectors.chat import ChannelId, Chat
from connectors.errors import ConnectorError, NotFound, PostmortemError
from connectors.follow_up import ChatMessage, ChatSpan
from connectors.incidents import IncidentId, IncidentRecord, IncidentStatus, Missing
from connectors.log_entry_kinds import EntryKind
from connectors.masking import Masking
from worker.document.front_matter import read as read_front_matter
from worker.jobs.context import JobContext
from worker.journal.message_memory import KnownPicks

BEFORE, BEHIND = timedelta(hours=1), timedelta(days=1)
"""How long before the start and after the end what is said still belongs to an incident."""
MOST_CHANNELS = 5
FINAL = "final"


def with_messages(context: JobContext, record: IncidentRecord) -> IncidentRecord:
    """Give a record with the messages that somebody picked; ``missing`` tells what was not read."""
    incident = record.incident.id
    known = context.journal.picks.of(incident)
    if context.chat is None:
        return _with(record, known.messages if known else ())
    if _is_final(context, incident):
        if known is not None and not known.closed:
            context.journal.picks.put(replace(known, closed=True))
        return _with(record, known.messages if known else ())
    look = _ChannelLook(context.chat, record, known)
    messages = tuple(_masked(context.masking, one) for one in look.messages())
    now = context.clock()
    since = known.since if known else now
    context.journal.picks.put(KnownPicks(incident, since, now, look.channels, messages))
    missing = (*record.missing, *look.missing)
    return _with(replace(record, missing=missing), messages)


def _with(record: IncidentRecord, messages: Sequence[ChatMessage]) -> IncidentRecord:
    return replace(record, follow_up=replace(record.follow_up, messages=tuple(messages)))


def _is_final(context: JobContext, incident: IncidentId) -> bool:
    """Tell whether people have closed the incident's document."""
    try:
        for one in context.journal.documents_of(incident):
            front = read_front_matter(context.store.read(one.name).text)
            return front is not None and front.status.strip().casefold() == FINAL
    except PostmortemError:
        return False  # whatever is wrong with the document is told where it is opened
    return False


@dataclass(slots=True)
class _ChannelLook:
    """One look at the channels of an incident."""

    chat: Chat
    record: IncidentRecord
    known: KnownPicks | None
    missing: list[Missing] = field(default_factory=list)
    channels: tuple[ChannelId, ...] = ()

    def messages(self) -> list[ChatMessage]:
        """Read each channel; give what is picked, oldest first."""
        self.channels = self._channels()
        told = self.record.incident
        over = told.status is IncidentStatus.RESOLVED and told.resolved_at is not None
        until = told.resolved_at + BEHIND if over and told.resolved_at else None
        found = (self._read(one, told.created_at - BEFORE, until) for one in self.channels)
        each = {(one.channel, one.id): one for many in found for one in many}
        return sorted(each.values(), key=lambda one: (one.at, one.id))

    def _read(
        self, channel: ChannelId, since: datetime, until: datetime | None
    ) -> Iterable[ChatMessage]:
        before = {one.id: one for one in self.known.messages} if self.known else {}
        before = {id_: one for id_, one in before.items() if one.channel == channel}
        try:
            found = self.chat.picked(channel, since, until)
        except ConnectorError as error:
            told = str(error)
            reason = told if channel in told else f"The channel {channel} was not read: {told}"
            self._lacks(f"what was picked in the channel {channel}", reason)
            return before.values()
        part = (
            f"{'names in' if found.whole else 'some of'} what was picked in the channel {channel}"
        )
        for problem in found.problems:
            is_told = found.whole or channel in problem
            self._lacks(part, problem if is_told else f"In the channel {channel}: {problem}")
        now = {one.id: _named_as(one, before) for one in found.messages}
        return now.values() if found.whole else {**before, **now}.values()

    def _channels(self) -> tuple[ChannelId, ...]:
        """Give the channels that the record names, else those that are known or look like it."""
        named = dict.fromkeys(
            channel for text in _texts(self.record) for channel in self.chat.channels_in(text)
        )
        if not named:
            named = dict.fromkeys(self._by_name())
        if not named and self.known is not None:
            named = dict.fromkeys(map(ChannelId, self.known.channels))
        if not named:
            named = dict.fromkeys(self._alike())
        return self._few(tuple(named))

    def _few(self, named: tuple[ChannelId, ...]) -> tuple[ChannelId, ...]:
        """Give as many channels as are read, first those that have rows: none may go for others."""
        with_rows = {one.channel for one in self.known.messages} if self.known else set()
        ordered = sorted(named, key=lambda one: one not in with_rows)
        for one in ordered[MOST_CHANNELS:]:
            self._lacks(
                f"what was picked in the channel {one}",
                f"The channel {one} was not read: at most {MOST_CHANNELS} channels of an incident "
                f"are, and it names {len(named)}.",
            )
        return tuple(ordered[:MOST_CHANNELS])

    def _by_name(self) -> Iterator[ChannelId]:
        """Give the channels that the log names without an id in their links."""
        for name in self._channel_names():
            try:
                yield self.chat.channel_named(name).id
            except NotFound:
                continue  # it was deleted, or is not to be seen
            except ConnectorError as error:
                self._lacks(f"what was picked in the channel {name}", str(error))

    def _channel_names(self) -> Iterator[str]:
        for entry in self.record.log_entries:
            if entry.kind is EntryKind.CHAT:
                yield from (one.text for one in entry.links if self.chat.is_own(one.url))

    def _alike(self) -> Sequence[ChannelId]:
        told = self.record.incident
        try:
            return self.chat.channels_like(told.number, told.id)
        except ConnectorError as error:
            self._lacks("what was picked in the incident's channel", str(error))
            return ()

    def _lacks(self, part: str, reason: str) -> None:
        self.missing.append(Missing(part, reason))


def _named_as(message: ChatMessage, before: Mapping[str, ChatMessage]) -> ChatMessage:
    """Keep the name that an author had, where it cannot be read now."""
    if message.author or message.id not in before:
        return message
    return replace(message, author=before[message.id].author)


def _texts(record: IncidentRecord) -> Iterator[str]:
    """Give what may name the incident's channel by a link, the surest first."""
    for entry in record.log_entries:
        if entry.kind is EntryKind.CHAT:
            yield from (one.url for one in entry.links)
    yield record.incident.conference_url or ""
    yield from (one.url for one in record.follow_up.references)
    yield from (one.content for one in record.notes)
    yield from (one.value for one in record.custom_fields)


def _masked(masking: Masking, message: ChatMessage) -> ChatMessage:
    """Hide secrets in a message, those too that go over from one look of letters to the next."""
    hidden = masking.record(message)
    whole = masking.text(message.text)
    if whole != hidden.text:
        return replace(hidden, words=(ChatSpan(whole),))
    return hidden
