"""Where an incident's tickets go, and how they are closed there."""

from dataclasses import dataclass, field

from connectors.tickets import Json


@dataclass(frozen=True, slots=True)
class ClosingRules:
    """How the tickets of a route are closed.

    ``transition`` is the name or id of the move to take where several lead to a done status, ""
    for none; ``resolution`` the name or id of the one to set; ``fields`` are further ones, by the
    tracker's ids, as its API takes them. What a move has no field for is not sent with it.
    """

    transition: str = ""
    resolution: str = ""
    fields: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """Where an incident's tickets go, and what they carry besides the row's own fields."""

    project: str
    issue_type: str
    labels: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    fields: Json = field(default_factory=dict)
    closing: ClosingRules = field(default_factory=ClosingRules)
