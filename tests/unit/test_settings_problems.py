"""What settings that cannot be used are told, all at once and without a secret."""

import itertools
import os
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.problems import ConfigurationProblems
from config.settings import load as load_groups
from config.values import not_read
from connectors.jira.settings import JiraSettings
from connectors.settings import ServiceSettings, parse_duration
from tests.unit.test_settings import JIRA_CLOUD, SETTINGS, VARIABLES, load_alone
from worker.app.registry import CONNECTORS
from worker.app.registry import load_settings as load


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Start where no settings file lies."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problems(text: str = "", environ: dict[str, str] | None = None) -> tuple[str, ...]:
    """Give what is told of a settings file that holds ``text``."""
    Path("settings.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigurationProblems) as raised:
        load(Path("settings.toml"), environ or {})
    told = (*raised.value.problems, *raised.value.warnings)
    assert str(raised.value).splitlines() == list(told)
    return told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tokne = 'x'", "tokne in settings.toml is not a setting. Did you mean token?"),
        (
            "[jira]\nprojct = 'OPS'",
            "jira.projct in settings.toml is not a setting. Did you mean project? "
            "Valid here: api_token, api_token_file, calls_per_minute, email, index_lag, "
            "issue_type, personal_token, personal_token_file, project, url, webhook_secrets, "
            "webhook_secrets_file.",
        ),
        (
            "[[routes]]\nlabel = ['x']",
            "routes #1 label in settings.toml is not a setting. Did you mean labels?",
        ),
        (
            "[drafts.rules.notify_log_entry]\naction = 'drop'\nword = ''",
            "drafts.rules.notify_log_entry.word in settings.toml is not a setting. "
            "Did you mean wording? Valid here: action, wording.",
        ),
        (
            "[drafts.rules.notify_log_entry]\naction = 'hide'",
            "drafts.rules.notify_log_entry.action in settings.toml must be one of keep, fold, "
            "drop.",
        ),
        (
            "[document_names.headings]\nsumary = 'x'",
            "document_names.headings.sumary in settings.toml is not a setting. Did you mean "
            "summary?",
        ),
        (
            "[document_names.words]\nx = 'y'",
            "document_names in settings.toml holds 'words', which is not a setting. Valid here: "
            "headings, labels, columns, nothing.",
        ),
        (
            "[document_names.columns]\nowner = 'Who'\ntask = 'who'",
            "document_names in settings.toml calls both task and owner 'Who'. Give each its own "
            "name.",
        ),
        ("[document_names]\nlabels = 5", "document_names.labels in settings.toml must be"),
        ("document_names = 5", "document_names in settings.toml must be"),
        (
            "[document_names.headings]\nsummary = ' '",
            "document_names in settings.toml gives summary an empty name. Give it one",
        ),
        ("timezone = 'Europe/Berln'", "Did you mean Europe/Berlin?"),
        (
            "[tickets]\ntimezone = 'UTC'",
            "tickets.timezone in settings.toml is not a setting. It belongs to the program itself: "
            "write it above the first line with a [table]. Valid here: ",
        ),
        (
            "[tickets]\nproject = 'OPS'",
            "tickets.project in settings.toml is not a setting. It belongs below [jira] or "
            "[[routes]]. Valid here: ",
        ),
        ("channel = '#x'", "channel in settings.toml is not a setting. It belongs below [slack]."),
        ("api_key_file = 'x'", "is not a setting. It belongs below [pagerduty]."),
        (
            "JIRA_PROJECT = 'OPS'",
            "JIRA_PROJECT in settings.toml is not a setting. In the file it is project below "
            "[jira].",
        ),
        (
            "[jira]\nPOSTMORTEM_TIMEZONE = 'UTC'",
            "In the file it is timezone above the first line with a [table].",
        ),
        ("[drafts]\nchart = true\n[drafts]\nlinks = true", "Cannot declare [drafts] twice"),
        (
            "[drafts]\nchart = true\n[drafts]\nlinks = true",
            "Put what stands below it the second time below the first.",
        ),
        ("timezone = 'UTC'\ntimezone = 'UTC'", "twice: keep one of the two lines."),
        ('ca_bundle = "C:\\Users\\me"', "in single quotes, such as 'C:\\keys\\token'."),
        ('ca_bundle = "C:\\me"', "in single quotes, such as 'C:\\keys\\token'."),
        ("[jira]\nproject = OPS", 'Write a text in straight quotes, such as "OPS".'),
        ("[jira]\nproject = “OPS”", 'Write a text in straight quotes, such as "OPS".'),
        (
            "[jira]\nurl = 'https://acme.atlassian.net/browse/OPS-1'",
            "is the address of a page. Give that of the site alone: https://acme.atlassian.net.",
        ),
        (
            "[jira]\nurl = 'https://acme.atlassian.net/jira/software/projects/OPS/boards/1'",
            "Give that of the site alone: https://acme.atlassian.net.",
        ),
        (
            "[jira]\nurl = 'https://dc.example.com/jira/secure/Dashboard.jspa'",
            "Give that of the site alone: https://dc.example.com/jira.",
        ),
        (
            "[confluence]\nurl = 'https://acme.atlassian.net/wiki/spaces/OPS/overview'",
            "Give that of the site alone: https://acme.atlassian.net/wiki.",
        ),
        (
            "[confluence]\nurl = 'https://wiki.example.com/confluence/display/OPS'",
            "Give that of the site alone: https://wiki.example.com/confluence.",
        ),
        ("[jira]\nemail = 'Bot <bot@example.com>'", "must be the e-mail address of the account"),
        (
            "[slack]\nchannel = 'https://hooks.slack.com/services/T0/B0/hush'",
            "slack.channel in settings.toml is an address that names no channel.",
        ),
        ("database_url = 'postgresql://u:p@ss@h/x'", "holds an @ too many. In a password write @"),
        ("database_url = 'postgresql://u:p/ss@h/x'", "In a password write @ as %40, / as %2F"),
        ("database_url = 'postgresql://u:p#ss@h/x'", "In a password write @ as %40, / as %2F"),
        ("database_url = 'postgresql://u:12/ss@h/x'", "In a password write @ as %40, / as %2F"),
        ("timezone = '../../etc/passwd'", "is '../../etc/passwd', not a timezone."),
        ("timezone = 5", "timezone in settings.toml must be"),
        ("template = 'none.md'", "template in settings.toml names none.md, which cannot be read"),
        ("public_url = 'http://example.com'", "is plain http to example.com"),
        ("public_url = 'example.com'", "public_url in settings.toml must be a whole web address"),
        ("public_url = 'https://a.example.com/?x'", "must end before any ? or #."),
        ("public_url = 'https://me:pw@example.com'", "holds a user name or password"),
        ("public_url = 'https://example.com:port'", "is not a well-formed address."),
        ("public_url = 'https://exa mple.com'", "holds a space or line break."),
        (
            "[documents]\nloction = 'x'",
            "documents.loction in settings.toml is not a setting. Did you mean location? "
            "Valid here: location, url.",
        ),
        (
            "[documents]\nlocation = 's3://bucket'",
            "documents.location in settings.toml must be a directory, or a Git remote",
        ),
        (
            "[documents]\nurl = 'http://git.example.com'",
            "documents.url in settings.toml is plain http to git.example.com",
        ),
        ("documents_url = 'https://git.example.com/?x'", "must end before any ? or #."),
        ("documents_url = 'git.example.com/{document}'", "must be a whole web address"),
        (
            "documents_url = 'https://a.example'\n[documents]\nurl = 'https://b.example'",
            "documents.url and documents_url in settings.toml are one setting. Keep one.",
        ),
        ("documents = 's3://bucket'", "must be a directory, or a Git remote"),
        ("documents = 'git+ftp://git.example.com/x'", "must begin with git+ssh://"),
        ("documents = 'git+https://git.example.com'", "names no repository."),
        ("documents = 'git+https://me:pw@git.example.com/x'", "holds a user name or password"),
        ("documents = 'git+https://t0ken@git.example.com/x'", "holds a user name or password"),
        ("documents = 'git+file:///x#a..b'", "names the branch 'a..b', which Git does not allow."),
        ("documents = 'git+file:///x#-f'", "names the branch '-f', which Git does not allow."),
        ("documents = 'git+file:///x#main:../y'", "names the folder '../y'."),
        (
            "commit_author = 'nobody'",
            "commit_author in settings.toml must be a name and an address",
        ),
        ("database_url = 'mysql://db.example.com/x'", "must begin with sqlite:/// or postgresql"),
        ("database_url = 'sqlite://'", "must name a file, which sqlite does with three slashes"),
        ("database_url = 'sqlite:///:memory:'", "must name a file"),
        ("database_url = 'sqlite:////'", "must name a file"),
        ("database_url = 'sqlite:///.'", "must name a file"),
        ("database_url = 'sqlite:////data/..'", "must name a file"),
        ("database_url = 'postgresql://db.example.com'", "names no database."),
        ("[pagerduty]\napi_url = 'https://api.pagerduty.com.example.net'", "is not PagerDuty's."),
        ("[pagerduty]\napi_url = 'http://api.pagerduty.com'", "is plain http"),
        ("[pagerduty]\napi_key = 'two words'", "holds a space, a line break or a letter"),
        ("[pagerduty]\napi_key = ' '", "is empty. Give the secret, or leave the setting out."),
        ("[pagerduty]\napi_key = 'k'\nwebhook_secrets = ','", "is empty. Give the secret"),
        ("[pagerduty]\napi_key = 'k'\nwebhook_secrets = [' ']", "is empty. Give it a value"),
        ("[pagerduty]\napi_key_file = 5", "must be the name of a file."),
        ("[pagerduty]\napi_key = 'k'\nwebhook_secrets = ['']", "is empty. Give it a value"),
        ("[jira]\nemail = 'bot'", "must be the e-mail address of the account"),
        ("[jira]\nissue_type = ''", "jira.issue_type in settings.toml is empty."),
        (
            "[pagerduty]\ncalls_per_minute = -1",
            "pagerduty.calls_per_minute in settings.toml",
        ),
        ("[jira]\ncalls_per_minute = 'many'", "jira.calls_per_minute in settings.toml"),
        ("[jira]\nindex_lag = 60", "must be a length of time in quotes"),
        (
            "[[routes]]\nlabels = ['two words']",
            "is 'two words', and labels of tickets hold no spaces.",
        ),
        ("[[routes]]\n[[routes]]\nteams = ['A']", "routes in settings.toml number 1 names neither"),
        (
            "[drafts]\nurgency = 'medium'",
            "drafts.urgency in settings.toml must be one of high, low",
        ),
        ("[drafts]\nminimum_duration = '5'", "is '5', not a length of time. Write it like 90s"),
        ("[drafts]\nchart = 'perhaps'", "drafts.chart in settings.toml must be true or false."),
        ("[tickets]\ncreate = 'later'", "must be one of always, reviewed, never."),
        ("[schedule]\nevery = '1s'", "must be at least 10s"),
        ("[[quiet_times]]\nfrom = '22:00'", "quiet_times #1 to in settings.toml is missing."),
        ("[[quiet_times]]\nfrom = '24:00'\nto = '07:00'", "must be a time of day between"),
        ("[[quiet_times]]\nfrom = 22\nto = '07:00'", "must be a time of day between"),
        (
            "[[quiet_times]]\nfrom = '22:00'\nto = '07:00'\ndays = ['Someday']",
            "quiet_times #1 days #1 in settings.toml must be one of mon, tue, wed",
        ),
        ("[priorities]\nP1 = 1", "priorities.P1 in settings.toml must be a text in quotes."),
        ("jira = 5", "jira in settings.toml must be a table."),
        ("documents = 5", "documents in settings.toml must be a path or a Git address"),
        ("documents = ['x']", "documents in settings.toml must be a path or a Git address"),
        ("[documents]\nlocation = 5", "documents.location in settings.toml must be a path or"),
        (
            "[[routes]]\nservices = 'Checkout'",
            'routes #1 services in settings.toml must be a list, such as ["Checkout"].',
        ),
        ("[drafts]\nteams = 5", 'drafts.teams in settings.toml must be a list, such as ["Pay'),
        ("[routes]\nteams = ['A']", "must be tables, each below a line [[routes]]."),
        ("quiet_times = 'x'", "must be tables, each below a line [[quiet_times]]."),
        ("public_url = 'pm'", "web address, such as https://postmortems.example.com."),
        ("documents_url = 'pm'", "such as https://git.example.com/ops/postmortems."),
        ("template = 5", "template in settings.toml must be a path in quotes."),
        ("[jira]\ncalls_per_minute = -1", "jira.calls_per_minute in settings.toml must be 0 or"),
        ("[jira]\ncalls_per_minute = 'x'", "settings.toml must be a whole number."),
        ("x = ", "The settings file settings.toml is not TOML"),
        ("[a", "The settings file settings.toml is not TOML"),
    ],
)
def test_each_mistake_is_told_with_what_to_do_about_it(text: str, told: str) -> None:
    (sentence,) = [each for each in problems(text) if told in each]
    assert sentence.endswith((".", "?"))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"JIRA_PROJECT": "OPS"}, "There are settings of Jira but no address."),
        ({"JIRA_URL": "https://j.example.com"}, "Jira has no credentials."),
        ({**JIRA_CLOUD, "JIRA_PROJECT": ""}, "Nothing says into which Jira project tickets go."),
        ({**JIRA_CLOUD, "JIRA_EMAIL": ""}, "There is an API token for Jira, but not whose."),
        ({**JIRA_CLOUD, "JIRA_API_TOKEN": ""}, "There is an e-mail address for Jira, but no API"),
        ({**JIRA_CLOUD, "JIRA_PERSONAL_TOKEN": "t"}, "There are two kinds of Jira credentials."),
        ({"PAGERDUTY_WEBHOOK_SECRET": "s"}, "a webhook only says that there is something to read."),
    ],
)
def test_half_of_what_belongs_together_is_told(settings: dict[str, str], told: str) -> None:
    assert [each for each in problems("", settings) if told in each]


