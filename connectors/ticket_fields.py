"""What the fields of a ticket take: values with ids, and the names that people know them by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """One of the values that a field takes: what it is sent by, and what people may call it.

    ``name`` is as the account's language shows it, ``untranslated`` what it is called in all
    languages, "" where the tracker does not say. ``id`` is "" where values go by their names.
    """

    name: str
    id: str = ""
    untranslated: str = ""


def called(choices: Iterable[FieldChoice], word: str) -> tuple[FieldChoice, ...]:
    """Give the choices that ``word`` names, several where it does not tell them apart.

    By the name as shown, then by the untranslated one, then by the id; case and spacing are
    nothing, unless they tell one from another.
    """
    among = tuple(choices)
    meant = _folded(word)
    return (
        tuple(one for one in among if one.name == word)
        or tuple(one for one in among if _folded(one.name) == meant)
        or tuple(one for one in among if one.untranslated and _folded(one.untranslated) == meant)
        or tuple(one for one in among if one.id and one.id == word.strip())
    )


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


@dataclass(frozen=True, slots=True)
class ScreenField:
    """A field on the screen of a transition; ``allowed`` are the values to choose from, if told."""

    name: str
    required: bool = False
    allowed: tuple[FieldChoice, ...] = ()


class TypeLevel(Enum):
    """Where a type of tickets stands: over others, as usual, or only ever below another."""

    ABOVE = 1
    USUAL = 0
    BELOW = -1


@dataclass(frozen=True, slots=True)
class CreateFields:
    """What a create in one project and issue type takes.

    ``required`` are ids → names of the fields that must be sent and have no default;
    ``settable`` the ids of all that may be; ``priorities`` and ``components`` the allowed values.
    ``issue_type`` is the type, None where the tracker has no types. ``parent`` is the field that
    names the ticket above, "" where there is none; ``title`` the field besides the summary in which
    such a ticket has its name, "" for none. ``level`` tells where the type stands.
    """

    issue_type: FieldChoice | None = None
    required: Mapping[str, str] = field(default_factory=dict)
    settable: frozenset[str] = frozenset()
    priorities: tuple[FieldChoice, ...] = ()
    components: tuple[FieldChoice, ...] = ()
    parent: str = ""
    title: str = ""
    level: TypeLevel = TypeLevel.USUAL


class TicketField(StrEnum):
    """A field that a ticket shares with its row, as refusals name it."""

    SUMMARY = "summary"
    ASSIGNEE = "assignee"
    PRIORITY = "priority"
    DUE = "due date"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text, a link where ``url`` is given; never read as markup."""

    text: str
    url: str | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of spans."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, each item a run of spans."""

    items: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Preformatted:
    """Text shown letter by letter."""

    text: str


RichText = tuple[Paragraph | Bullets | Preformatted, ...]
