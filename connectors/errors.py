"""Errors as sentences: what happened, to what, and what to do about it.

Every error that a person may see is a :class:`PostmortemError`. Its text is one or more whole
sentences, it never holds a secret, and it ends with a remedy where there is one.

A check never raises for what it looks at: it gives a :class:`Finding` for each thing, problems with
their remedies, all at once.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

_wording: list[Callable[[str], str]] = []


def word_by(wording: Callable[[str], str]) -> None:
    """Let every sentence of this process pass through ``wording`` from now on.

    A sentence repeats others' words, and nobody who writes one can know all that these may hold.
    """
    _wording[:] = [wording]


def worded(sentence: str) -> str:
    """Give a sentence as anybody may see it."""
    for wording in _wording:
        sentence = wording(sentence)
    return sentence


class PostmortemError(Exception):
    """Something the program could not do, told to the person who can mend it.

    ``what`` says what happened and to what; ``remedy`` what to do about it.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what, remedy)
        self.what = worded(what)
        self.remedy = worded(remedy)

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()


class ConfigurationError(PostmortemError):
    """The settings cannot be used; nothing was done."""


class ConnectorError(PostmortemError):
    """A service outside did not do what was asked."""


class AccessDenied(ConnectorError):
    """The credentials are wrong, or lack the permission for this call."""


class Unauthorized(AccessDenied):
    """The credentials are not taken at all, so that nothing need be asked with them."""


class NotPermitted(AccessDenied):
    """The credentials are good, but not for this call or this thing."""


class NotFound(ConnectorError):
    """The service knows no such thing, or does not show it to these credentials."""


class StrayPage(ConnectorError):
    """Something before the service answered with a page of its own: it tells of no thing asked."""


class NotFoundByStray(StrayPage, NotFound):
    """A page answered that there is no such thing, in the service's place."""


class NotPermittedByStray(StrayPage, NotPermitted):
    """A page answered that this is not allowed, in the service's place."""


class Unreachable(ConnectorError):
    """The service could not be reached, timed out, or kept failing."""


class PartlyRead(Unreachable):
    """Some things (``unread``, by id or key) could not be read for now; ``read`` are the others."""

    def __init__(
        self, what: str, read: Mapping[Any, Any], unread: Collection[str], remedy: str = ""
    ) -> None:
        super().__init__(what, remedy)
        self.read = read
        self.unread = frozenset(unread)


class ServiceFailed(Unreachable):
    """The service itself failed at the request: it answered 500, and may do so each time."""


class OutOfQuota(ConnectorError):
    """The service's limit is used up; ``again_in`` is how many seconds it asked to wait."""

    def __init__(self, what: str, remedy: str = "", *, again_in: float | None = None) -> None:
        super().__init__(what, remedy)
        self.again_in = again_in


class Rejected(ConnectorError):
    """The service understood the request and refused it; ``fields`` says why, by field.

    ``said`` are its own words for the whole.
    """

    def __init__(
        self, what: str, remedy: str = "", *, fields: dict[str, str] | None = None, said: str = ""
    ) -> None:
        super().__init__(what, remedy)
        self.said = worded(said)
        self.fields = {name: worded(why) for name, why in (fields or {}).items()}


class PayloadError(ConnectorError):
    """The service sent something of a shape that it does not document; names the field."""


class SignatureError(ConnectorError):
    """A webhook was not signed, or with a secret that is not ours."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``problem`` is empty where all is well.

    ``subject`` is what was looked at ("Jira project OPS"), ``detail`` what was found, ``problem``
    and ``remedy`` whole sentences. A ``warning`` is one of what may be amiss, and fails nothing.
    ``table`` says it part by part, where there are several: each part, and what was found of it.
    """

    subject: str
    detail: str = ""
    problem: str = ""
    remedy: str = ""
    warning: str = ""
    table: tuple[tuple[str, str], ...] = ()

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