def test_a_route_may_say_where_tickets_go_instead_of_a_project() -> None:
    Path("settings.toml").write_text('[[routes]]\nproject = "OPS"\n')
    assert load(Path("settings.toml"), {**JIRA_CLOUD, "JIRA_PROJECT": ""}).group(JiraSettings).url


def test_all_problems_are_told_at_once_each_by_the_name_it_was_given_under() -> None:
    told = problems(
        'tokne = "x"\n[jira]\nurl = "http://jira.example.com"\n[tickets]\ncreate = "later"\n',
        {
            "JIRA_URL": "http://other.example.com",
            "POSTMORTEM_TIMEZONE": "Mars/Base",
            "PAGERDUTY_API_KEY": "one",
            "PAGERDUTY_API_KEY_FILE": "two",
            "POSTMORTEM_TOKEN_FILE": "not-there",
        },
    )
    beginnings = (
        "PAGERDUTY_API_KEY and PAGERDUTY_API_KEY_FILE are both set.",
        "POSTMORTEM_TOKEN_FILE names not-there, which cannot be read (No such file or directory).",
        "Jira has no credentials.",
        "Nothing says into which Jira project tickets go.",
        "JIRA_URL is plain http to other.example.com",
        "POSTMORTEM_TIMEZONE is 'Mars/Base', not a timezone.",
        "tickets.create in settings.toml must be one of always, reviewed, never.",
        "tokne in settings.toml is not a setting.",
    )
    assert len(told) == len(beginnings)
    for sentence, beginning in zip(told, beginnings, strict=True):
        assert sentence.startswith(beginning)


