"""What PagerDuty is to the program: a source of incidents that sends webhooks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from connectors.connector import SiteLogin, SourceConnector, WebhookAccess
from connectors.incidents import IncidentId
from connectors.log_entry_kinds import EntryKind
from connectors.masking import Masking
from connectors.pacing.rate_limit import Pace
from connectors.pagerduty.common_payloads import OWN_ID, entry_kind, entry_word
from connectors.pagerduty.settings import PagerDutySettings
from connectors.settings import ServiceSettings, revealed
from connectors.setup_steps import Question, Step
from connectors.tls import Authorities

if TYPE_CHECKING:
    from connectors.pagerduty.client import PagerDuty
    from connectors.pagerduty.setup.guide import PagerDutyGuide

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
        from connectors.pagerduty import webhook  # noqa: PLC0415 - for who receives any

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
    ) -> "PagerDuty":
        from connectors.pagerduty.client import PagerDuty  # noqa: PLC0415 - loads a client
        from connectors.pagerduty.reading import subscriptions  # noqa: PLC0415 - as above

        key = revealed(self.settings.api_key)
        return PagerDuty(
            key,
            self.settings.api_url,
            pace=pace,
            webhook=subscriptions.ExpectedWebhook(webhook_url, bool(self.settings.webhook_secrets)),
            authorities=authorities,
            masking=masking,
        )

    def guide(self, authorities: Authorities, logins: Sequence[SiteLogin]) -> "PagerDutyGuide":  # noqa: ARG002 - has its own
        from connectors.pagerduty.setup.guide import guide_of  # noqa: PLC0415 - as above

        return guide_of(self.settings, authorities)
