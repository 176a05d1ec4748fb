"""How a service is set up: what people are asked, and what it then shows of itself.

A connector that can be set up by questions gives its steps, and a guide that proves the answers by
the same requests as its check.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from connectors.errors import Finding


@dataclass(frozen=True, slots=True)
class Question:
    """A setting of the service's group that people are asked for.

    ``asks`` calls it as people do, ``where`` says where it is to be found. An ``optional`` one is
    left out by an empty answer. It is asked only where ``after`` has an answer and ``unless`` none,
    both fields of the same group. Where it ``offers``, the guide lists what can be chosen. One of a
    ``login`` is not asked where another service's is taken.
    """

    field: str
    asks: str
    where: str = ""
    optional: bool = False
    after: str = ""
    unless: str = ""
    offers: bool = False
    login: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Questions whose answers are proved together, and asked again together.

    ``name`` is the word by which the guide knows what to prove.
    """

    name: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the things to choose from: what the setting is given, and what people are shown."""

    value: str
    shown: str


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A webhook subscription that was just made; its secret is shown this once."""

    id: str
    secret: str = field(repr=False)


class Guide(Protocol):
    """What a service shows once its first questions are answered."""

    def prove(self, step: str) -> Finding:
        """Prove the answers of a step as the check does; never raises."""

    def offers(self, field: str) -> Sequence[Offer]:
        """List what a field can be given. Raises ``ConnectorError`` where that is not told."""

    def close(self) -> None:
        """Let go of connections."""


@runtime_checkable
class WebhookGuide(Guide, Protocol):
    """A guide of a service whose webhooks the program can ask for by itself."""

    def subscriptions(self, url: str) -> Sequence[str]:
        """Give the ids of those that send to an address. Raises ``ConnectorError``."""

    def subscribe(self, url: str, service: str) -> NewSubscription:
        """Make one for all, or for one service by its id. Raises ``ConnectorError``.

        It is asked for once: whether an answer that got lost had made one, the service tells.
        """

    def unsubscribe(self, subscription: str) -> None:
        """Take one back. Raises ``ConnectorError``."""

    def by_hand(self, url: str, service: str) -> str:
        """Say in a sentence what to click where the program may not do it."""