def test_a_settings_file_that_is_named_but_not_there_is_told(elsewhere: Path) -> None:
    for path, environ in ((Path("no.toml"), {}), (None, {"POSTMORTEM_CONFIG": "no.toml"})):
        with pytest.raises(ConfigurationProblems, match=r"file no\.toml does not exist"):
            load(path, environ)


def test_a_settings_file_that_is_not_utf_8_is_told() -> None:
    Path("postmortem.toml").write_bytes(b"token = '\xff'")
    with pytest.raises(ConfigurationProblems, match=r"is not UTF-8 \(byte 9\)"):
        load(None, {})


def test_of_an_illegible_file_the_environments_own_problems_are_told_all_the_same() -> None:
    told = problems("x = ", {"POSTMORTEM_TIMEZONE": "Mars/Base", "JIRA_PROJECT": "OPS"})
    assert len(told) == 2, "what the file may well complete is not told as missing"


@pytest.mark.parametrize(
    ("name", "told"), [("none.toml", "does not exist. Name one"), (".", "is a directory. Name")]
)
def test_a_settings_file_that_is_not_there_or_none_is_told_apart(name: str, told: str) -> None:
    with pytest.raises(ConfigurationProblems) as raised:
        load(Path(name), {"POSTMORTEM_TIMEZNE": "UTC"})
    (problem,), (warning,) = raised.value.problems, raised.value.warnings
    assert told in problem
    assert "POSTMORTEM_TIMEZNE is not a setting and is ignored" in warning


