"""What PagerDuty is to the program: a source of incidents that sends webhooks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from connectors.connector import SiteLogin, SourceConnector, WebhookAccess
from connectors.errors import ConnectorError, Finding
from connectors.incidents import IncidentId
from connectors.log_entry_kinds import EntryKind
from connectors.masking import Masking
from connectors.pacing.rate_limit import NoPace, Pace
from connectors.pagerduty import checks, webhook
from connectors.pagerduty.client import TIMEOUT, PagerDuty
from connectors.pagerduty.common_payloads import OWN_ID, entry_kind, entry_word
from connectors.pagerduty.reading.list_pages import ListPages
from connectors.pagerduty.reading.subscriptions import MADE_BY, ExpectedWebhook, subscription
from connectors.pagerduty.settings import PagerDutySettings
from connectors.pagerduty.transport import Transport
from connectors.pagerduty.webhook import WANTED_EVENTS
from connectors.retry import RetryPolicy
from connectors.settings import ServiceSettings, revealed
from connectors.setup_steps import NewSubscription, Offer, Question, Step
from connectors.tls import Authorities

_NAMED = re.compile(rf"(?:https://[^\s/]+/incidents/)?(?P<id>{OWN_ID})/?", re.ASCII)


STEPS = (
    Step(
        "key",
        (
            Question(
                "api_url",
                "Address of PagerDuty's API",
                "Accounts of the EU region: https://api.eu.pagerduty.com",
                optional=True,
            ),
            Question(
                "api_key",
                "REST API key",
                "On PagerDuty's page: Integrations, API Access Keys. One that can only read is "
                "enough; to make the webhook for you it must be able to write.",
            ),
        ),
    ),
)
_PATH = "/webhook_subscriptions"


class PagerDutyGuide:
    """A :class:`~connectors.setup_steps.WebhookGuide`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def prove(self, step: str) -> Finding:  # noqa: ARG002 - there is one
        """Ask for the newest incident, as the check does."""
        subject = f"PagerDuty {self._transport.url}"
        try:
            checks.newest_incident(self._transport)
        except ConnectorError as error:
            return Finding.of(subject, error)
        return Finding(subject, checks.GOOD)

    def offers(self, field: str) -> Sequence[Offer]:  # noqa: ARG002 - nothing is chosen
        """Give nothing: services are listed by the source itself."""
        return ()

    def subscriptions(self, url: str) -> Sequence[str]:
        """Give the ids of those that send to an address."""
        pages = ListPages(self._transport, _PATH, _PATH.strip("/"), subscription)
        return [one.id for page in pages for one in page if one.url == url.rstrip("/")]

    def subscribe(self, url: str, service: str) -> NewSubscription:
        """Make a subscription to every event that drafts need."""
        only = {"type": "service_reference", "id": service} if service else None
        wanted = {
            "type": "webhook_subscription",
            "delivery_method": {"type": "http_delivery_method", "url": url},
            "description": "Drafts of postmortems (postmortem-worker)",
            "events": list(WANTED_EVENTS),
            "filter": only or {"type": "account_reference"},
        }
        answer = self._transport.send("POST", _PATH, {"webhook_subscription": wanted})
        made = answer["webhook_subscription"].required_object()
        secret = made["delivery_method"]["secret"].text()
        return NewSubscription(made["id"].text(), secret)

    def unsubscribe(self, subscription: str) -> None:
        """Delete a subscription."""
        self._transport.send("DELETE", f"{_PATH}/{subscription}")

    def by_hand(self, url: str, service: str) -> str:
        """Name the page and the fields of PagerDuty's form."""
        scope = "Service, and the one that you chose" if service else "Account"
        return (
            f"In PagerDuty: {MADE_BY}, New Webhook. Webhook URL: {url}. Scope type: {scope}. "
            f"Event subscription: {', '.join(WANTED_EVENTS)}. Add Webhook; the secret that it then "
            f"shows once is {PagerDutySettings.shown('webhook_secrets')}."
        )

    def close(self) -> None:
        """Let go of connections."""
        self._transport.close()


@dataclass(frozen=True, slots=True)
class PagerDutyConnector(SourceConnector):
    """PagerDuty, as its settings describe it."""

    settings: PagerDutySettings

    name: ClassVar[str] = "PagerDuty"
    group: ClassVar[type[ServiceSettings]] = PagerDutySettings
    setting: ClassVar[str] = PagerDutySettings.variable("api_key")
    remedy: ClassVar[str] = f"Set {setting} to a read-only REST API key."
    example: ClassVar[str] = "Q0R9EVXVKUZTX7"
    steps: ClassVar[tuple[Step, ...]] = STEPS

    @property
    def is_configured(self) -> bool:
        return self.settings.api_key is not None

    @property
    def calls_per_minute(self) -> int:
        return self.settings.calls_per_minute

    @property
    def address(self) -> str:
        return self.settings.api_url

    @property
    def webhook(self) -> WebhookAccess:
        return WebhookAccess(
            webhook.read,
            tuple(map(revealed, self.settings.webhook_secrets)),
            PagerDutySettings.variable("webhook_secrets"),
        )

    @staticmethod
    def incident_named(text: str) -> IncidentId | None:
        match = _NAMED.fullmatch(text)
        return IncidentId(match["id"]) if match else None

    @staticmethod
    def entry_named(word: str) -> tuple[EntryKind, str]:
        return entry_kind(word), entry_word(word)

    def open(
        self, pace: Pace, authorities: Authorities, webhook_url: str | None, masking: Masking
    ) -> PagerDuty:
        key = revealed(self.settings.api_key)
        return PagerDuty(
            key,
            self.settings.api_url,
            pace=pace,
            webhook=ExpectedWebhook(webhook_url, bool(self.settings.webhook_secrets)),
            authorities=authorities,
            masking=masking,
        )

    def guide(self, authorities: Authorities, logins: Sequence[SiteLogin]) -> PagerDutyGuide:  # noqa: ARG002 - has its own
        key, url = revealed(self.settings.api_key), self.settings.api_url
        return PagerDutyGuide(Transport(key, url, TIMEOUT, RetryPolicy(), NoPace(), authorities))
