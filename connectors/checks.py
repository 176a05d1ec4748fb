"""What a check of a service or a store finds: one thing after the other, each with its remedy.

A check never raises for what it looks at: all problems are told at once.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from connectors.errors import ConnectorError, PostmortemError


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
    def of(cls, subject: str, error: PostmortemError) -> Self:
        """Give the finding that something could not be looked at, in the error's own sentences."""
        return cls(subject, problem=error.what, remedy=error.remedy)


def looked_at(subject: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Give what a look finds; where it cannot look, that is a problem itself.

    So what a service refuses to show never hides what is wrong with the next thing. The ``look``
    may be a generator: what it found before the refusal is told too.
    """
    try:
        yield from look()
    except ConnectorError as error:
        yield Finding.of(subject, error)
