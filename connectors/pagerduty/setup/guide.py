"""What PagerDuty shows while it is being set up, by the requests of its check."""

from collections.abc import Sequence

from connectors.errors import ConnectorError, Finding
from connectors.pacing.rate_limit import NoPace
from connectors.pagerduty import checks
from connectors.pagerduty.client import TIMEOUT
from connectors.pagerduty.reading.list_pages import ListPages
from connectors.pagerduty.reading.subscriptions import MADE_BY, subscription
from connectors.pagerduty.settings import PagerDutySettings
from connectors.pagerduty.transport import PagerDutyTransport
from connectors.pagerduty.webhook import WANTED_EVENTS
from connectors.retry import RetryPolicy
from connectors.settings import revealed
from connectors.setup_steps import NewSubscription, Offer
from connectors.tls import Authorities

_PATH = "/webhook_subscriptions"


class PagerDutyGuide:
    """A :class:`~connectors.setup_steps.WebhookGuide`."""

    def __init__(self, transport: PagerDutyTransport) -> None:
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


def guide_of(settings: PagerDutySettings, authorities: Authorities) -> PagerDutyGuide:
    """Open the guide of an account, as the settings name it so far."""
    key, url = revealed(settings.api_key), settings.api_url
    return PagerDutyGuide(
        PagerDutyTransport(key, url, TIMEOUT, RetryPolicy(), NoPace(), authorities)
    )
