"""The settings, all in one value, and how they are read.

They come from a TOML file and from the environment, which wins. Nothing is read when this module
is imported: :func:`load` is told which file and which environment.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PrivateAttr, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    SettingsConfigDict,
)

from config.addresses import (
    DatabaseAddress,
    DirectoryLocation,
    Documents,
    WebAddress,
    is_loopback,
)
from config.contradictions import contradictions
from config.document_names import DocumentNames
from config.drafts import Drafts
from config.errors import ConfigurationProblems
from config.file import File, read_file, with_secrets
from config.parts import Author, Secret, Text
from config.problems import Location, sentences
from config.schedule import QuietTime, Schedule
from config.sections import Names
from config.services import Jira, PagerDuty
from config.tickets import Route, Tickets, reachable
from config.variables import Place, mistyped, read_variables, variable_of
from config.zones import Zone

_A_WEEK = timedelta(days=7)
Layer = Mapping[str, object]
"""Values of one origin, in tables as in the settings file."""


def _template(path: Path) -> Path:
    _read_template(path)
    return path


def _read_template(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise ValueError(
            f"names {path}, which cannot be read ({error.strerror}). Mend the path."
        ) from None
    except UnicodeDecodeError as error:
        raise ValueError(
            f"names {path}, which is not UTF-8 (byte {error.start}). Save it as UTF-8."
        ) from None


class Settings(BaseSettings):
    """All settings, checked; :func:`load` makes them.

    Relative paths start where the command was started.

    ``priorities`` maps a word in the document to the name of a Jira priority, ``owners`` a name in
    the document to an e-mail address or account. ``token`` opens the web page and its API.
    """

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    _warnings: tuple[str, ...] = PrivateAttr(())

    pagerduty: PagerDuty = PagerDuty()
    jira: Jira = Jira()
    documents: Documents = DirectoryLocation(Path("postmortems"))
    commit_author: Author = "postmortem-worker <postmortem-worker@localhost>"
    database_url: DatabaseAddress = SecretStr("sqlite:///postmortem.db")
    timezone: Zone = ZoneInfo("UTC")
    template: Annotated[Path, AfterValidator(_template)] | None = None
    public_url: WebAddress | None = None
    token: Secret | None = None
    routes: Annotated[tuple[Route, ...], AfterValidator(reachable)] = ()
    priorities: Mapping[Text, Text] = {}
    owners: Mapping[Text, Text] = {}
    drafts: Drafts = Drafts()
    tickets: Tickets = Tickets()
    schedule: Schedule = Schedule()
    quiet_times: tuple[QuietTime, ...] = ()
    document_names: DocumentNames = Field(default_factory=Names)

    @property
    def has_pagerduty(self) -> bool:
        """Whether PagerDuty can be asked."""
        return self.pagerduty.api_key is not None

    @property
    def has_jira(self) -> bool:
        """Whether Jira can be asked. Its settings are complete, or there are none."""
        return self.jira.url is not None

    @property
    def sqlalchemy_url(self) -> str:
        """The database's address with the driver in it. It may hold a password."""
        url = self.database_url.get_secret_value()
        scheme, mark, rest = url.partition("://")
        return f"postgresql+psycopg{mark}{rest}" if scheme == "postgresql" else url

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is odd about the settings though they can be used, in sentences."""
        return self._warnings

    def template_text(self) -> str:
        """Give the template, with plain line feeds. Raises ``ConfigurationProblems``."""
        if self.template is None:
            return resources.files("config").joinpath("postmortem.md").read_text("utf-8")
        try:
            return _read_template(self.template)
        except ValueError as error:
            raise ConfigurationProblems([f"The template setting {error}"]) from None

    def is_quiet(self, at: datetime) -> bool:
        """Tell whether ``at`` (aware) is a time at which the scheduled job writes nothing."""
        local = at.astimezone(self.timezone)
        return any(quiet.holds(local) for quiet in self.quiet_times)

    def quiet_for(self, at: datetime) -> timedelta:
        """Tell how long from ``at`` (aware) it is quiet, to the minute; nothing where it is not."""
        end = at
        while self.is_quiet(end) and end - at < _A_WEEK:
            end = end.replace(second=0, microsecond=0) + timedelta(minutes=1)
        return end - at

    def require_token(self, host: str) -> None:
        """Raise ``ConfigurationProblems`` where others than this machine could come in freely."""
        if self.token is None and not is_loopback(host):
            raise ConfigurationProblems(
                [
                    f"The web page would be open to everyone who can reach {host}. "
                    "Set POSTMORTEM_TOKEN, or serve on 127.0.0.1."
                ]
            )


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the settings file (see ``config.file``) and the environment, and check them together.

    Raises ``ConfigurationProblems`` with everything that is wrong, at once.
    """
    problems: list[str] = []
    variables = read_variables(environ, problems.append)
    file = read_file(Settings, path, environ, problems.append)
    in_file = with_secrets(file, variables, problems.append)

    def given(place: Place) -> bool:
        variable = variable_of(place)
        in_environment = environ.get(variable) or environ.get(f"{variable}_FILE")
        *above, key = place
        return bool(in_environment) or any(
            _holds(file.values, (*above, written)) for written in (key, f"{key}_file")
        )

    def name(location: Location) -> str:
        place = tuple(str(part) for part in location)
        return variable_of(place) if place in variables else _in_file(location, file)

    if file.legible:
        problems += contradictions(given)
    try:
        settings = _layered(_tables(variables), in_file)
    except ValidationError as error:
        problems += sentences(error, Settings, name)
    if problems:
        raise ConfigurationProblems(problems)
    settings._warnings = mistyped(environ)
    return settings


def _layered(*layers: Layer) -> Settings:
    """Give the settings that ``layers`` make, where an earlier one wins key by key."""
    sources = tuple(InitSettingsSource(Settings, dict(layer)) for layer in layers)
    return Settings(_build_sources=(sources, {}))


def _tables(variables: Mapping[Place, str]) -> Layer:
    tables: dict[str, dict[str, str]] = {}
    top: dict[str, str] = {}
    for (first, *rest), value in variables.items():
        if rest:
            tables.setdefault(first, {})[rest[0]] = value
        else:
            top[first] = value
    return {**top, **tables}


def _holds(values: object, place: Place) -> bool:
    for key in place:
        if not isinstance(values, Mapping) or key not in values:
            return False
        values = values[key]
    return True


def _in_file(location: Location, file: File) -> str:
    """Name a setting as the file has it: ``routes #1 labels #2 in postmortem.toml``."""
    name = ""
    for part in location:
        name += f" #{part + 1} " if isinstance(part, int) else f".{part}"
    return f"{name.replace(' .', ' ').strip('. ')} in {file.path}"
