"""The environment variables, and the settings they are."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import BaseModel

from connectors.settings import Place, SettingsGroup, marks

Problem = Callable[[str], None]
"""Takes the sentence of a problem; the rest is read all the same."""


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable. A ``secret`` may be in a file that ``NAME_FILE`` names."""

    name: str
    place: Place
    secret: bool = False


CONFIG_VARIABLE = "POSTMORTEM_CONFIG"
_OWN = "POSTMORTEM_"


@cache
def variables_of(settings: type[BaseModel]) -> tuple[Variable, ...]:
    """Give the variables that settings and their tables declare, in the order of the fields."""
    found: list[Variable] = []
    for name, field in settings.model_fields.items():
        found += [Variable(one.variable, (name,), one.secret) for one in marks(settings, name)]
        if isinstance(field.annotation, type) and issubclass(field.annotation, SettingsGroup):
            inner = variables_of(field.annotation)
            found += [replace(one, place=(name, *one.place)) for one in inner]
    return tuple(found)


def read_variables(
    variables: Sequence[Variable], environ: Mapping[str, str], problem: Problem
) -> dict[Place, str]:
    """Give what the environment sets. An empty variable is as good as none.

    A secret's file is read here; its closing line break is not part of the secret.
    """
    values: dict[Place, str] = {}
    for variable in variables:
        value = environ.get(variable.name, "")
        file_name = f"{variable.name}_FILE"
        file = environ.get(file_name, "") if variable.secret else ""
        if value and file:
            problem(f"{variable.name} and {file_name} are both set. Keep one of the two.")
        elif file:
            secret = read_secret(file_name, file, problem)
            values |= {variable.place: secret} if secret else {}
        elif value:
            values[variable.place] = value
    return values


def read_secret(setting: str, file: str, problem: Problem) -> str:
    """Give what ``file`` holds less its closing line break, "" after telling of a problem."""
    try:
        secret = Path(file).read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        problem(f"{setting} names {file}, which cannot be read ({error.strerror}). Mend the path.")
        return ""
    except ValueError:
        problem(f"{setting} names {file}, which is not UTF-8 text. Name a file of plain text.")
        return ""
    if not secret:
        problem(f"{setting} names {file}, which is empty. Put the secret into it.")
    return secret


def mistyped(variables: Sequence[Variable], environ: Mapping[str, str]) -> tuple[str, ...]:
    """Give a sentence for each variable that seems to be one of ours, mistyped.

    Only near misses among ``POSTMORTEM_…`` are told: a container platform may well put variables
    of its own under the name of a service.
    """
    known = {CONFIG_VARIABLE, *(variable.name for variable in variables)}
    known |= {f"{variable.name}_FILE" for variable in variables if variable.secret}
    ours = [name.removeprefix(_OWN) for name in known if name.startswith(_OWN)]
    sentences = []
    for name in sorted(environ):
        if name.startswith(_OWN) and name not in known:
            near = difflib.get_close_matches(name.removeprefix(_OWN), ours, n=1, cutoff=0.75)
            sentences += [
                f"The environment variable {name} is not a setting and is ignored. "
                f"Did you mean {_OWN}{match}?"
                for match in near
            ]
    return tuple(sentences)
