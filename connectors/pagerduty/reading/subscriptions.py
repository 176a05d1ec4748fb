"""Whether a webhook subscription sends here what drafts need, and whether it can be proved."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from connectors.connector import IncidentFilter, NameKind
from connectors.errors import AccessDenied, ConnectorError, Finding
from connectors.incidents import Reference
from connectors.json_fields import JsonValue
from connectors.pagerduty.reading.list_pages import ListPages
from connectors.pagerduty.transport import PagerDutyTransport
from connectors.pagerduty.webhook import WANTED_EVENTS

NEEDED_EVENTS = ("incident.resolved", "incident.annotated", "incident.reopened")
"""Without these a draft comes late, or goes without the resolution note or a second outage."""
OUR_PATH = "/webhooks/pagerduty"
"""How the addresses end that webhooks arrive at."""
_SECRET = "PAGERDUTY_WEBHOOK_SECRET"  # noqa: S105 - the variable's name
MADE_BY = "Integrations, Generic Webhooks (v3)"
_FILTERS: Mapping[str, NameKind] = {
    "service_reference": NameKind.SERVICE,
    "team_reference": NameKind.TEAM,
}
Listed = Callable[[NameKind], Iterable[Reference]]


@dataclass(frozen=True, slots=True)
class ExpectedWebhook:
    """Where webhooks should arrive, None where nobody has said; ``signed``: their secret is set."""

    url: str | None = None
    signed: bool = True


@dataclass(frozen=True, slots=True)
class Subscription:
    """A webhook subscription of the account's; ``kind`` and ``only`` are its filter, if any."""

    id: str
    url: str
    events: frozenset[str]
    active: bool
    disabled: bool
    kind: NameKind | None = None
    only: str = ""

    @property
    def works(self) -> bool:
        """Whether it sends anything, whatever that is."""
        return self.active and not self.disabled


def subscription(part: JsonValue) -> Subscription:
    """Read one. Raises ``PayloadError``."""
    listed = part["events"].value
    delivery = part["delivery_method"].required_object()
    return Subscription(
        id=part["id"].text(),
        url=delivery["url"].text().rstrip("/"),
        events=frozenset(one for one in listed if isinstance(one, str))
        if isinstance(listed, list)
        else frozenset(),
        active=part["active"].value is not False,
        disabled=delivery["temporarily_disabled"].flag(),
        kind=_FILTERS.get(part["filter"]["type"].text_or_none() or ""),
        only=part["filter"]["id"].text_or_none() or "",
    )


def findings(
    transport: PagerDutyTransport, expected: ExpectedWebhook, wanted: IncidentFilter, listed: Listed
) -> Iterator[Finding]:
    """Look at the subscriptions that send here; ``wanted`` are the incidents that get drafts.

    Where nobody has said how the program is reached, those count whose address ends like ours.
    Without an address and a secret no webhook is meant to come, and nothing is asked.
    """
    if not expected.url and not expected.signed:
        return
    subject = f"PagerDuty webhook to {expected.url or f'an address that ends in {OUR_PATH}'}"
    pages = ListPages(transport, "/webhook_subscriptions", "webhook_subscriptions", subscription)
    try:
        every = [one for page in pages for one in page]
        ours = [one for one in every if _is_ours(one, expected.url)]
        if not ours:
            yield _missing(subject, expected, every)
            return
        for one in ours:
            yield _told(subject, one)
        yield from _unsigned(subject, expected, ours)
        yield from _narrow(subject, ours, wanted, listed)
    except AccessDenied as denied:
        remedy = "Let the key read webhook subscriptions, or look at them on PagerDuty's web page."
        yield Finding(subject, problem=denied.what, remedy=remedy)
    except ConnectorError as error:
        yield Finding.of(subject, error)


def _is_ours(one: Subscription, url: str | None) -> bool:
    return one.url == url.rstrip("/") if url else urlsplit(one.url).path.endswith(OUR_PATH)


