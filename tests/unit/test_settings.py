"""What settings mean, and where they come from."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, SecretStr, ValidationError

from config.groups import CreateWhen, Day, DraftSettings, RuleAction, RuleSettings, Urgency
from config.problems import ConfigurationProblems
from config.settings import Settings, settings_class
from config.settings import load as load_groups
from config.sources import variables_of
from config.template_names import COLUMNS, HEADINGS, LABELS, Column, Section, Slot
from config.values import DirectoryLocation, GitLocation
from connectors.jira.settings import JiraSettings
from connectors.pagerduty.settings import PagerDutySettings
from connectors.settings import ServiceSettings
from worker.app.composition import policy
from worker.app.registry import CONNECTORS
from worker.app.registry import load_settings as load

SETTINGS = settings_class(tuple(kind.group for kind in CONNECTORS))
VARIABLES = variables_of(SETTINGS)
REMOTE = "documents = 'git+ssh://git@github.com/team/pm.git'"
JIRA_CLOUD = {
    "JIRA_URL": "https://jira.example.com/",
    "JIRA_EMAIL": "bot@example.com",
    "JIRA_API_TOKEN": "cloud-token",
    "JIRA_PROJECT": "OPS",
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Start where no settings file lies."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load_alone(environ: Mapping[str, str]) -> Settings:
    """Read settings of every service that need none beside them, and exclude none."""

    def alone(group: type[ServiceSettings]) -> type[ServiceSettings]:
        return type(group.__name__, (group,), {"contradictions": lambda _: ()})

    return load_groups(None, environ, [alone(kind.group) for kind in CONNECTORS])


def from_text(text: str, environ: Mapping[str, str] | None = None) -> Settings:
    file = Path("settings.toml")
    file.write_text(text, "utf-8")
    return load(file, environ or {})


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("documents = 'pm'\ndocuments_url = 'https://pm.example.com/'", "pm"),
        ("[documents]\nlocation = 'pm'\nurl = 'https://pm.example.com'", "pm"),
        ("[documents]\nurl = 'https://pm.example.com'", "postmortems"),
    ],
)
def test_documents_are_a_text_or_a_table(text: str, location: str) -> None:
    settings = from_text(text)
    assert settings.documents == DirectoryLocation(Path(location))
    assert settings.documents_url == "https://pm.example.com/{document}"
    elsewhere = from_text(text, {"POSTMORTEM_DOCUMENTS": "other"})
    assert elsewhere.documents == DirectoryLocation(Path("other"))
    assert elsewhere.documents_url == "https://pm.example.com/{document}"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (REMOTE, "https://github.com/team/pm/blob/main/{document}"),
        (f"public_url = 'https://pm.example.com'\n{REMOTE}", ""),
        (
            "documents_url = 'https://x.example/?p={document}&raw'\n" + REMOTE,
            "https://x.example/?p={document}&raw",
        ),
        ("documents = 'pm'", ""),
        ("documents = 'git+ssh://git@git.example.com/team/pm.git'", ""),
        (
            "public_url = 'https://pm.example.com'\n[documents]\nurl = 'https://x.example'",
            "https://x.example/{document}",
        ),
    ],
)
def test_people_open_a_document_where_it_says_or_where_its_remote_shows_it(
    text: str, address: str
) -> None:
    assert policy(from_text(text), None, None).document_address == address


def test_nothing_given_is_enough_for_the_defaults_that_the_interface_names() -> None:
    settings = load(None, {})
    assert settings.group(PagerDutySettings).api_url == "https://api.pagerduty.com"
    assert settings.group(JiraSettings).issue_type == "Task"
    assert settings.group(JiraSettings).index_lag == timedelta(seconds=60)
    assert settings.group(PagerDutySettings).calls_per_minute == 900
    assert settings.group(JiraSettings).calls_per_minute == 600
    assert settings.documents == DirectoryLocation(Path("postmortems"))
    assert settings.sqlalchemy_url == "sqlite:///postmortem.db"
    assert settings.timezone == ZoneInfo("UTC")
    assert settings.tickets.create is CreateWhen.ALWAYS
    assert not settings.group(JiraSettings).url
    assert not settings.group(PagerDutySettings).api_key
    assert settings.warnings == ()


def test_every_variable_of_the_interface_sets_its_setting(elsewhere: Path) -> None:
    (elsewhere / "team.md").write_text("# Postmortem: [Incident Title]\n")
    settings = load(
        None,
        {
            **JIRA_CLOUD,
            "PAGERDUTY_API_KEY": "pd-key",
            "PAGERDUTY_API_URL": "https://api.eu.pagerduty.com",
            "PAGERDUTY_WEBHOOK_SECRET": "the-newer-of-the-two, the-older-of-the-two",
            "JIRA_ISSUE_TYPE": "Bug",
            "JIRA_WEBHOOK_SECRET": "jira-secret",
            "POSTMORTEM_DOCUMENTS": "git+ssh://git@git.example.com/pm.git#trunk:2026/incidents",
            "POSTMORTEM_DATABASE_URL": "postgresql://worker:pw@db.example.com/postmortem",
            "POSTMORTEM_TIMEZONE": "Europe/Berlin",
            "POSTMORTEM_TEMPLATE": "team.md",
            "POSTMORTEM_PUBLIC_URL": "https://postmortems.example.com/",
            "POSTMORTEM_TOKEN": "open-sesame-if-you-please",
        },
    )
    assert revealed(settings.group(PagerDutySettings)) == {
        "api_key": "pd-key",
        "api_url": "https://api.eu.pagerduty.com",
        "webhook_secrets": ["the-newer-of-the-two", "the-older-of-the-two"],
        "calls_per_minute": 900,
    }
    assert revealed(settings.group(JiraSettings)) == {
        "url": "https://jira.example.com",
        "email": "bot@example.com",
        "api_token": "cloud-token",
        "personal_token": None,
        "project": "OPS",
        "issue_type": "Bug",
        "webhook_secrets": ["jira-secret"],
        "index_lag": timedelta(minutes=1),
        "calls_per_minute": 600,
    }
    assert settings.documents == GitLocation(
        "ssh://git@git.example.com/pm.git", "trunk", "2026/incidents"
    )
    assert settings.sqlalchemy_url == "postgresql+psycopg://worker:pw@db.example.com/postmortem"
    assert settings.timezone == ZoneInfo("Europe/Berlin")
    assert settings.template_text() == "# Postmortem: [Incident Title]\n"
    assert settings.public_url == "https://postmortems.example.com"
    assert settings.token is not None
    assert settings.token.get_secret_value() == "open-sesame-if-you-please"
    assert settings.group(JiraSettings).url
    assert settings.group(PagerDutySettings).api_key


def revealed(part: BaseModel) -> dict[str, object]:
    """Give a group of settings as plain values, its secrets included."""

    def reveal(value: object) -> object:
        if isinstance(value, tuple):
            return [reveal(each) for each in value]
        return value.get_secret_value() if isinstance(value, SecretStr) else value

    return {key: reveal(value) for key, value in part}


def test_the_environment_wins_over_the_file_key_by_key() -> None:
    settings = from_text(
        '[jira]\nurl = "https://one.example.com"\nemail = "bot@example.com"\n'
        'api_token = "t"\nproject = "OPS"\n',
        {"JIRA_PROJECT": "WEB", "JIRA_ISSUE_TYPE": ""},
    )
    assert settings.group(JiraSettings).project == "WEB"
    assert settings.group(JiraSettings).url == "https://one.example.com"
    assert settings.group(JiraSettings).issue_type == "Task", "an empty variable is as good as none"


def test_the_file_is_the_one_named_else_the_environments_else_the_one_that_lies_there() -> None:
    for name, zone in (("a", "Asia/Tokyo"), ("b", "Asia/Seoul"), ("postmortem", "Asia/Dubai")):
        Path(f"{name}.toml").write_text(f'timezone = "{zone}"\n')
    named = {"POSTMORTEM_CONFIG": "b.toml"}
    assert load(Path("a.toml"), named).timezone.key == "Asia/Tokyo"
    assert load(None, named).timezone.key == "Asia/Seoul"
    assert load(None, {}).timezone.key == "Asia/Dubai"


@pytest.mark.parametrize("variable", [v.name for v in VARIABLES if v.secret])
def test_every_secret_may_be_in_a_file_whose_last_line_break_is_no_part_of_it(
    variable: str, elsewhere: Path
) -> None:
    odd = {
        "POSTMORTEM_DATABASE_URL": "postgresql://db/x",
        "POSTMORTEM_REMINDERS_NOTIFY": "json://x",
    }
    secret = odd.get(variable, "hush-hush-hush-hush")
    (elsewhere / "secret").write_text(f"{secret}\r\n")
    settings = load_alone({f"{variable}_FILE": "secret"})
    (place,) = (v.place for v in VARIABLES if v.name == variable)
    value: object = settings
    for key in place:
        value = getattr(value, key)
    given = value if isinstance(value, tuple) else (value,)
    assert [each.get_secret_value() for each in given] == [secret]


def test_a_secret_may_be_in_a_file_that_the_settings_file_names(elsewhere: Path) -> None:
    (elsewhere / "key").write_text("from-a-file-of-its-own\n")
    settings = from_text('token_file = "key"\n[pagerduty]\napi_key_file = "key"\n')
    assert settings.group(PagerDutySettings).api_key is not None
    assert settings.group(PagerDutySettings).api_key.get_secret_value() == "from-a-file-of-its-own"
    assert settings.token is not None
    assert settings.token.get_secret_value() == "from-a-file-of-its-own"


def test_a_secrets_file_is_not_read_where_the_environment_gives_the_secret() -> None:
    settings = from_text(
        '[pagerduty]\napi_key_file = "not-there"\n', {"PAGERDUTY_API_KEY": "from-the-environment"}
    )
    assert settings.group(PagerDutySettings).api_key


def test_the_rest_of_the_file_says_what_it_says() -> None:
    settings = from_text(
        """
        [[routes]]
        services = ["Checkout API"]
        project = "PAY"
        labels = ["postmortem"]
        fields = { customfield_1 = { value = "x" } }
        [[routes]]
        project = "OPS"
        [priorities]
        P1 = "Highest"
        [owners]
        "Ada" = "ada@example.com"
        [drafts]
        urgency = "high"
        minimum_duration = "1h30m"
        [drafts.rules.notify_log_entry]
        action = "drop"
        [tickets]
        create = "reviewed"
        quiet_for = "0s"
        [schedule]
        every = "30s"
        """
    )
    first, last = settings.routes
    assert (first.services, first.project, first.issue_type) == (("Checkout API",), "PAY", None)
    assert first.fields == {"customfield_1": {"value": "x"}}
    assert last.project == "OPS"
    assert settings.priorities == {"P1": "Highest"}
    assert settings.owners == {"Ada": "ada@example.com"}
    assert settings.drafts == DraftSettings(
        urgency=Urgency.HIGH,
        minimum_duration=timedelta(minutes=90),
        rules={"notify_log_entry": RuleSettings(action=RuleAction.DROP)},
    )
    assert settings.tickets.create is CreateWhen.REVIEWED
    assert settings.tickets.quiet_for == timedelta()
    assert settings.schedule.every == timedelta(seconds=30)


def test_a_teams_names_lie_over_the_built_in_ones() -> None:
    names = from_text(
        """
        [document_names.headings]
        summary = "Zusammenfassung"
        [document_names.labels]
        summary.duration = "Dauer"
        "summary.impact" = "Folgen"
        """
    ).document_names
    assert names.headings == {**HEADINGS, Section.SUMMARY: "Zusammenfassung"}
    assert names.labels == {**LABELS, Slot.DURATION: "Dauer", Slot.IMPACT: "Folgen"}
    assert names.columns == COLUMNS
    assert names.columns[Column.TASK] == "Task Description"


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        ("2026-03-02T21:00Z", True),  # Monday 22:00 in Berlin: it begins
        ("2026-03-02T20:59Z", False),
        ("2026-03-03T05:59Z", True),  # Tuesday 06:59, still Monday's
        ("2026-03-03T06:00Z", False),  # 07:00: it has ended
        ("2026-03-03T21:30Z", False),  # Tuesday is not among the days
        ("2026-03-07T12:00Z", True),  # Saturday, a whole day
        ("2026-03-07T22:59Z", True),
        ("2026-03-07T23:00Z", False),  # Sunday 00:00
        ("2026-03-04T11:59Z", True),  # Wednesday 12:59
        ("2026-03-04T12:00Z", False),
    ],
)
def test_quiet_times_begin_on_their_days_and_last_until_the_clock_shows_their_end(
    at: str, quiet: bool
) -> None:
    settings = from_text(
        """
        timezone = "Europe/Berlin"
        [[quiet_times]]
        from = "22:00"
        to = 07:00:00
        days = ["Mon"]
        [[quiet_times]]
        from = "00:00"
        to = "00:00"
        days = ["sat"]
        [[quiet_times]]
        from = "12:00"
        to = "13:00"
        days = ["wed"]
        """
    )
    assert settings.quiet_times[0].end == time(7)
    assert settings.quiet_times[0].days == (Day.MON,)
    assert settings.is_quiet(datetime.fromisoformat(at)) is quiet


def test_the_hour_that_the_clock_shows_twice_is_quiet_twice() -> None:
    settings = from_text(
        'timezone = "Europe/Berlin"\n[[quiet_times]]\nfrom = "02:00"\nto = "03:00"\n'
    )
    hours = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in range(3)]
    assert [settings.is_quiet(at) for at in hours] == [True, True, False]
    assert [settings.quiet_for(at) for at in hours] == [
        timedelta(minutes=90),
        timedelta(minutes=30),
        timedelta(0),
    ]


def test_a_quiet_time_without_an_end_is_asked_about_again_in_a_week() -> None:
    settings = from_text('[[quiet_times]]\nfrom = "00:00"\nto = "00:00"\n')
    quiet = settings.quiet_for(datetime(2026, 11, 2, 12, 0, 30, tzinfo=UTC))
    assert timedelta(days=7) <= quiet <= timedelta(days=7, minutes=1)


def test_a_remote_as_git_writes_it_is_not_taken_for_a_directory() -> None:
    with pytest.raises(ConfigurationProblems, match=r"Write it as git\+ssh://git@host"):
        load(None, {"POSTMORTEM_DOCUMENTS": "git@git.example.com:team/postmortems.git"})


def test_the_built_in_template_is_the_default() -> None:
    assert load(None, {}).template_text().startswith("# Postmortem: [Incident Title]\n")


def test_a_template_that_has_gone_since_is_a_problem_that_names_it(elsewhere: Path) -> None:
    file = elsewhere / "team.md"
    file.write_text("# Ours\n")
    settings = load(None, {"POSTMORTEM_TEMPLATE": "team.md"})
    file.unlink()
    with pytest.raises(ConfigurationProblems, match=r"team\.md, which cannot be read"):
        settings.template_text()


def test_settings_cannot_be_changed() -> None:
    settings = load(None, {})
    with pytest.raises(ValidationError, match="frozen"):
        settings.token = None  # type: ignore[misc] # that it is refused is the point
    with pytest.raises(ValidationError, match="frozen"):
        settings.group(JiraSettings).project = "X"  # type: ignore[misc] # as above


def test_only_what_is_passed_in_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGERDUTY_API_KEY", "from-the-real-environment")
    monkeypatch.setenv("TOKEN", "somebody-elses")
    assert load(None, {}) == load(None, {"TOKEN": "somebody-elses"})
    assert load(None, {}).token is None
    assert not load(None, {}).group(PagerDutySettings).api_key


def test_the_annotated_example_changes_nothing_as_it_is() -> None:
    example = resources.files("config").joinpath("postmortem.toml").read_text("utf-8")
    assert from_text(example) == load(None, {})


def uncommented() -> str:
    """Give the annotated example with every setting in force: ``#key`` is one, ``# text`` not."""
    example = resources.files("config").joinpath("postmortem.toml").read_text("utf-8")
    lines = example.splitlines()
    return "\n".join(
        line[1:] if line.startswith("#") and line[1:2] not in ("", " ") else line for line in lines
    )


