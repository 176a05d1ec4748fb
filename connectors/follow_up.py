"""What is known of an incident beside its record: its review, ones like it, events, messages.

All times are aware UTC datetimes. All text is other people's: nothing here is safe to put into
Markdown or HTML as it is.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ReportKind(StrEnum):
    """What an event reported on."""

    TASK = "task"
    """Something that somebody was to do."""
    ROLE = "role"
    """Somebody had a role in the response, or no longer."""
    WORKFLOW = "workflow"
    ACTION = "action"
    """A workflow of the source's own, or an automated action on the systems."""


class ReportState(StrEnum):
    """How far a task, a role or an automated run has come; the order is that of time."""

    OPEN = "open"
    """To be done, held, or running."""
    DONE = "done"
    FAILED = "failed"
    ENDED = "ended"
    """Dropped, taken away, or broken off."""


@dataclass(frozen=True, slots=True)
class EventReport:
    """What an event told that cannot be read again, kept from when it came.

    ``event`` is the event's own id, ``subject`` that of the task, the role or the run, ``name``
    what people call it. ``word`` is the source's own for the ``state``, where that says more.
    ``by`` names who brought it about, ``people`` whom it concerns: who is to do a task, who has a
    role. Names are "" where nobody is named.
    """

    event: str
    kind: ReportKind
    subject: str
    name: str
    state: ReportState
    at: datetime
    word: str = ""
    by: str = ""
    people: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """An action item of a review, ``task`` in a few words and in ``details``.

    ``assignee`` is the source's id of a person, ``tracked_as`` what the item is called where it is
    tracked already (a ticket's key, a tracker's name), "" where it is not; ``url`` its address
    there.
    """

    id: str
    task: str
    details: str = ""
    assignee: str = ""
    priority: str = ""
    due: datetime | None = None
    is_done: bool = False
    done_at: datetime | None = None
    tracked_as: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewSection:
    """What a review says under one heading, as plain text with line ends."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class IncidentReview:
    """The review that the source itself keeps of an incident; ``status`` as people read it."""

    title: str
    status: str
    sections: tuple[ReviewSection, ...] = ()
    items: tuple[ReviewItem, ...] = ()
    by_machine: bool = False


@dataclass(frozen=True, slots=True)
class PastIncident:
    """An earlier incident that the source takes for like this one, the likest first."""

    id: str
    title: str
    created_at: datetime
    number: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class OpenTask:
    """An action item of an earlier incident whose ticket, of that key, is still open."""

    key: str
    task: str
    deadline: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """An earlier incident of the same service that this one is taken to repeat.

    ``key`` is that of an alert which came to both, "" where their titles are what is alike, to
    ``likeness`` percent.
    """

    id: str
    number: int
    title: str
    started: datetime
    url: str = ""
    key: str = ""
    likeness: int = 100
    open_tasks: tuple[OpenTask, ...] = ()


@dataclass(frozen=True, slots=True)
class OutsideReference:
    """What another system keeps of the incident: a ticket, a channel, a conference."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ChatSpan:
    """Some words of a message that look alike, line ends among them.

    ``url`` is what they lead to, "" for nothing. Of the marks at most ``is_code`` goes with it.
    """

    text: str
    url: str = ""
    is_code: bool = False
    is_strong: bool = False
    is_struck: bool = False


@dataclass(frozen=True, slots=True)
class ChatFile:
    """A file that came with a message, and where people see it."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """What somebody said in an incident's channel, and somebody picked for the document.

    ``id`` names it within its ``channel``. ``author`` is "" where nobody tells the name.
    """

    channel: str
    id: str
    at: datetime
    author: str
    words: tuple[ChatSpan, ...] = ()
    files: tuple[ChatFile, ...] = ()
    url: str = ""

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(span.text for span in self.words)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """All of it; what there is none of is empty."""

    review: IncidentReview | None = None
    past: tuple[PastIncident, ...] = ()
    references: tuple[OutsideReference, ...] = ()
    reports: tuple[EventReport, ...] = ()
    messages: tuple[ChatMessage, ...] = ()
    repeats: tuple[Repeat, ...] = ()
