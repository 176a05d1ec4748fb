"""Where settings come from: the environment's variables, and the settings file."""

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import BaseModel
from pydantic_settings import BaseSettings, TomlConfigSettingsSource

from config.values import OddFile, not_read, regular_file
from connectors.settings import Place, SettingsGroup, at_home, marks

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
LARGEST_SECRET_FILE = 64 * 1024
"""Bytes."""


@cache
def variables_of(settings: type[BaseModel]) -> tuple[Variable, ...]:
    """Give the variables that settings and their tables declare, in the order of the fields."""
    found: list[Variable] = []
    for name, declared in settings.model_fields.items():
        found += [Variable(one.variable, (name,), one.secret) for one in marks(settings, name)]
        if isinstance(declared.annotation, type) and issubclass(declared.annotation, SettingsGroup):
            inner = variables_of(declared.annotation)
            found += [replace(one, place=(name, *one.place)) for one in inner]
    return tuple(found)


def read_variables(
    variables: Sequence[Variable], environ: Mapping[str, str], problem: Problem
) -> dict[Place, str]:
    """Give what the environment sets. An empty variable is as good as none.

    White space around a value is none of it: files of variables that Windows wrote end each line
    with a carriage return. A secret's file is read here; its closing line break is not part of the
    secret.
    """
    values: dict[Place, str] = {}
    for variable in variables:
        value = read_variable(variable.name, environ, problem)
        file_name = f"{variable.name}_FILE"
        file = read_variable(file_name, environ, problem) if variable.secret else ""
        if value and file:
            problem(f"{variable.name} and {file_name} are both set. Keep one of the two.")
        elif file:
            secret = read_secret(file_name, file, problem)
            values |= {variable.place: secret} if secret else {}
        elif value:
            values[variable.place] = value
    return values


def read_variable(name: str, environ: Mapping[str, str], problem: Problem) -> str:
    """Give a variable's value, "" where there is none or after telling of a problem."""
    given = environ.get(name, "")
    value = given.strip() or given  # one of blanks alone is told, not taken for none
    if _stands_in_quotes(value):
        problem(
            f"{name} stands in quotes, which count as a part of it (docker's --env-file leaves "
            "them there). Take them out."
        )
        return ""
    return value


def _stands_in_quotes(value: str) -> bool:
    return len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"


def read_secret(setting: str, file: str, problem: Problem) -> str:
    """Give what ``file`` holds less its closing line break, "" after telling of a problem."""
    try:
        content = regular_file(at_home(file), LARGEST_SECRET_FILE)
        secret = content.decode("utf-8-sig").rstrip("\r\n")
    except OddFile as error:
        problem(f"{setting} names {file}, which {error}")
        return ""
    except OSError as error:
        problem(f"{setting} names {file}, which {not_read(error)}")
        return ""
    except ValueError:
        problem(f"{setting} names {file}, which is not UTF-8 text. Name a file of plain text.")
        return ""
    if not secret:
        problem(f"{setting} names {file}, which is empty. Put the secret into it.")
    if _stands_in_quotes(secret.strip()):
        problem(f"{setting} names {file}, whose text stands in quotes. Take them out.")
        return ""
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


DEFAULT_FILE = Path("postmortem.toml")
_TABLE = re.compile(r"\((?:'[^']*',? ?)+\)")
_KEY = re.compile(r"'([^']*)'")
_IN_SINGLE_QUOTES = "Write a text that has a \\ in it in single quotes, such as 'C:\\keys\\token'."


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What the settings file holds; ``path`` is None where there is none.

    ``legible`` is false where its text could not be read, so that nothing is known of what it
    sets.
    """

    path: Path | None = None
    values: dict[str, object] = field(default_factory=dict)
    legible: bool = True


class _TomlFile(TomlConfigSettingsSource):
    """A settings file, also with the mark that editors of Windows put before its first letter."""

    def _read_file(self, file_path: Path | Traversable) -> dict[str, object]:
        return tomllib.loads(file_path.read_bytes().decode("utf-8-sig"))


_MISTAKES: Mapping[str, str] = {
    "Cannot declare": "Put what stands below it the second time below the first.",
    "Cannot overwrite a value": "The key stands there twice: keep one of the two lines.",
    "Invalid hex value": _IN_SINGLE_QUOTES,
    "Unescaped '\\'": _IN_SINGLE_QUOTES,
    "Invalid value": 'Write a text in straight quotes, such as "OPS".',
}


def _mistake(told: str) -> str:
    """Give what is wrong with a file's TOML, with the remedy for what people mostly do."""
    remedies = (helps for what, helps in _MISTAKES.items() if told.startswith(what))
    table = _TABLE.sub(lambda found: f"[{'.'.join(_KEY.findall(found[0]))}]", told)
    return f"{table}. {next(remedies, 'Mend that line.')}"