def test_a_mistyped_variable_is_told_beside_what_is_wrong_in_the_file() -> None:
    wrong, mistyped = problems("tokne = 'x'", {"POSTMORTEM_TIMEZON": "UTC"})
    assert wrong.startswith("tokne in settings.toml")
    assert mistyped.endswith("Did you mean POSTMORTEM_TIMEZONE?")


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff\xfe"])
def test_a_secrets_file_that_holds_no_secret_is_told(data: bytes) -> None:
    Path("secret").write_bytes(data)
    with pytest.raises(ConfigurationProblems, match="POSTMORTEM_TOKEN_FILE names secret, which is"):
        load(None, {"POSTMORTEM_TOKEN_FILE": "secret"})


def test_a_secret_given_twice_in_the_file_is_told() -> None:
    (told,) = problems('token = "a-long-enough-token"\ntoken_file = "b"')
    assert told.startswith("token_file in settings.toml and token are both set.")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "worker.example.com", "192.0.2.1"])  # noqa: S104 - nothing binds
def test_the_web_page_is_not_opened_to_others_without_a_token(host: str) -> None:
    with pytest.raises(ConfigurationProblems, match="Set POSTMORTEM_TOKEN, or serve on 127"):
        load(None, {}).require_token(host)
    load(None, {"POSTMORTEM_TOKEN": "t" * 16}).require_token(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost"])
def test_on_loopback_the_web_page_needs_no_token(host: str) -> None:
    load(None, {}).require_token(host)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/", "http://localhost:1/x", "http://[::1]:2", "https://10.0.0.1"]
)
def test_plain_http_is_accepted_for_loopback_alone(url: str) -> None:
    assert load(None, {**JIRA_CLOUD, "JIRA_URL": url}).group(JiraSettings).url == url.rstrip("/")


