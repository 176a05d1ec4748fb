"""What the toy says of itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar

from connectors.connector import Destination, Memory, TrackerConnector, WebhookAccess
from connectors.errors import SignatureError
from connectors.json_fields import Sender
from connectors.pacing.rate_limit import Pace
from connectors.settings import (
    FromEnvironment,
    Given,
    ServiceSettings,
    SigningSecrets,
    Text,
    revealed,
)
from connectors.tickets import TicketId
from connectors.tls import Authorities
from connectors.webhook_events import EventKind, WebhookEvent, header, is_signed, parse_body
from tests.integration.toy.tracker import ToyTracker


class ToySettings(ServiceSettings):
    """The toy box."""

    key: ClassVar[str] = "toy"

    folder: Annotated[Path | None, FromEnvironment("TOY_FOLDER")] = None
    project: Annotated[Text | None, FromEnvironment("TOY_PROJECT")] = None
    webhook_secrets: Annotated[
        SigningSecrets, FromEnvironment("TOY_WEBHOOK_SECRET", secret=True)
    ] = ()

    @classmethod
    def contradictions(cls, given: Given) -> Iterator[str]:
        if given(cls.place("project")) and not given(cls.place("folder")):
            yield f"There is a project for toys but no box. Set {cls.shown('folder')}."


def read(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> WebhookEvent | None:
    if not is_signed(body, [header(headers, "X-Toy-Signature") or ""], secrets):
        raise SignatureError("A toy was not signed.")
    event = parse_body(body, Sender("Toy"))
    return WebhookEvent(
        id=event["id"].text(),
        type="put away",
        kind=EventKind.REFRESH,
        occurred_at=event["at"].time(),
        ticket=TicketId(event["ticket"].text()),
    )


@dataclass(frozen=True, slots=True)
class ToyConnector(TrackerConnector):
    """The toy box, as its settings describe it."""

    settings: ToySettings

    name: ClassVar[str] = "Toy"
    group: ClassVar[type[ServiceSettings]] = ToySettings
    setting: ClassVar[str] = "TOY_FOLDER"
    remedy: ClassVar[str] = "Set TOY_FOLDER."
    project_setting: ClassVar[str] = "TOY_PROJECT"

    @property
    def is_configured(self) -> bool:
        return self.settings.folder is not None

    @property
    def calls_per_minute(self) -> int:
        return 0

    @property
    def webhook(self) -> WebhookAccess:
        secrets = tuple(map(revealed, self.settings.webhook_secrets))
        return WebhookAccess(read, secrets, "TOY_WEBHOOK_SECRET")

    @property
    def destination(self) -> Destination:
        return Destination(self.settings.project, "Brick")

    @property
    def index_lag(self) -> timedelta:
        return timedelta()

    def open(self, pace: Pace, authorities: Authorities, memory: Memory) -> ToyTracker:
        assert self.settings.folder is not None, "the program opens what is configured"
        return ToyTracker(self.settings.folder)