def read_file(
    settings: type[BaseSettings], path: Path | None, environ: Mapping[str, str], problem: Problem
) -> SettingsFile:
    """Read ``path``, else what ``$POSTMORTEM_CONFIG`` names, else ``./postmortem.toml`` if any."""
    given = "" if path else read_variable(CONFIG_VARIABLE, environ, problem)
    named = path or Path(given or DEFAULT_FILE)
    if not named.is_file():
        if path is None and not given and not named.exists():
            return SettingsFile()
        if named.is_dir():
            problem(f"The settings file {named} is a directory. Name the file in it.")
        elif named.exists():
            problem(f"The settings file {named} is no regular file. Name one that is.")
        else:
            problem(f"The settings file {named} does not exist. Name one that does.")
        return SettingsFile(named, legible=False)
    try:
        return SettingsFile(named, dict(_TomlFile(settings, named)()))
    except tomllib.TOMLDecodeError as error:
        problem(f"The settings file {named} is not TOML: {_mistake(str(error))}")
    except UnicodeDecodeError as error:
        problem(f"The settings file {named} is not UTF-8 (byte {error.start}). Save it as UTF-8.")
    except (ValueError, RecursionError):  # numbers without end, brackets in brackets in brackets
        problem(f"The settings file {named} holds what no setting takes. Mend it.")
    except OSError as error:
        problem(f"The settings file {named} cannot be read ({error.strerror}). Let it be read.")
    return SettingsFile(named, legible=False)


DOCUMENTS_TABLE: Mapping[str, str] = {"location": "documents", "url": "documents_url"}
"""The keys of the table ``[documents]``, and the settings that they are."""


def with_documents(
    values: Mapping[str, object], file: SettingsFile, problem: Problem
) -> dict[str, object]:
    """Give values with the table ``[documents]`` taken apart; ``documents`` may also be a text."""
    table = values.get("documents")
    if not isinstance(table, Mapping):
        return dict(values)
    rest = {key: value for key, value in values.items() if key != "documents"}
    for key, value in table.items():
        if key not in DOCUMENTS_TABLE:
            near = difflib.get_close_matches(key, DOCUMENTS_TABLE, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            problem(
                f"documents.{key} in {file.path} is not a setting.{hint} "
                f"Valid here: {', '.join(DOCUMENTS_TABLE)}."
            )
        elif key == "url" and "documents_url" in rest:
            problem(f"documents.url and documents_url in {file.path} are one setting. Keep one.")
        else:
            rest[DOCUMENTS_TABLE[key]] = value
    return rest


def with_secrets(
    file: SettingsFile,
    variables: Sequence[Variable],
    elsewhere: Mapping[Place, str],
    problem: Problem,
) -> dict[str, object]:
    """Give the file's values with each ``…_file`` of a secret replaced by what that file holds.

    A secret that is given ``elsewhere`` is not read: the environment wins.
    """
    values = {
        key: dict(value) if isinstance(value, dict) else value for key, value in file.values.items()
    }
    for variable in variables:
        if not variable.secret:
            continue
        *above, key = variable.place
        table = values.get(above[0]) if above else values
        if not isinstance(table, dict) or f"{key}_file" not in table:
            continue
        setting = f"{'.'.join([*above, key])}_file in {file.path}"
        name = table.pop(f"{key}_file")
        if key in table:
            problem(f"{setting} and {key} are both set. Keep one of the two.")
        elif not isinstance(name, str) or not name:
            problem(f"{setting} must be the name of a file.")
        elif variable.place not in elsewhere:
            secret = read_secret(setting, name, problem)
            table |= {key: secret} if secret else {}
    return values