def test_a_variable_that_seems_to_be_ours_mistyped_is_a_warning() -> None:
    environ = {
        "POSTMORTEM_TIMEZON": "UTC",
        "POSTMORTEM_TOKENFILE": "x",
        "POSTMORTEM_PORT_8080_TCP": "tcp://10.0.0.1:8080",  # a container platform's
        "POSTMORTEM_SERVICE_HOST": "10.0.0.1",  # as above
        "POSTMORTEM_CONFIG": "",
        "JIRA_SERVICE_HOST": "10.0.0.1",
    }
    timezone, token = load(None, environ).warnings
    assert "POSTMORTEM_TIMEZON is not a setting" in timezone
    assert timezone.endswith("Did you mean POSTMORTEM_TIMEZONE?")
    assert token.endswith("Did you mean POSTMORTEM_TOKEN_FILE?")


SECRETS = {variable.name: f"{number}-hush-hush-hush" for number, variable in enumerate(VARIABLES)}


def test_no_secret_is_shown_by_the_settings_themselves() -> None:
    given = {v.name: SECRETS[v.name] for v in VARIABLES if v.secret}
    given["POSTMORTEM_DATABASE_URL"] = "postgresql://worker:hush@db.example.com/x"
    given["POSTMORTEM_REMINDERS_NOTIFY"] = "mailtos://worker:hush@example.com"
    settings = load_alone({**JIRA_CLOUD, **given})
    for shown in (repr(settings), str(settings)):
        assert "hush" not in shown
        assert "jira.example.com" in shown
    for kind in CONNECTORS:
        assert "hush" not in repr(getattr(settings, kind.group.key))


