"""The program's own groups of settings: drafts, masking, tickets and routes, schedule."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from config.own_patterns import own_pattern
from config.template_names import ACTION_MARKS
from config.values import Clock, Label, Period, TemplateFile
from connectors.settings import Duration, FromEnvironment, SettingsGroup, Text


class Urgency(StrEnum):
    """How soon an incident must be looked at."""

    HIGH = "high"
    LOW = "low"


class RuleAction(StrEnum):
    """What becomes of the log entries of one type."""

    KEEP = "keep"
    FOLD = "fold"
    DROP = "drop"


class RuleSettings(SettingsGroup):
    """What a team does differently with one type of log entry.

    ``wording`` replaces the built-in sentence; "" keeps it.
    """

    action: RuleAction
    wording: str = ""


class DraftSettings(SettingsGroup):
    """Which incidents get a draft (empty means all), and what it shows.

    ``services`` and ``teams`` hold names or ids, ``priorities`` names. The targets decide whether
    a time is told under what went well or under what did not; without one it is told under neither.
    The review is due ``review_due`` after the end. With ``had_person`` an incident that recovered
    without anybody gets no draft.
    ``rules`` are by log entry type, such as ``notify_log_entry``. A line or sentence of a note that
    begins with one of ``action_marks`` and a colon is an action item.
    """

    services: tuple[Text, ...] = ()
    teams: tuple[Text, ...] = ()
    priorities: tuple[Text, ...] = ()
    urgency: Urgency | None = None
    minimum_duration: Duration = timedelta()
    had_person: bool = False
    links: bool = True
    chart: bool = True
    acknowledge_target: Duration = timedelta()
    resolve_target: Duration = timedelta()
    review_due: Duration = timedelta(days=5)
    action_marks: tuple[Text, ...] = ACTION_MARKS
    rules: Mapping[Text, RuleSettings] = {}


class RepeatSettings(SettingsGroup):
    """Which earlier incidents of the same service a document names as repeated.

    Those with an alert of the same key, and those whose titles are alike to at least ``titles``
    percent; that began within ``look_back`` before it, and at ``most`` so many. None with 0.
    """

    titles: Annotated[int, Field(ge=1, le=100)] = 90
    look_back: Duration = timedelta(days=365)
    most: Annotated[int, Field(ge=0, le=20)] = 3


class TemplateSettings(SettingsGroup):
    """The template of some incidents: those that meet each of the lists that are given.

    ``priorities`` and ``incident_types`` hold names, ``services`` and ``teams`` names or ids.
    """

    file: TemplateFile
    priorities: tuple[Text, ...] = ()
    services: tuple[Text, ...] = ()
    teams: tuple[Text, ...] = ()
    incident_types: tuple[Text, ...] = ()


def told_apart(templates: Sequence[TemplateSettings]) -> Sequence[TemplateSettings]:
    """Give ``templates`` once each can be reached: the first that an incident meets is its own."""
    for place, one in enumerate(templates[:-1], start=1):
        if not (one.priorities or one.services or one.teams or one.incident_types):
            raise ValueError(
                f"number {place} takes every incident, so those after it are never reached. "
                "Say which incidents it is for, or put it last."
            )
    return templates


class MaskingSettings(SettingsGroup):
    """What is hidden in other people's text: well-known secrets, and what ``patterns`` find.

    A pattern is a regular expression as Python has them; with a group, the group is what is hidden.
    """

    enabled: bool = True
    patterns: tuple[Annotated[Text, AfterValidator(own_pattern)], ...] = ()


class CreateWhen(StrEnum):
    """When action items become tickets.

    ``reviewed``: once the document's status is no longer ``draft``.
    """

    ALWAYS = "always"
    REVIEWED = "reviewed"
    NEVER = "never"


class TicketParent(StrEnum):
    """What the tickets of an incident belong to, where neither its document nor its route says."""

    NONE = "none"
    EPIC = "epic"


class TicketSettings(SettingsGroup):
    """When tickets are created and brought up to date.

    The scheduled job waits until a document has been quiet for ``quiet_for``; the manual command
    does not. ``close_from_document`` lets a person close a ticket by its row. ``full_pass`` is how
    often every ticket is read again, changed or not. With ``parent`` = ``epic`` each incident that
    gets tickets gets an epic first; ``epic_type`` is the issue type of epics, by name or id.
    """

    create: CreateWhen = CreateWhen.ALWAYS
    quiet_for: Duration = timedelta(minutes=10)
    close_from_document: bool = False
    full_pass: Duration = timedelta(hours=6)
    parent: TicketParent = TicketParent.NONE
    epic_type: Text = "Epic"


class RouteSettings(SettingsGroup):
    """Where the tickets of some incidents go.

    It takes the incidents that name one of its ``services`` or ``teams`` (names or ids), or every
    incident where it names neither. What it leaves out is as the tracker's own settings
    say. ``fields`` are further fields of the ticket, by the tracker's ids, as its API takes them.

    ``transition`` names the move that closes a ticket, by name or id, where several would;
    ``resolution`` is set by it, and ``closing_fields`` go with it, where its screen has them.
    """

    services: tuple[Text, ...] = ()
    teams: tuple[Text, ...] = ()
    project: Text | None = None
    issue_type: Text | None = None
    labels: tuple[Label, ...] = ()
    components: tuple[Text, ...] = ()
    fields: Mapping[Text, object] = {}
    transition: Text | None = None
    resolution: Text | None = None
    closing_fields: Mapping[Text, object] = {}


def reachable(routes: Sequence[RouteSettings]) -> Sequence[RouteSettings]:
    """Give ``routes`` once each can be reached: the first that takes an incident is its route."""
    for place, route in enumerate(routes[:-1], start=1):
        if not route.services and not route.teams:
            raise ValueError(
                f"number {place} names neither services nor teams, so it takes every incident and "
                "those after it are never reached. Put it last."
            )
    return routes


def a_second_or_more(value: timedelta) -> timedelta:
    """Give a length of time once it can be one between two things."""
    if value < timedelta(seconds=1):
        raise ValueError("must be at least 1s, such as 7d.")
    return value


class Day(StrEnum):
    """A day of the week, in the order of ``date.weekday``."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


