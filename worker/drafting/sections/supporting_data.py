"""Section 8: where the evidence is: the incident, links that came with it, the chart."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from connectors.incidents import ALERTS, Alert, Link
from worker.content.clean_text import clean, shorten
from worker.content.draft_content import DraftEntry, Point
from worker.content.inline_markdown import Markdown, at_start, image, link, safe_url, say
from worker.drafting.history.alerts import opening_alert, shape
from worker.drafting.history.story import Story
from worker.drafting.sections.candidates import PeopleSaid
from worker.drafting.sections.summary import other_fields
from worker.drafting.text.local_time import LocalTime
from worker.drafting.text.wording import count, listing, quoted

MOST_LINKS = 30
MOST_ALIKE = 3
"""Links told in one place, and of those that are called the same: each host may send its own."""

_RUNBOOK = re.compile(r"run-?_?book|play-?_?book", re.IGNORECASE)
_METRICS = re.compile(
    r"grafana|dashboard|graph|chart|metric|prometheus|\bpanel|monitor|snapshot|[?&]expr=|/explore"
    r"|\bquery\b|cloudwatch|\bsource$",
    re.IGNORECASE,
)
_NO_METRICS = re.compile(
    r"\blogs?\b|silence|\bdocs?\b|documentation|wiki|\btraces?\b", re.IGNORECASE
)
"""What a link is called that leads to a monitor's site, and shows no figures there."""
_DIALLED = re.compile(r"[^\d+(]*\+?[\d\s().\u2010-\u2013/-]*")
_CODE = re.compile(r"\b(?:pin|(?:pass)?code)\b", re.IGNORECASE)
_FEWEST_DIGITS = 5
_LONGEST_NAME = 80
_LONGEST_DIFFERENCE = 40
_PARTS = re.compile(r"[/?&#;]")
_SAYS_SOMETHING = re.compile(r"(?=.*[a-z]{3})(?![\da-f-]{12,}$)\w[\w.~-]*", re.IGNORECASE)
"""A part of an address that is a name, of a service say, and no id."""
_MOST_NAMES = 2
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST_WORDS, _LONGEST_WORDS, _MOST_QUOTED = 3, 300, 8
"""Of alerts quoted: a lone ``count: 2`` says too little, and a storm may bring dozens of kinds."""


@dataclass(frozen=True, slots=True)
class Links:
    """Bullets for the links that came with an incident: those to metrics, and all others."""

    metrics: tuple[Point, ...]
    others: tuple[Point, ...]


def links(story: Story) -> Links:
    """Tell each place once, those with the same name no more than some times."""
    found = list(_distinct(_all_links(story)))
    metrics: list[Link] = []
    others: list[Link] = []
    for one in found:
        (metrics if _is_metric(one) else others).append(one)
    others.sort(key=lambda one: (one.is_button, not _is_runbook(one)))
    return Links(tuple(_told(metrics, "metrics")), tuple(_told(others, "others")))


def logs(story: Story, said: PeopleSaid, found: Links, clock: LocalTime) -> DraftEntry:
    """Link the incident and other places, tell its further fields, and what could not be read."""
    fields = other_fields(story, said, clock)
    quotes = _words_of_alerts(story, clock)
    points = (*fields, *quotes, *found.others, *_bridge(story), *_merged(story), *_missing(story))
    return DraftEntry(_incident(story), points)


def metrics(found: Links, chart: str | None, alternative: str) -> DraftEntry | None:
    """Link graphs and dashboards, and show the chart of the incident, if there is one."""
    picture = image(alternative, chart) if chart else Markdown("")
    if not found.metrics and not picture:
        return None
    return DraftEntry(picture, found.metrics, keep_prompt=not found.metrics)


def missing_key(part: str) -> str:
    """Give the key of the point that says that a part could not be read."""
    return f"missing:{part}"


def _incident(story: Story) -> Markdown:
    incident = story.incident
    title = f"Incident #{incident.number}"
    named = link(title, incident.url) if safe_url(incident.url) else say("{title}", title=title)
    return say(
        "{incident}[, with {entries} in its log][ and {alerts}]",
        incident=named,
        entries=count(len(story.record.log_entries), "entry") if story.record.log_entries else "",
        alerts=count(len(story.alerts), "alert") if story.alerts else "",
    )


def _words_of_alerts(story: Story, clock: LocalTime) -> Iterator[Point]:
    """Quote what alerts say besides their summaries, each kind and the same words once.

    What the one says that opened the incident stands in the timeline.
    """
    opening = opening_alert(story.detection, story.alerts)
    told = {shape(opening.summary), clean(opening.words)} if opening else set()
    kinds: dict[str, Alert] = {}
    for alert in story.alerts:
        kind = shape(alert.summary)
        if not alert.words or kind in told:  # nearly all of a storm
            continue
        words = clean(alert.words)
        kind = kind or words
        if len(_WORD.findall(alert.words)) >= _FEWEST_WORDS and not told & {kind, words}:
            told |= {kind, words}
            kinds[kind] = alert
    for alert in tuple(kinds.values())[:_MOST_QUOTED]:
        text = say(
            "Alert[ {summary}], {at}: {words}",
            summary=quoted(alert.summary, _LONGEST_NAME),
            at=clock.short(alert.created_at),
            words=quoted(alert.words, _LONGEST_WORDS),
        )
        yield Point(f"words:{alert.id}", text)
    if len(kinds) > _MOST_QUOTED:
        more = count(len(kinds) - _MOST_QUOTED, "kind")
        yield Point("words:more", say("Alerts of {more} more are told in the incident", more=more))


