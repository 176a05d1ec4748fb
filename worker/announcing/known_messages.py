"""What is remembered of messages that were posted, and what that says is to be done next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from connectors.chat import ChannelId, ChannelRule, MessageId, Posted
from connectors.incidents import IncidentId

NO_CHANNEL, NO_MESSAGE = ChannelId(""), MessageId("")
UNDER_WAY = timedelta(seconds=40)
"""How long after a post without answer the chat may still be about to show it: a request waits for
its answer for 30 s."""
ANNOUNCEMENT, DIGEST = "postmortem_draft", "postmortem_digest"
"""What the note that goes with a message calls it."""


@dataclass(frozen=True, slots=True)
class KnownAnnouncement:
    """A draft's announcement as this memory knows it; there is one from before the draft is saved.

    ``message`` is "" where none is known to be posted. ``mark`` is the random word of its post,
    which was written down at ``intended_at`` for ``channel`` and has no known outcome while that
    stands. ``digest`` tells what was sent last. ``gone`` tells that somebody deleted it. ``kept``
    is the digest of what it could not be made to say. ``services`` and ``teams`` are the
    incident's, by ids and names.
    """

    incident: IncidentId
    channel: ChannelId = NO_CHANNEL
    message: MessageId = NO_MESSAGE
    mark: str = ""
    digest: str = ""
    kept: str = ""
    gone: bool = False
    intended_at: datetime | None = None
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    @property
    def is_to_come(self) -> bool:
        """Whether it is still to be posted, or to be looked for."""
        return not self.message and not self.gone

    @property
    def place(self) -> Posted:
        """Where it is."""
        return Posted(self.channel, self.message)


class AnnouncementStep(Enum):
    """What is to be done about a draft's announcement, and why."""

    POST = "the draft was written"
    LOOK = "its post had got no answer"
    EDIT = "what it says has changed"
    LEAVE_OLD = "the document was there before drafts were announced"
    LEAVE_GONE = "somebody has deleted it"
    LEAVE_KEPT = "nobody may change it any more"
    LEAVE_SAME = "it says the same"

    @property
    def is_to_do(self) -> bool:
        """Whether the chat is to be asked."""
        return self in {AnnouncementStep.POST, AnnouncementStep.LOOK, AnnouncementStep.EDIT}


def announcement_step(known: KnownAnnouncement | None, digest: str) -> AnnouncementStep:
    """Decide by what is remembered alone what to do about a draft that should say ``digest``."""
    if known is None:
        return AnnouncementStep.LEAVE_OLD
    if known.gone:
        return AnnouncementStep.LEAVE_GONE
    if not known.message:
        return AnnouncementStep.LOOK if known.intended_at else AnnouncementStep.POST
    if known.digest == digest:
        return AnnouncementStep.LEAVE_SAME
    return AnnouncementStep.LEAVE_KEPT if known.kept == digest else AnnouncementStep.EDIT


def may_still_come(intended_at: datetime, now: datetime) -> datetime | None:
    """Give until when a post without answer may still appear, None where that is over."""
    until = intended_at + UNDER_WAY
    return until if now < until else None


@dataclass(frozen=True, slots=True)
class KnownDigest:
    """A channel's last digest: when it was posted, and the post that has no known outcome."""

    channel: ChannelId
    named: str = ""
    posted_at: datetime | None = None
    mark: str = ""
    intended_at: datetime | None = None

    def next_at(self, every: timedelta) -> datetime | None:
        """Give when the next may be posted; None where none was."""
        return self.posted_at + every if self.posted_at else None

    def is_due(self, every: timedelta, now: datetime) -> bool:
        """Tell whether a period has passed since the last."""
        at = self.next_at(every)
        return at is None or now >= at

    def has_given_up(self, every: timedelta, now: datetime) -> bool:
        """Tell whether a post without answer is of a period that has passed."""
        return self.intended_at is not None and now >= self.intended_at + every


def channel_of(rules: Iterable[ChannelRule], services: Iterable[str], teams: Iterable[str]) -> str:
    """Give the channel of an incident by the names and ids of what it hit, "" for none."""
    own_services, own_teams = frozenset(services), frozenset(teams)
    for rule in rules:
        takes_all = not rule.services and not rule.teams
        if takes_all or rule.services & own_services or rule.teams & own_teams:
            return rule.channel
    return ""
