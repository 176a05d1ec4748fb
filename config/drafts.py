"""Settings of drafts: which incidents get one, and how the timeline is folded."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from connectors.settings import Duration, SettingsGroup, Text


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
    a time is told under what went well or under what did not; the review is due ``review_due``
    after the end. With ``had_person`` an incident that recovered without anybody gets no draft.
    ``rules`` are by log entry type, such as ``notify_log_entry``.
    """

    services: tuple[Text, ...] = ()
    teams: tuple[Text, ...] = ()
    priorities: tuple[Text, ...] = ()
    urgency: Urgency | None = None
    minimum_duration: Duration = timedelta()
    had_person: bool = False
    links: bool = True
    chart: bool = True
    acknowledge_target: Duration = timedelta(minutes=5)
    resolve_target: Duration = timedelta(hours=1)
    review_due: Duration = timedelta(days=5)
    rules: Mapping[Text, RuleSettings] = {}
