"""Where a job comes to its draft's announcement: behind all else, so that it says what is saved.

That a draft is to be announced is written down before the draft is saved: so a document without
such a line is one from before drafts were announced, and whatever kills the program, the next run
knows what is still to come. A post is written down before it is tried. Where its outcome is not
known, the channel is read for its mark, and nothing is posted until the look has found nothing for
longer than the post may still be under way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from connectors.chat import (
    ChannelId,
    Chat,
    MaybePosted,
    MessageFixed,
    MessageGone,
    NotPosted,
    Posted,
)
from connectors.errors import OutOfQuota, PostmortemError, Unauthorized
from connectors.incidents import Incident, Reference
from worker.announcing.announcement import Announced, announcement
from worker.announcing.chat_format import post_of
from worker.announcing.known_messages import (
    ANNOUNCEMENT,
    AnnouncementStep,
    KnownAnnouncement,
    announcement_step,
    channel_of,
    may_still_come,
)
from worker.announcing.message import Message
from worker.document.front_matter import values
from worker.jobs.announcing.post_lookup import address_of, channel_named, find_post
from worker.jobs.context import JobContext
from worker.jobs.pull_incident import Pulled, origin
from worker.jobs.results import Action, Deed, Report
from worker.jobs.run_state import RunCache
from worker.journal.records import Claim


@dataclass(frozen=True, slots=True)
class AnnounceStep:
    """The announcement of one job's document."""

    context: JobContext
    cache: RunCache
    claim: Claim
    report: Report

    def before_draft(self, pulled: Pulled | None) -> None:
        """Remember that a draft about to be written is to be announced, if it has a channel."""
        if pulled is None or not self.context.announces:
            return
        incident = pulled.record.incident
        services, teams = names_of(incident)
        if channel_of(self.context.policy.channels, services, teams):
            self.context.journal.messages.announcements.put_first(
                KnownAnnouncement(incident.id, services=services, teams=teams)
            )

    def show(self, document: str, text: str, pulled: Pulled | None) -> None:
        """Bring the announcement of a document up to date that was saved with ``text``.

        What cannot be done is told in the report. Nothing is asked where nothing has changed.
        """
        if not self.context.announces:
            return
        known = self.context.journal.messages.announcements.of(self.report.incident)
        if known is None or known.gone:
            return
        if pulled is not None:
            known = self._named(known, pulled.record.incident)
        message = self._message(document, text, pulled)
        step = announcement_step(known, message.digest)
        if not step.is_to_do:
            return
        self.context.do_or_tell(
            lambda: self._carry_out(step, known, message, document, text),
            lambda: self.report.would(_deed(step, message)),
        )()

    def _carry_out(
        self,
        step: AnnouncementStep,
        known: KnownAnnouncement,
        message: Message,
        document: str,
        text: str,
    ) -> None:
        if self.cache.chat_waits:
            told = f"The announcement of {document} was left for later: {self.cache.chat_waits}"
            self.report.fail(told)
            return
        try:
            if step is AnnouncementStep.EDIT:
                self._edit(known, message, document)
            else:
                self._post(known, message, document, text)
        except PostmortemError as error:
            self.report.fail(f"{_not_done(step, document)}: {error}")
            if isinstance(error, OutOfQuota | Unauthorized):
                self.cache.chat_waits = str(error)

    @property
    def chat(self) -> Chat:
        """The chat, where there is one."""
        if self.context.chat is None:
            raise PostmortemError("No chat is configured.")
        return self.context.chat

    def _named(self, known: KnownAnnouncement, incident: Incident) -> KnownAnnouncement:
        """Remember what the incident hit as it is told now: by that, its channel is chosen."""
        services, teams = names_of(incident)
        if (known.services, known.teams) == (services, teams):
            return known
        known = replace(known, services=services, teams=teams)
        self.context.journal.messages.announcements.put(known)
        return known

    def _message(self, document: str, text: str, pulled: Pulled | None) -> Message:
        context, incident = self.context, self.report.incident
        told = origin(context, incident, document, pulled)
        about = Announced(
            incident,
            told.title,
            str(told.number) if told.number is not None else "",
            address_of(context, incident, document),
        )
        return context.masking.record(announcement(text, context.policy.names, about))

    def _post(self, known: KnownAnnouncement, message: Message, document: str, text: str) -> None:
        """Post an announcement whose draft has none, once it is sure that it has none."""
        if known.intended_at is not None and not self._looked(known, message, document):
            return
        channel = self._channel(known, text)
        now, mark = self.context.clock(), self.context.new_mark()
        intent = replace(known, channel=channel, mark=mark, digest=message.digest, intended_at=now)
        self.context.journal.messages.announcements.put(intent, self.claim)
        match self.chat.post(channel, post_of(message, mark, _facts(known))):
            case Posted() as posted:
                self._posted(intent, posted, message, AnnouncementStep.POST)
            case NotPosted(error):
                self._remember(replace(intent, intended_at=None))
                raise error
            case MaybePosted(error):
                intent = replace(intent, intended_at=self.context.clock())  # it may have taken long
                self._remember(intent)
                self._looked(intent, message, document)
                known = (
                    self.context.journal.messages.announcements.of(self.report.incident) or intent
                )
                if known.is_to_come:
                    self.report.warn(
                        f"Nobody can say yet whether {document} was announced; the channel is "
                        f"read for it before anything is posted: {error}"
                    )

    def _looked(self, intent: KnownAnnouncement, message: Message, document: str) -> bool:
        """Look for a post without answer; tell whether there is none and none is to come."""
        now = self.context.clock()
        intended_at = intent.intended_at or now
        posted = find_post(self.chat, intent.channel, intent.mark, intended_at)
        if posted is not None:
            self._posted(intent, posted, message, AnnouncementStep.LOOK)
            if intent.digest != message.digest:
                known = self.context.journal.messages.announcements.of(self.report.incident)
                self._edit(known or intent, message, document)
            return False
        until = may_still_come(intended_at, now)
        if until is not None:
            self.report.again(until, now)
        return until is None

    def _posted(
        self, intent: KnownAnnouncement, posted: Posted, message: Message, step: AnnouncementStep
    ) -> None:
        found = replace(intent, channel=posted.channel, message=posted.message, intended_at=None)
        self._remember(found)
        self.report.did(_deed(step, message))

    def _edit(self, known: KnownAnnouncement, message: Message, document: str) -> None:
        """Let the message say what the document says by now."""
        place = known.place
        try:
            post = post_of(message, known.mark, _facts(known))
            self.chat.edit(place.channel, place.message, post)
        except MessageGone:
            self._remember(replace(known, gone=True))
            self.report.warn(
                f"Somebody has deleted the announcement of {document} in "
                f"{self.context.chat_words.name}; it is not announced again."
            )
            return
        except MessageFixed as error:
            self._remember(replace(known, kept=message.digest))
            self.report.warn(
                f"The announcement of {document} still says what it said before: {error}"
            )
            return
        self._remember(replace(known, digest=message.digest, kept=""))
        self.report.did(_deed(AnnouncementStep.EDIT, message))

    def _channel(self, known: KnownAnnouncement, text: str) -> ChannelId:
        """Give the channel of an incident, by what it hit."""
        front = values(text) or {}
        services = (*known.services, *front.get("services", ()))
        teams = (*known.teams, *front.get("teams", ()))
        named = channel_of(self.context.policy.channels, services, teams)
        if not named:
            raise PostmortemError(
                "No channel is set for its services and teams.",
                f"Set {self.context.chat_words.channel_setting}.",
            )
        return channel_named(self.chat, named)

    def _remember(self, known: KnownAnnouncement) -> None:
        self.context.journal.messages.announcements.put(known)


def names_of(incident: Incident) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the services and the teams of an incident, each by its id and by its name."""
    own = [incident.service] if incident.service else []
    services = (*own, *incident.impacted_services)
    return _each(services), _each(incident.teams)


def _each(references: Iterable[Reference]) -> tuple[str, ...]:
    words = (word for one in references for word in (one.id, one.name))
    return tuple(dict.fromkeys(filter(None, words)))


def _facts(known: KnownAnnouncement) -> Mapping[str, str]:
    return {"kind": ANNOUNCEMENT, "incident": known.incident}


def _deed(step: AnnouncementStep, message: Message) -> Deed:
    action = Action.ANNOUNCEMENT_WRITTEN if step is AnnouncementStep.EDIT else Action.ANNOUNCED
    return Deed(action, message.heading, step.value)


def _not_done(step: AnnouncementStep, document: str) -> str:
    if step is AnnouncementStep.EDIT:
        return f"The announcement of {document} is not up to date"
    return f"{document} was not announced"