def test_every_line_of_the_annotated_example_is_valid(elsewhere: Path) -> None:
    (elsewhere / "team-template.md").write_text("# Ours\n")
    settings = from_text(uncommented())
    assert settings.routes[0].components == ("Checkout",)
    assert settings.quiet_times[0].start == time(22)
    assert settings.document_names.columns[Column.OWNER] == "Verantwortlich"


def test_the_annotated_example_shows_every_setting_and_variable() -> None:
    text = uncommented()
    for name, field in SETTINGS.model_fields.items():
        assert name in text, f"the setting {name} is not in the example"
        default = field.get_default(call_default_factory=True)
        inner = type(default).model_fields if isinstance(default, BaseModel) else {}
        for key in inner:
            assert key in text, f"the setting {name}.{key} is not in the example"
    for variable in VARIABLES:
        assert variable.name in text, f"{variable.name} is not in the example"


def test_lines_of_a_file_that_windows_wrote_end_no_value() -> None:
    settings = load_alone(
        {
            "POSTMORTEM_DOCUMENTS": "./postmortems\r",
            "POSTMORTEM_TIMEZONE": " Europe/Berlin\r\n",
            "PAGERDUTY_API_URL": "https://api.eu.pagerduty.com\n",
            "JIRA_PROJECT": "OPS\r\n",
        }
    )
    assert settings.documents == DirectoryLocation(Path("postmortems"))
    assert str(settings.timezone) == "Europe/Berlin"


