"""What Jira says of a create, and what it says when something is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.errors import PayloadError
from connectors.jira.payloads import numeric_id
from connectors.jira.reading import Part
from connectors.tickets import TicketId, TicketKey


@dataclass(frozen=True, slots=True)
class Problems:
    """What an error answer says: sentences, and a sentence by field."""

    messages: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    def sentence(self) -> str:
        """Give all of it as one line, "" where the answer said nothing."""
        parts = [*self.messages, *(f"{name}: {why}" for name, why in self.fields.items())]
        return " ".join(" ".join(part.split()) for part in parts)


@dataclass(frozen=True, slots=True)
class Made:
    """A ticket that a create made."""

    id: TicketId
    key: TicketKey


@dataclass(frozen=True, slots=True)
class Failed:
    """A member of a bulk create that was not made; ``status`` is what it would be alone."""

    status: int
    problems: Problems


def made(part: Part) -> Made:
    """Read the answer to a create: it holds no status, so none is read."""
    return Made(numeric_id(part["id"]), TicketKey(part["key"].text()))


def bulk_results(answer: object, count: int) -> tuple[Made | Failed, ...]:
    """Read the answer to a bulk create of ``count`` tickets, one result each, in their order.

    Jira lists those made without the failed ones among them, and says of each failed one which it
    was, counted from 0. Raises ``PayloadError`` where the two lists do not add up, since then
    nobody can say which ticket is whose.
    """
    top = Part(answer, "")
    failed: dict[int, Failed] = {}
    for part in top["errors"].each():
        number = part["failedElementNumber"].number()
        if number in failed or not 0 <= number < count:
            raise part["failedElementNumber"].wrong(f"a number of its own from 0 to {count - 1}")
        status = part["status"].number_or_none()
        failed[number] = Failed(
            400 if status is None else status,
            problems(part["elementErrors"].value),
        )
    issues = [made(part) for part in top["issues"].each()]
    if len(issues) + len(failed) != count:
        what = f"{len(issues)} made and {len(failed)} failed tickets in answer to {count}"
        raise PayloadError(f"Jira told of {what}, so it is not known which are whose.")
    rest = iter(issues)
    return tuple(failed.get(number) or next(rest) for number in range(count))


def problems(answer: object) -> Problems:
    """Read an error answer; never raises, since proxies answer with all kinds of things."""
    if not isinstance(answer, dict):
        return Problems()
    messages = answer.get("errorMessages")
    listed = messages if isinstance(messages, list) else [messages]
    # A gateway before Jira says it in its own words: "message", "errorMessage" or "error".
    listed += [answer.get(name) for name in ("message", "errorMessage", "error", "detail")]
    fields = answer.get("errors")
    return Problems(
        tuple(text for text in listed if isinstance(text, str) and text.strip()),
        {str(name): str(why) for name, why in fields.items()} if isinstance(fields, dict) else {},
    )
