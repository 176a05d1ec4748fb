"""From pydantic's findings to sentences that a person can act on, none of which quotes a secret."""

import difflib
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.sources import variables_of

Location = tuple[int | str, ...]
"""Where a value stands, as pydantic counts: positions in lists from 0."""


_MEND = "Correct it, or leave it out."
_ON_TOP = " above the first line with a [table]"
_KINDS: Mapping[str, str] = {
    "string_type": "a text in quotes",
    "path_type": "a path in quotes",
    "dict_type": "a table",
    "model_type": "a table",
    "mapping_type": "a table",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
}
"""What people call the types of values that pydantic names."""
_IN_LISTS: Mapping[str, str] = {
    "teams": "Payments",
    "priorities": "P1",
    "incident_types": "security_incident",
    "labels": "postmortem",
    "components": "API",
    "days": "sat",
    "action_marks": "Action:",
    "patterns": "key-[0-9a-f]{32}",
    "nothing": "none",
    "webhook_secrets": "SECRET",
}
"""What may stand in a list; in those that are not named, a service."""


class ConfigurationProblems(Exception):
    """Settings that cannot be used: ``problems`` holds a sentence with its remedy for each.

    ``warnings`` are what is odd besides, and would keep nothing from being done. The text is all of
    them, one a line. No sentence holds the value of a secret.
    """

    def __init__(self, problems: Iterable[str], warnings: Iterable[str] = ()) -> None:
        self.problems = tuple(problems)
        self.warnings = tuple(warnings)
        super().__init__(*self.problems)

    def __str__(self) -> str:
        return "\n".join((*self.problems, *self.warnings))


def sentences(
    error: ValidationError, settings: type[BaseModel], name: Callable[[Location], str]
) -> list[str]:
    """Give one sentence a finding. ``name`` says what people call the setting at a location.

    Only the messages are used, never the input. Those of our own types are written to be read
    behind the setting's name; they quote a value only where it is no secret.
    """
    found = error.errors(include_url=False, include_input=False)
    return [_sentence(details, settings, name) for details in found]


def _sentence(
    details: ErrorDetails, settings: type[BaseModel], name: Callable[[Location], str]
) -> str:
    location = details["loc"]
    if details["type"] == "extra_forbidden":
        hint = _elsewhere(str(location[-1]), settings)
        return _unknown(location, _keys(settings, location[:-1]), name, hint)
    if details["type"] == "enum" and location[-1:] == ("[key]",):
        return _unknown(location[:-1], _choices(details), name)
    if details["type"] in {"tuple_type", "list_type"}:
        return f"{name(location)} {_list(settings, location)}"
    return f"{name(location)} {_told(details)}"


def _told(details: ErrorDetails) -> str:
    match details["type"]:
        case "enum":
            return f"must be one of {', '.join(_choices(details))}."
        case "missing":
            return "is missing. Give it."
        case "value_error":
            return str(details["ctx"]["error"])
        case "string_too_short" | "too_short":
            return "is empty. Give it a value, or leave it out."
    return f"{_wanted(details)}. {_MEND}"


def _wanted(details: ErrorDetails) -> str:
    """Say what a value must be, in words of people where there are some."""
    given = details.get("ctx", {})
    if details["type"] == "greater_than_equal":
        return f"must be {given['ge']} or more"
    if details["type"] == "less_than_equal":
        return f"must be {given['le']} or less"
    if kind := _KINDS.get(details["type"]):
        return f"must be {kind}"
    return details["msg"].replace("Input should be", "must be", 1)


def _list(settings: type[BaseModel], location: Location) -> str:
    """Say how a list is written; of tables, each has a heading of its own."""
    key = str(location[-1])
    declared = settings.model_fields.get(key) if len(location) == 1 else None
    if declared is not None and _table(declared.annotation):
        return f"must be tables, each below a line [[{key}]]. {_MEND}"
    return f'must be a list, such as ["{_IN_LISTS.get(key, "Checkout")}"]. {_MEND}'


def _elsewhere(key: str, settings: type[BaseModel]) -> str:
    """Say where a key, or a variable, belongs that stands in a wrong place; "" if nowhere."""
    for variable in variables_of(settings):
        if variable.name == key.upper():
            *above, key = variable.place
            return f" In the file it is {key}{f' below [{above[0]}]' if above else _ON_TOP}."
    if key in _keys(settings, ()):
        return f" It belongs to the program itself: write it{_ON_TOP}."
    tables = [
        f"[[{one}]]" if typing.get_origin(field.annotation) is tuple else f"[{one}]"
        for one, field in settings.model_fields.items()
        if _table(field.annotation) and key in _keys(settings, (one,))
    ]
    return f" It belongs below {' or '.join(tables)}." if tables else ""


def _unknown(
    location: Location, valid: Sequence[str], name: Callable[[Location], str], hint: str = ""
) -> str:
    near = difflib.get_close_matches(str(location[-1]), valid, n=1)
    if near and not hint:
        hint = f" Did you mean {near[0]}?"
    return f"{name(location)} is not a setting.{hint} Valid here: {', '.join(sorted(valid))}."


def _choices(details: ErrorDetails) -> list[str]:
    """Give the values of an enum from pydantic's list of them: ``'a', 'b' or 'c'``."""
    listed = str(details["ctx"]["expected"]).replace(" or ", ", ")
    return [choice.strip("'") for choice in listed.split(", ")]


def _keys(settings: type[BaseModel], location: Location) -> list[str]:
    """Give the keys of the table at ``location``.

    Positions in lists and names that people choose lead to no other table, so they are passed.
    """
    model = settings
    for part in location:
        fields = {field.alias or key: field for key, field in model.model_fields.items()}
        if part in fields:
            model = _table(fields[str(part)].annotation) or model
    secrets = [one.place for one in variables_of(settings) if one.secret]
    files = [f"{place[-1]}_file" for place in secrets if place[:-1] == location]
    return [field.alias or key for key, field in model.model_fields.items()] + files


def _table(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_table(argument) for argument in typing.get_args(annotation))
    return next((model for model in inner if model), None)