@pytest.mark.parametrize("variable", [v.name for v in VARIABLES if v.secret])
@pytest.mark.parametrize("spoilt", ["{} {}", "é{}", "{}\n{}", "postgresql://u:{}@h:port/d", "{}"])
def test_no_secret_is_shown_by_any_problem(variable: str, spoilt: str) -> None:
    secret = "Tr0ub4dor-hush"
    environ = {
        variable: spoilt.format(secret, secret),
        "JIRA_PROJECT": "OPS",
        "POSTMORTEM_CONFIG": "-",
    }
    with pytest.raises(ConfigurationProblems) as raised:
        load(None, environ)
    shown = [str(raised.value), repr(raised.value)]
    chain: BaseException | None = raised.value
    while chain is not None:  # what a traceback would print of what led to it
        shown += [str(chain), repr(chain)]
        chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
    assert "hush" not in "".join(shown)


@pytest.mark.parametrize(("key", "other"), [("jira", "JiraSettings"), ("drafts", "the program")])
def test_a_service_whose_settings_have_a_name_that_is_taken_is_refused(
    key: str, other: str
) -> None:
    group = type("ToySettings", (ServiceSettings,), {"key": key})
    with pytest.raises(ConfigurationProblems) as raised:
        load_groups(None, {}, [JiraSettings, group])
    (told,) = raised.value.problems
    assert told.startswith(f"The settings of ToySettings and of {other}")
    assert told.endswith(f" are both called '{key}'. Give ToySettings another key.")


def told_of(text: str) -> tuple[str, ...]:
    """Give what is told of a settings file that may well be in order."""
    Path("any.toml").write_text(text, "utf-8")
    try:
        load(Path("any.toml"), {})
    except ConfigurationProblems as error:
        return error.problems or ("There was a problem, but nothing was told",)
    return ()


@given(st.text(alphabet=string.printable, max_size=40))
def test_any_text_as_a_file_is_settings_or_sentences(text: str) -> None:
    assert all(sentence.endswith((".", "?")) for sentence in told_of(text))


VALUES = ["5", "'x'", "[]", "['x']", "{}", "{x = 1}", "true", "1.5", "1979-05-27", "[[1]]", "''"]
KEYS = [
    key
    for field in SETTINGS.model_fields
    for key in (field, *(f"{field}.{inner}" for inner in ("url", "rules", "every", "labels")))
]


def test_a_value_of_any_shape_in_any_place_is_settings_or_sentences() -> None:
    for key, value in itertools.product(KEYS, VALUES):
        for sentence in told_of(f"{key} = {value}\n"):
            assert sentence.endswith((".", "?")), sentence


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("10m", 600),
        ("2h", 7200),
        ("30d", 2592000),
        ("1w", 604800),
        ("0s", 0),
        ("1h30m", 5400),
        (" 1D 12H ", 129600),
        ("1h 5s", 3605),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, seconds: int) -> None:
    assert parse_duration(text).total_seconds() == seconds


