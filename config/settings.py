"""The settings, all in one value, and how they are read.

They come from a TOML file and from the environment, which wins. Nothing is read when this module
is imported: :func:`load` is told which file, which environment, and which services have settings.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PrivateAttr, SecretStr, ValidationError, create_model
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from config.groups import (
    DraftSettings,
    MaskingSettings,
    QuietTime,
    ReminderSettings,
    RepeatSettings,
    RouteSettings,
    ScheduleSettings,
    TemplateSettings,
    TicketSettings,
    reachable,
    told_apart,
)
from config.page_users import PageToken, PeopleSettings
from config.problems import ConfigurationProblems, Location, sentences
from config.sources import (
    DOCUMENTS_TABLE,
    SettingsFile,
    mistyped,
    read_file,
    read_variables,
    variables_of,
    with_documents,
    with_secrets,
)
from config.template_names import DocumentNames, Names
from config.values import (
    Author,
    DatabaseAddress,
    DirectoryLocation,
    DocumentAddress,
    Documents,
    LogFormat,
    LogFormatInAnyCase,
    LogLevel,
    LogLevelInAnyCase,
    PublicAddress,
    TemplateFile,
    Zone,
    template_text,
)
from connectors.settings import (
    FromEnvironment,
    Place,
    ServiceSettings,
    Text,
    easy_to_guess,
    is_loopback,
)

Group = TypeVar("Group", bound=ServiceSettings)
_A_WEEK = timedelta(days=7)


class Settings(BaseSettings):
    """All settings, checked; :func:`load` makes them, with a field for each service's group.

    Relative paths start where the command was started.

    ``priorities`` maps a word in the document to the name of a tracker's priority, ``owners`` a
    name in the document to an e-mail address or account. ``token`` opens the web page and its API.
    ``documents_url`` is where people open a document, with ``{document}`` for its path; in the file
    it may stand in the table ``[documents]`` as ``url``, beside ``location``.
    ``ca_bundle`` is a file of authorities that are trusted besides the public ones.
    """

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    _warnings: tuple[str, ...] = PrivateAttr(())

    documents: Annotated[Documents, FromEnvironment("POSTMORTEM_DOCUMENTS")] = DirectoryLocation(
        Path("postmortems")
    )
    documents_url: DocumentAddress | None = None
    commit_author: Author = "postmortem-worker <postmortem-worker@localhost>"
    database_url: Annotated[
        DatabaseAddress, FromEnvironment("POSTMORTEM_DATABASE_URL", secret=True)
    ] = SecretStr("sqlite:///postmortem.db")
    timezone: Annotated[Zone, FromEnvironment("POSTMORTEM_TIMEZONE")] = ZoneInfo("UTC")
    template: Annotated[TemplateFile | None, FromEnvironment("POSTMORTEM_TEMPLATE")] = None
    templates: Annotated[tuple[TemplateSettings, ...], AfterValidator(told_apart)] = ()
    ca_bundle: Annotated[Path | None, FromEnvironment("POSTMORTEM_CA_BUNDLE")] = None
    public_url: Annotated[PublicAddress | None, FromEnvironment("POSTMORTEM_PUBLIC_URL")] = None
    token: Annotated[PageToken | None, FromEnvironment("POSTMORTEM_TOKEN", secret=True)] = None
    log_format: Annotated[LogFormatInAnyCase, FromEnvironment("POSTMORTEM_LOG_FORMAT")] = (
        LogFormat.TEXT
    )
    log_level: Annotated[LogLevelInAnyCase, FromEnvironment("POSTMORTEM_LOG_LEVEL")] = LogLevel.INFO
    routes: Annotated[tuple[RouteSettings, ...], AfterValidator(reachable)] = ()
    priorities: Mapping[Text, Text] = {}
    owners: Mapping[Text, Text] = {}
    drafts: DraftSettings = DraftSettings()
    repeats: RepeatSettings = RepeatSettings()
    masking: MaskingSettings = MaskingSettings()
    tickets: TicketSettings = TicketSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    reminders: ReminderSettings = ReminderSettings()
    people: PeopleSettings = PeopleSettings()
    quiet_times: tuple[QuietTime, ...] = ()
    document_names: DocumentNames = Field(default_factory=Names)

    def __init__(self, *layers: Mapping[str, object]) -> None:
        """Take values of several origins, in tables as in the file; an earlier one wins by key."""
        super().__init__(layers=layers)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the package's signature
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the layers, and read nothing else: what is read is for :func:`load` to decide."""
        layers = init_settings().get("layers", ())
        return tuple(InitSettingsSource(settings_cls, dict(layer)) for layer in layers)

    def group(self, kind: type[Group]) -> Group:
        """Give the settings of one service."""
        found: Group = getattr(self, kind.key)
        return found

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
            return template_text(self.template)
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
        if not self.is_guarded and not is_loopback(host):
            told = f"The web page would be open to everyone who can reach {host}."
            remedy = "Set POSTMORTEM_TOKEN, or serve on 127.0.0.1."
            raise ConfigurationProblems([f"{told} {remedy}"])

    @property
    def is_guarded(self) -> bool:
        """Whether nobody comes in to the web page who does not say who they are."""
        people = self.people
        return self.token is not None or people.file is not None or people.trusts_a_proxy