def _told(found: Sequence[Link], kind: str) -> Iterator[Point]:
    told: Counter[str] = Counter()
    places: set[str] = set()
    apart = _told_apart(found)
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
            yield Point(f"link:{one.url}", at_start(_shown(one, named, apart.get(one.url, ""))))
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
    """Tell whether a link leads to figures: what it is called says more than its address."""
    if one.is_image:
        return True
    if one.is_button or _is_runbook(one) or _NO_METRICS.search(one.text):
        return False
    return bool(_METRICS.search(one.text) or _METRICS.search(one.url))


def _is_runbook(one: Link) -> bool:
    named = one.is_runbook or _RUNBOOK.search(f"{one.text} {one.url}")
    return bool(named) and not one.is_image


def _name(one: Link) -> str:
    name = shorten(clean(one.text), _LONGEST_NAME)
    return name or re.sub(r"^https?://", "", shorten(clean(one.url), _LONGEST_NAME))


def _told_apart(found: Sequence[Link]) -> dict[str, str]:
    """Give, by address, what sets links apart that are called the same: a host, a service."""
    same: defaultdict[tuple[str, bool], list[str]] = defaultdict(list)
    for one in found:
        if clean(one.text):
            same[_name(one), one.is_image].append(one.url)
    return {
        url: apart
        for urls in same.values()
        if len(urls) > 1
        for url, apart in zip(urls, _differences(urls), strict=True)
        if apart
    }


def _differences(urls: Sequence[str]) -> Iterator[str]:
    parts = [[part for part in _PARTS.split(url.partition("://")[2]) if part] for url in urls]
    common = set(parts[0]).intersection(*parts[1:])
    for each in parts:
        own = [part for part in each if part not in common]
        parameters = [part for part in own if "=" in part]
        names = [part for part in own if _SAYS_SOMETHING.fullmatch(part)]
        told = parameters if len(parameters) == 1 else names if len(names) <= _MOST_NAMES else []
        yield shorten(clean(unquote("/".join(told))), _LONGEST_DIFFERENCE)


def _shown(one: Link, named: str, apart: str) -> Markdown:
    kind = "Image" if one.is_image else "Runbook" if _is_runbook(one) else ""
    kind = "Button" if one.is_button else kind
    return say(
        "[{kind}: ]{link}[ ({apart})]",
        kind="" if kind.lower() in named.lower() else kind,
        link=link(named if clean(one.text) or safe_url(one.url) else "", one.url),
        apart=apart,
    )


def _bridge(story: Story) -> Iterator[Point]:
    number, url = story.incident.conference_number, story.incident.conference_url
    if not clean(number or "") and not clean(url or ""):
        return
    named = link("join", url) if url else ""
    dialled = _without_code(clean(number or ""))
    yield Point("bridge", say("Conference bridge:[ {link}][ {number}]", link=named, number=dialled))


def _without_code(number: str) -> str:
    """Leave out the code behind a number to dial: who reads the document needs none."""
    found = _DIALLED.match(number)
    dialled = found[0].rstrip(" -(./") if found else ""
    if _CODE.search(dialled):
        return ""
    is_number = sum(map(str.isdigit, dialled)) >= _FEWEST_DIGITS
    has_code = found is not None and re.search(r"\d", number[found.end() :])
    return f"{dialled} (without its code)" if is_number and has_code else number


def _merged(story: Story) -> Iterator[Point]:
    for one in dict.fromkeys(story.record.merged_incidents):
        named = link(clean(one.name) or one.id, one.url) if one.url else one.name
        yield Point(f"merged:{one.id}", say("Merged into this incident: {named}", named=named))


def _missing(story: Story) -> Iterator[Point]:
    reasons: dict[tuple[str, bool], list[str]] = {}
    for one in story.record.missing:
        reasons.setdefault((one.reason, one.partly), []).append(one.part)
    for (reason, partly), missing in reasons.items():
        wording = "{reason}" if partly else "Not in this draft: {parts}. {reason}"
        text = at_start(say(wording, parts=listing(missing, limit=12), reason=reason))
        yield Point(f"missing:{missing[0]}", text)
    known, number = len(story.alerts), story.incident.alert_count or 0
    parts = {one.part for one in story.record.missing}
    if known < number and ALERTS not in parts:
        text = say(
            "Not in this draft: {rest} of {all}",
            rest=f"{number - known:,}",
            all=count(number, "alert"),
        )
        yield Point("missing:some-alerts", text)