@pytest.mark.parametrize(
    "text", ["", " ", "5", "s", "-5m", "1.5h", "5 minutes", "30m1h", "5m5m", "٣m", "999999d", "1y"]
)
def test_what_is_no_duration_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"is .*, (not a length|more than a hundred)") as raised:
        parse_duration(text)
    assert str(raised.value).endswith(".")


def test_a_directory_may_begin_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", os.fspath(Path("/home/somebody")))
    settings = load(None, {"POSTMORTEM_DOCUMENTS": "~/postmortems"})
    assert str(settings.documents) == "/home/somebody/postmortems"


@pytest.mark.parametrize("path", ["", "/", "/ex/jira", "/ex/jira/a/b", "/ex/confluence/a"])
def test_the_gateway_needs_the_site_behind_it(path: str) -> None:
    (told,) = problems(environ={**JIRA_CLOUD, "JIRA_URL": f"https://api.atlassian.com{path}"})
    assert told.startswith("JIRA_URL names Atlassian's gateway, but no site behind it.")
    assert "_edge/tenant_info" in told


def test_the_gateway_to_a_site_is_an_address() -> None:
    url = "https://api.atlassian.com/ex/jira/5f1a6b1e-2c1d-4f0a-9b77-0c6f3f1d2a90"
    assert load(None, {**JIRA_CLOUD, "JIRA_URL": url}).group(JiraSettings).url == url


@pytest.mark.parametrize("blank", [" ", ",", " , ,"])
@pytest.mark.parametrize("name", ["PAGERDUTY_WEBHOOK_SECRET", "JIRA_WEBHOOK_SECRET"])
def test_a_blank_signing_secret_is_not_taken_for_none(name: str, blank: str) -> None:
    told = problems("", {**JIRA_CLOUD, "PAGERDUTY_API_KEY": "k", name: blank})
    assert list(told) == [f"{name} is empty. Give the secret, or leave the setting out."]


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize(
    "name",
    ["PAGERDUTY_API_KEY", "PAGERDUTY_WEBHOOK_SECRET", "JIRA_PROJECT", "POSTMORTEM_DOCUMENTS"],
)
def test_a_variable_that_stands_in_quotes_is_told(name: str, quote: str) -> None:
    told = "\n".join(problems(environ={name: f"{quote}a-value-of-some-length{quote}"}))
    assert f"{name} stands in quotes, which count as a part of it" in told
    assert "a-value" not in told


def test_a_file_that_is_named_in_quotes_or_holds_some_is_told(elsewhere: Path) -> None:
    elsewhere.joinpath("key").write_text('"a-key"\n', "utf-8")
    (told,) = problems(environ={"PAGERDUTY_API_KEY_FILE": "key"})
    assert told == "PAGERDUTY_API_KEY_FILE names key, whose text stands in quotes. Take them out."
    (told,) = problems(environ={"PAGERDUTY_API_KEY_FILE": "'k'"})
    assert told.startswith("PAGERDUTY_API_KEY_FILE stands in quotes")
    with pytest.raises(ConfigurationProblems, match="POSTMORTEM_CONFIG stands in quotes"):
        load(None, {"POSTMORTEM_CONFIG": "'k'"})


def test_a_file_that_the_user_may_not_read_is_no_wrong_path() -> None:
    told = not_read(PermissionError(13, "Permission denied"))
    assert told == (
        "cannot be read (Permission denied). Let the user that runs this program read it."
    )
    assert not_read(FileNotFoundError(2, "No such file")).endswith("Mend the path.")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("POSTMORTEM_TEMPLATE", "~nobody-here/t.md", "cannot be read"),
        ("PAGERDUTY_API_KEY_FILE", "~nobody-here/key", "cannot be read"),
        ("POSTMORTEM_DOCUMENTS", "~nobody-here/pm", ""),
        ("POSTMORTEM_DATABASE_URL", "sqlite:///~nobody-here/pm.db", ""),
    ],
)
def test_a_home_that_nobody_has_is_a_folder_like_any_other(
    name: str, value: str, told: str
) -> None:
    assert told in " ".join(problems(environ={name: value}) if told else ())
    if not told:
        load(None, {name: value})
