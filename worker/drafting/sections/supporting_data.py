"""Section 8: where the evidence is: the incident, links that came with it, the chart."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from connectors.incidents import ALERTS, Link
from worker.content.clean_text import clean, shorten
from worker.content.draft_content import DraftEntry, Point
from worker.content.inline_markdown import Markdown, at_start, image, link, safe_url, say
from worker.drafting.history.story import Story
from worker.drafting.text.wording import count

MOST_LINKS = 30
MOST_ALIKE = 3
"""Links told in one place, and of those that are called the same: each host may send its own."""

_METRICS = re.compile(
    r"grafana|dashboard|graph|chart|metric|prometheus|\bpanel|monitor|snapshot|[?&]expr=|/explore",
    re.IGNORECASE,
)
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Links:
    """Bullets for the links that came with an incident: those to metrics, and all others."""

    metrics: tuple[Point, ...]
    others: tuple[Point, ...]


def links(story: Story) -> Links:
    """Tell each place once, those with the same name no more than some times."""
    found = list(_distinct(_all_links(story)))
    metrics = [one for one in found if _is_metric(one)]
    others = [one for one in found if not _is_metric(one)]
    return Links(tuple(_told(metrics, "metrics")), tuple(_told(others, "others")))


def logs(story: Story, found: Links) -> DraftEntry:
    """Link the incident, the runbooks and other places, and say what could not be read."""
    points = (*found.others, *_bridge(story), *_merged(story), *_missing(story))
    return DraftEntry(_incident(story), points)


def metrics(found: Links, chart: str | None, alternative: str) -> DraftEntry | None:
    """Link graphs and dashboards, and show the chart of the incident, if there is one."""
    picture = image(alternative, chart) if chart else Markdown("")
    if not found.metrics and not picture:
        return None
    return DraftEntry(picture, found.metrics, keep_prompt=not found.metrics)


def _incident(story: Story) -> Markdown:
    incident = story.incident
    title = f"Incident #{incident.number}"
    named = link(title, incident.url) if safe_url(incident.url) else say("{title}", title=title)
    return say(
        "{incident}[, with {entries} in its log][ and {alerts}]",
        incident=named,
        entries=count(len(story.entries), "entry") if story.entries else "",
        alerts=count(len(story.alerts), "alert") if story.alerts else "",
    )


def _told(found: Sequence[Link], kind: str) -> Iterator[Point]:
    told: Counter[str] = Counter()
    places: set[str] = set()
    hidden = 0
    for one in found:
        named = _name(one)
        if told[named] >= MOST_ALIKE or len(places) >= MOST_LINKS:
            hidden += 1
            continue
        place = safe_url(one.url) or clean(one.url)
        if place not in places:
            places.add(place)
            told[named] += 1
            yield Point(f"link:{one.url}", at_start(_shown(one, named)))
    if hidden:
        text = say("And {links} more, in the alerts", links=count(hidden, "link"))
        yield Point(f"link:more:{kind}", text)


def _all_links(story: Story) -> Iterator[Link]:
    for alert in story.alerts:
        yield from alert.links
        if alert.client_url:
            yield Link(alert.client_url, alert.client or "")
    for entry in story.entries:
        yield from entry.links
        if entry.channel.client_url:
            yield Link(entry.channel.client_url, entry.channel.client or "")


def _distinct(found: Iterable[Link]) -> Iterator[Link]:
    """Keep the first link to each place; a storm's alerts bring the same ones again and again."""
    seen: set[str] = set()
    for one in found:
        if one.url not in seen:
            seen.add(one.url)
            if clean(one.url):
                yield one


def _is_metric(one: Link) -> bool:
    return one.is_image or bool(_METRICS.search(f"{one.text} {one.url}"))


def _name(one: Link) -> str:
    name = shorten(clean(one.text), _LONGEST_NAME)
    return name or re.sub(r"^https?://", "", shorten(clean(one.url), _LONGEST_NAME))


def _shown(one: Link, named: str) -> Markdown:
    return say(
        "[{picture}: ]{link}", picture="Image" if one.is_image else "", link=link(named, one.url)
    )


def _bridge(story: Story) -> Iterator[Point]:
    number, url = story.incident.conference_number, story.incident.conference_url
    if not clean(number or "") and not clean(url or ""):
        return
    named = link("join", url) if url else ""
    text = say("Conference bridge:[ {link}][ {number}]", link=named, number=clean(number or ""))
    yield Point("bridge", text)


def _merged(story: Story) -> Iterator[Point]:
    for one in dict.fromkeys(story.record.merged_incidents):
        named = link(clean(one.name) or one.id, one.url) if one.url else one.name
        yield Point(f"merged:{one.id}", say("Merged into this incident: {named}", named=named))


def _missing(story: Story) -> Iterator[Point]:
    for one in story.record.missing:
        wording = "{reason}" if one.partly else "Not in this draft: {part}. {reason}"
        text = at_start(say(wording, part=one.part, reason=one.reason))
        yield Point(f"missing:{one.part}", text)
    known, number = len(story.alerts), story.incident.alert_count or 0
    parts = {one.part for one in story.record.missing}
    if known < number and ALERTS not in parts:
        text = say(
            "Not in this draft: {rest} of {all}",
            rest=f"{number - known:,}",
            all=count(number, "alert"),
        )
        yield Point("missing:some-alerts", text)