@cache
def settings_class(groups: tuple[type[ServiceSettings], ...]) -> type[Settings]:
    """Give the settings of the program together with a group of settings for each service.

    Raises ``ConfigurationProblems`` where two groups share a key, or one takes the program's own.
    """
    if problems := list(_taken_keys(groups)):
        raise ConfigurationProblems(problems)
    services: dict[str, Any] = {group.key: (group, group()) for group in groups}
    tables = create_model("ServiceTables", __base__=BaseSettings, **services)
    # the services' fields come first, so that what is wrong with them is told first
    return type("Settings", (Settings, tables), {"__doc__": Settings.__doc__})


def _taken_keys(groups: Sequence[type[ServiceSettings]]) -> Iterator[str]:
    tables = dict.fromkeys(Settings.model_fields, "the program itself")
    for group in groups:
        if group.key in tables:
            yield (
                f"The settings of {group.__name__} and of {tables[group.key]} are both called "
                f"'{group.key}'. Give {group.__name__} another key."
            )
        tables[group.key] = group.__name__


def load(
    path: Path | None,
    environ: Mapping[str, str],
    groups: Sequence[type[ServiceSettings]],
    *,
    file_too: bool = True,
) -> Settings:
    """Read the settings file and the environment (see ``config.sources``), and check them.

    ``groups`` are the settings of the services there are. Without ``file_too`` the environment is
    all that is read, whatever files there are. Raises ``ConfigurationProblems`` with
    everything that is wrong, at once.
    """
    problems: list[str] = []
    kind = settings_class(tuple(groups))
    variables = variables_of(kind)
    names = {variable.place: variable.name for variable in variables}
    set_there = read_variables(variables, environ, problems.append)
    file = read_file(kind, path, environ, problems.append) if file_too else SettingsFile()
    in_file = with_secrets(file, variables, set_there, problems.append)
    in_file = with_documents(in_file, file, problems.append)

    def given(place: Place) -> bool:
        variable = names.get(place, "")
        in_environment = environ.get(variable) or environ.get(f"{variable}_FILE")
        *above, key = place
        return bool(in_environment) or any(
            _holds(file.values, (*above, written)) for written in (key, f"{key}_file")
        )

    def name(location: Location) -> str:
        place = tuple(str(part) for part in location)
        return names[place] if place in set_there else _in_file(location, file)

    if file.legible:
        problems += [told for group in groups for told in group.contradictions(given)]
    try:
        settings = kind(_tables(set_there), in_file)
    except ValidationError as error:
        problems += sentences(error, kind, name)
    odd = mistyped(variables, environ)
    if problems:
        raise ConfigurationProblems(problems, odd)
    odd += tuple(easy_to_guess(settings.group(one) for one in groups))
    settings._warnings = odd
    return settings


_DOCUMENTS_TABLE: Mapping[Location, Location] = {
    (field,): ("documents", key) for key, field in DOCUMENTS_TABLE.items()
}


def _tables(variables: Mapping[Place, str]) -> Mapping[str, object]:
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


def _in_file(location: Location, file: SettingsFile) -> str:
    """Name a setting as the file has it: ``routes #1 labels #2 in postmortem.toml``."""
    if isinstance(file.values.get("documents"), dict):
        location = _DOCUMENTS_TABLE.get(location, location)
    name = ""
    for part in location:
        name += f" #{part + 1} " if isinstance(part, int) else f".{part}"
    return f"{name.replace(' .', ' ').strip('. ')} in {file.path}"
