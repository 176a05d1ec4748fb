"""What a check of a service finds: one thing after the other, each with its remedy."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from connectors.errors import ConnectorError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``problem`` is empty where all is well.

    ``subject`` is what was looked at ("Jira project OPS"), ``detail`` what was found, ``problem``
    and ``remedy`` whole sentences.
    """

    subject: str
    detail: str = ""
    problem: str = ""
    remedy: str = ""

    @classmethod
    def of(cls, subject: str, error: ConnectorError) -> Self:
        """Give the finding that something could not be looked at."""
        return cls(subject, problem=error.what, remedy=error.remedy)


def looked_at(subject: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Give what a look finds; where it cannot look, that is a problem itself."""
    try:
        yield from look()
    except ConnectorError as error:
        yield Finding.of(subject, error)