def _day(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


class ScheduleSettings(SettingsGroup):
    """How often the scheduled job runs, and how far back it looks for what a webhook missed.

    ``settle`` is how long a job waits after its webhook, since the resolution note may follow the
    resolution.
    """

    every: Period = timedelta(minutes=5)
    look_back: Duration = timedelta(days=2)
    settle: Duration = timedelta(seconds=10)


def _addresses(value: object) -> object:
    """Take addresses of a variable or a file apart, where white space stands between them."""
    return value.split() if isinstance(value, str) else value


def _address(value: SecretStr) -> SecretStr:
    if not _ADDRESS.fullmatch(value.get_secret_value()):
        raise ValueError("must be an address of Apprise's, such as mailto://… or ntfys://….")
    return value


_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)


class ReminderSettings(SettingsGroup):
    """How often each team's channel is reminded of what is late; unset, it never is.

    ``notify`` are further addresses, as Apprise has them, that get all of it in the same time.
    They hold passwords, so they may stand in a file, one a line.
    """

    every: Annotated[Duration, AfterValidator(a_second_or_more)] | None = None
    notify: Annotated[
        tuple[Annotated[SecretStr, AfterValidator(_address)], ...],
        BeforeValidator(_addresses),
        FromEnvironment("POSTMORTEM_REMINDERS_NOTIFY", secret=True),
    ] = ()


class QuietTime(SettingsGroup):
    """A time of the week at which the scheduled job writes nothing.

    It begins at ``start`` on each of ``days`` and lasts until the clock next shows ``end``: on
    the next day where that is earlier, a whole day where it is the same.
    """

    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")
    days: tuple[Annotated[Day, BeforeValidator(_day)], ...] = tuple(Day)

    def holds(self, local: datetime) -> bool:
        """Tell whether ``local``, a time as the clock on the wall shows it, is inside."""
        now = local.time()
        begun_today = self._on(local) and now >= self.start
        if self.start < self.end:
            return begun_today and now < self.end
        return begun_today or (self._on(local - timedelta(days=1)) and now < self.end)

    def _on(self, local: datetime) -> bool:
        return tuple(Day)[local.weekday()] in self.days
