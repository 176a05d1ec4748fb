"""The settings file: which one it is, and what it holds."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic_settings import BaseSettings, TomlConfigSettingsSource

from config.variables import CONFIG_VARIABLE, Problem, Variable, read_secret
from connectors.settings import Place

DEFAULT_FILE = Path("postmortem.toml")


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What the settings file holds; ``path`` is None where there is none.

    ``legible`` is false where its text could not be read, so that nothing is known of what it
    sets.
    """

    path: Path | None = None
    values: dict[str, object] = field(default_factory=dict)
    legible: bool = True


def read_file(
    settings: type[BaseSettings], path: Path | None, environ: Mapping[str, str], problem: Problem
) -> SettingsFile:
    """Read ``path``, else what ``$POSTMORTEM_CONFIG`` names, else ``./postmortem.toml`` if any."""
    named = path or Path(environ.get(CONFIG_VARIABLE) or DEFAULT_FILE)
    if not named.is_file():
        if path is None and not environ.get(CONFIG_VARIABLE) and not named.exists():
            return SettingsFile()
        problem(f"The settings file {named} does not exist or is no file. Name one that does.")
        return SettingsFile(named, legible=False)
    try:
        return SettingsFile(named, dict(TomlConfigSettingsSource(settings, named)()))
    except tomllib.TOMLDecodeError as error:
        problem(f"The settings file {named} is not TOML: {error}. Mend that line.")
    except UnicodeDecodeError as error:
        problem(f"The settings file {named} is not UTF-8 (byte {error.start}). Save it as UTF-8.")
    except OSError as error:
        problem(f"The settings file {named} cannot be read ({error.strerror}). Let it be read.")
    return SettingsFile(named, legible=False)


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