def test_what_an_editor_of_windows_puts_before_a_text_is_no_part_of_it(elsewhere: Path) -> None:
    mark = b"\xef\xbb\xbf"
    elsewhere.joinpath("key").write_bytes(mark + b"a-key\r\n")
    elsewhere.joinpath("file.toml").write_bytes(mark + b"timezone = 'Europe/Berlin'\r\n")
    settings = load(None, {"PAGERDUTY_API_KEY_FILE": "key", "POSTMORTEM_CONFIG": "file.toml\r"})
    assert str(settings.timezone) == "Europe/Berlin"
    assert settings.group(PagerDutySettings).api_key == SecretStr("a-key")


def test_a_path_may_begin_at_home(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(elsewhere))
    elsewhere.joinpath("key").write_text("a-key", "utf-8")
    elsewhere.joinpath("own.md").write_text("# Postmortem", "utf-8")
    settings = load(
        None,
        {
            "PAGERDUTY_API_KEY_FILE": "~/key",
            "POSTMORTEM_TEMPLATE": "~/own.md",
            "POSTMORTEM_DATABASE_URL": "sqlite:///~/pm.db",
        },
    )
    assert settings.sqlalchemy_url == f"sqlite:///{elsewhere}/pm.db"
    assert settings.template_text() == "# Postmortem"