def _missing(subject: str, expected: ExpectedWebhook, every: Iterable[Subscription]) -> Finding:
    """Say that none sends here, and which one seems meant to."""
    secret = f"{_SECRET} is set, but no" if expected.signed else "No"
    problem = f"{secret} webhook subscription sends there, so drafts wait for the schedule."
    remedy = f"Add one ({MADE_BY}) for these events: {', '.join(WANTED_EVENTS)}."
    if near := [one for one in every if expected.url and _is_near(one.url, expected.url)]:
        told = ", ".join(f"{one.id} sends to {one.url}" for one in near)
        remedy = f"Correct the address of the one that is meant ({told}), or POSTMORTEM_PUBLIC_URL."
    return Finding(subject, problem=problem, remedy=remedy)


def _is_near(address: str, url: str) -> bool:
    one, other = urlsplit(address), urlsplit(url)
    return one.hostname == other.hostname or one.path.rstrip("/").endswith(OUR_PATH)


def _unsigned(
    subject: str, expected: ExpectedWebhook, ours: Iterable[Subscription]
) -> Iterator[Finding]:
    if not expected.signed:
        ids = ", ".join(one.id for one in ours)
        yield Finding(
            subject,
            problem=f"{_SECRET} is not set, so whatever the subscription {ids} sends is refused.",
            remedy=f"Set {_SECRET} to the secret that PagerDuty showed when the subscription was "
            "made. It shows it once: where it is lost, make a new subscription.",
        )


def _told(subject: str, one: Subscription) -> Finding:
    """Say whether one subscription is on and sends what is needed."""
    lacking = [name for name in WANTED_EVENTS if name not in one.events]
    detail = f"subscription {one.id}"
    if lacking:
        detail += f", which does not send {', '.join(lacking)}"
    if one.disabled:
        return Finding(
            subject,
            detail,
            f"PagerDuty disabled the subscription {one.id} after failed deliveries.",
            "Once this address answers, enable it again, on its page or by POST "
            f"/webhook_subscriptions/{one.id}/enable, then run postmortem sync for what was lost.",
        )
    if not one.active:
        return Finding(
            subject, detail, f"The subscription {one.id} is switched off.", "Switch it on."
        )
    if needed := [name for name in NEEDED_EVENTS if name in lacking]:
        return Finding(
            subject,
            detail,
            f"The subscription {one.id} does not send {', '.join(needed)}.",
            f"Add these events to it: {', '.join(lacking)}.",
        )
    return Finding(subject, detail)


def _narrow(
    subject: str, ours: Iterable[Subscription], wanted: IncidentFilter, listed: Listed
) -> Iterator[Finding]:
    """Say where filters keep back incidents that get drafts, unless they let all of them pass."""
    working = [one for one in ours if one.works]
    if not working or any(one.kind is None for one in working):
        return
    passing: dict[NameKind, set[str]] = {}
    for one in working:
        if one.kind is not None:
            passing.setdefault(one.kind, set()).add(one.only)
    names = {kind: _named(kind, ids, listed) for kind, ids in passing.items()}
    for kind, meant in ((NameKind.SERVICE, wanted.services), (NameKind.TEAM, wanted.teams)):
        known = {*passing.get(kind, ()), *names.get(kind, {}).values()}
        if meant and meant <= known:
            return
    told = "; ".join(
        f"{one.id} the {one.kind} '{names[one.kind].get(one.only, one.only)}'"
        for one in working
        if one.kind is not None
    )
    yield Finding(
        subject,
        problem=f"A filter lets through no other incidents than of: {told}. Drafts of all others "
        "wait for the schedule.",
        remedy="Let a subscription send for the whole account, or name the same services or teams "
        "in [drafts].",
    )


def _named(kind: NameKind, ids: set[str], listed: Listed) -> dict[str, str]:
    """Give the names of ids, as far as they can be seen."""
    found: dict[str, str] = {}
    try:
        for one in listed(kind):
            if one.id in ids:
                found[one.id] = one.name
            if len(found) == len(ids):
                break
    except ConnectorError:
        return found  # the ids tell as well
    return found
