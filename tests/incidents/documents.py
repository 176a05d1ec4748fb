"""The incidents whose whole drafts are kept, and how these are written."""

from collections.abc import Callable
from datetime import timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

from connectors.incidents import IncidentRecord
from tests.incidents import days, nights, odd
from worker.drafting.policy import DraftPolicy

TEMPLATE = files("config").joinpath("postmortem.md").read_text("utf-8")

POLICY = DraftPolicy(
    ZoneInfo("Europe/Berlin"),
    acknowledge_within=timedelta(minutes=5),
    resolve_within=timedelta(hours=1),
    review_due=timedelta(days=5),
    chart="timeline.svg",
)

INCIDENTS: dict[str, Callable[[], IncidentRecord]] = {
    "alert-storm": nights.storm,
    "clocks-go-back": nights.clocks_change,
    "several-days": nights.days,
    "quick-fix": days.quick,
    "recovered-by-itself": days.recovered,
    "never-acknowledged": days.unanswered,
    "acknowledgement-lapsed": days.lapsed,
    "opened-by-hand": days.by_hand,
    "reopened": days.reopened,
    "merged-into": days.merge_target,
    "lively-channel": days.talked,
    "hostile-text": odd.hostile,
    "strangers": odd.strangers,
    "namesakes": odd.namesakes,
    "very-big": odd.big,
    "hardly-readable": odd.bare,
}
