"""Settings with mistakes in them, and services that do not have what the settings name.

Each is told by ``postmortem check``, with a remedy, below its own mark; and nothing is made by it.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox import JiraSandbox
from connectors.jira.sandbox.projects import SYSTEM_FIELDS, Project, ProjectField, operations
from connectors.pagerduty.webhook import WANTED_EVENTS
from tests.acceptance.test_command_line import Shell
from tests.acceptance.world import World, world
from worker.cli.main import app

HOOK = "https://postmortems.example.com/webhooks/pagerduty"
PUBLIC = {"POSTMORTEM_PUBLIC_URL": "https://postmortems.example.com"}
SIGNED = PUBLIC | {"PAGERDUTY_WEBHOOK_SECRET": "a-long-signing-secret"}


@dataclass
class Check:
    """The command in this process, with settings and an environment."""

    here: World
    monkeypatch: pytest.MonkeyPatch

    def __call__(
        self, settings: bytes | str = "", words: tuple[str, ...] = (), **environment: str
    ) -> tuple[int, str, str]:
        """Run it, and give its exit status and what it wrote to both ends."""
        for name in os.environ:
            if name.startswith(("POSTMORTEM_", "PAGERDUTY_", "JIRA_")):
                self.monkeypatch.delenv(name)
        for name, value in {**Shell(self.here).environment, **environment}.items():
            self.monkeypatch.setenv(name, value)
        data = settings.encode() if isinstance(settings, str) else settings
        path = self.here.folder / "settings.toml"
        path.write_bytes(data)
        done = CliRunner().invoke(app, ["--config", str(path), "check", *words])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("running")) as here:
        yield here


@pytest.fixture
def check(running: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Give the command in a folder of its own, with services that are as they were."""
    monkeypatch.chdir(tmp_path)
    running.jira.site.projects[:] = [operations()]
    running.pagerduty.account.subscriptions.clear()
    return Check(replace(running, folder=tmp_path), monkeypatch)


def project(here: World) -> Project:
    return here.jira.site.projects[0]


def hook(**how: object) -> Callable[[World], None]:
    def subscribe(here: World) -> None:
        here.pagerduty.account.subscribe(HOOK, WANTED_EVENTS, **how)  # type: ignore[arg-type]  # by name

    return subscribe


def lacks(permission: str) -> Callable[[World], None]:
    return lambda here: project(here).lacking.add(permission)


def with_type(name: str) -> Callable[[World], None]:
    def add(here: World) -> None:
        project(here).issue_types = ("Task", name)

    return add


def needs(own: str) -> Callable[[World], None]:
    def ask(here: World) -> None:
        project(here).needed = frozenset({own})

    return ask


def own_field(here: World) -> None:
    project(here).custom = (ProjectField("customfield_7", "Root team", required=True),)


def no_labels(here: World) -> None:
    project(here).screen = frozenset(SYSTEM_FIELDS) - {"labels"}


def deaf(here: World) -> None:
    here.pagerduty.account.subscribe(HOOK, ("incident.triggered",))


def as_it_is(here: World) -> None:
    """Change nothing."""


PROBLEMS: dict[str, tuple[Callable[[World], None], str, dict[str, str], str, str]] = {
    # what: (made so by, settings, environment, subject, remedy)
    "a mistyped service": (
        *(as_it_is, '[drafts]\nservices = ["Chekout API"]', {}),
        *("Service 'Chekout API' in [drafts]", "Did you mean 'Checkout API'?"),
    ),
    "a mistyped team": (
        *(as_it_is, '[[routes]]\nteams = ["Shpo"]\nproject = "OPS"', {}),
        *("Team 'Shpo' in [[routes]] #1", "Did you mean 'Shop'?"),
    ),
    "a mistyped priority": (
        *(as_it_is, '[drafts]\npriorities = ["P9"]', {}),
        *("Priority 'P9' in [drafts]", "P1, P2"),
    ),
    "a mistyped type of incidents": (
        *(as_it_is, '[[templates]]\nfile = "own.md"\nincident_types = ["Securty incident"]', {}),
        *("Incident type 'Securty incident' in [[templates]] #1", "'security_incident'?"),
    ),
    "a priority that is mapped to none": (
        *(as_it_is, '[priorities]\nP1 = "Hihg"', {}),
        *("Priority 'Hihg' in [priorities] (P1)", "Did you mean 'High'?"),
    ),
    "an owner that nobody is": (
        *(as_it_is, '[owners]\nada = "ada@nowhere.example"', {}),
        *("Owner 'ada' in [owners]", "Mend the owner map."),
    ),
    "a route to a project that does not exist": (
        *(as_it_is, '[[routes]]\nteams = ["Shop"]\nproject = "NOWHERE"', {}),
        *("Jira project NOWHERE", "Those to be seen are OPS (Operations)."),
    ),
    "a route to an issue type that does not exist": (
        *(as_it_is, '[[routes]]\nteams = ["Shop"]\nissue_type = "Chore"', {}),
        *("Issue type Chore in OPS", "issue_type"),
    ),
    "sub-tasks that have no parent": (
        *(with_type("Sub-task"), "", {"JIRA_ISSUE_TYPE": "Sub-task"}),
        *("Issue type Sub-task in OPS as a ticket", "Or name the parent in the route's fields."),
    ),
    "epics below an epic": (
        *(with_type("Epic"), '[tickets]\nparent = "epic"', {"JIRA_ISSUE_TYPE": "Epic"}),
        *("Issue type Epic in OPS as a ticket", "a type such as Task"),
    ),
    "no right to see tickets": (
        *(lacks("BROWSE_PROJECTS"), "", {}),
        *("Permissions in OPS", "permission scheme"),
    ),
    "no right to create tickets": (
        *(lacks("CREATE_ISSUES"), "", {}),
        *("Permissions in OPS", "permission scheme"),
    ),
    "no right to edit tickets": (
        *(lacks("EDIT_ISSUES"), "", {}),
        *("Permissions in OPS", "permission scheme"),
    ),
    "no right to assign tickets": (
        *(lacks("ASSIGN_ISSUES"), "", {}),
        *("Permissions in OPS", "permission scheme"),
    ),
    "no right to move tickets": (
        *(lacks("TRANSITION_ISSUES"), "", {}),
        *("Permissions in OPS", "permission scheme"),
    ),
    "no right to link tickets": (
        *(lacks("LINK_ISSUES"), "", {}),
        *("Permissions in OPS", "permission scheme"),
    ),
    "no right to browse users": (
        *(lacks("USER_PICKER"), "", {}),
        *("Permission to find owners", "Jira's global permissions"),
    ),
    "a field of the project's own that nothing supplies": (
        *(own_field, "", {}),
        *("Issue type Task in OPS", "Give a value in the route, among its fields"),
    ),
    "components that nothing supplies": (
        *(needs("components"), "", {}),
        *("Issue type Task in OPS", "among its components"),
    ),
    "tickets that take no labels": (no_labels, "", {}, "Labels in OPS", "Put the field Labels"),
    "a resolution that does not exist": (
        *(as_it_is, '[[routes]]\nteams = ["Shop"]\nresolution = "Dnoe"', {}),
        *("Resolution 'Dnoe' of a route to OPS", "Done, Won't Do, Duplicate"),
    ),
    "a webhook without its secret": (
        *(hook(), "", PUBLIC),
        *(f"PagerDuty webhook to {HOOK}", "Set PAGERDUTY_WEBHOOK_SECRET"),
    ),
    "a secret without its webhook": (
        *(as_it_is, "", SIGNED),
        *(f"PagerDuty webhook to {HOOK}", "Integrations, Generic Webhooks"),
    ),
    "a webhook that lets through one service": (
        *(hook(only={"id": "PNONE", "type": "service_reference"}), "", SIGNED),
        *(f"PagerDuty webhook to {HOOK}", "for the whole account"),
    ),
    "a webhook that does not send what happens": (
        *(deaf, "", SIGNED),
        *(f"PagerDuty webhook to {HOOK}", "Add these events to it: incident."),
    ),
    "a webhook that is switched off": (
        *(hook(active=False), "", SIGNED),
        *(f"PagerDuty webhook to {HOOK}", "Switch it on."),
    ),
    "a webhook that PagerDuty has given up": (
        *(hook(disabled=True), "", SIGNED),
        *(f"PagerDuty webhook to {HOOK}", "/enable"),
    ),
    "a database in a folder that does not exist": (
        *(as_it_is, "", {"POSTMORTEM_DATABASE_URL": "sqlite:////no/such/folder/x.db"}),
        *("Database", "Make it."),
    ),
    "a database that is a folder": (
        *(as_it_is, "", {"POSTMORTEM_DATABASE_URL": "sqlite:////proc/self"}),
        *("Database", "Check POSTMORTEM_DATABASE_URL"),
    ),
    "a database that does not answer": (
        *(as_it_is, "", {"POSTMORTEM_DATABASE_URL": "postgresql://127.0.0.1:9/none"}),
        *("Database", "Check POSTMORTEM_DATABASE_URL"),
    ),
    "documents in a file": (
        *(as_it_is, "", {"POSTMORTEM_DOCUMENTS": "settings.toml"}),
        *("Documents", "Name a directory."),
    ),
}


@pytest.mark.parametrize("what", PROBLEMS)
def test_check_tells_it_with_its_remedy_below_its_own_mark(check: Check, what: str) -> None:
    change, settings, environment, subject, remedy = PROBLEMS[what]
    change(check.here)
    (check.here.folder / "own.md").write_text("# [title]\n\n## Timeline of Events\n")
    status, shown, told = check(settings, **environment)
    assert status == 1
    lines = shown.splitlines()
    (at,) = [at for at, line in enumerate(lines) if line.startswith(f"✗ {subject}")]
    assert [line[:4] for line in lines[at + 1 : at + 3]] == ["    ", "    "]
    assert remedy in lines[at + 2]
    assert lines[at + 3][:1] in ("✓", "✗", "!")
    assert [line for line in told.splitlines() if line.startswith(subject)]
    assert not check.here.database.exists()
    assert not check.here.documents.exists()


BROKEN: dict[str, tuple[bytes | str, str]] = {
    "a word that is no setting": ("[jiar]\nproject = 'OPS'", "Did you mean jira?"),
    "a key that is no setting": ("[jira]\nporject = 'OPS'", "Did you mean project?"),
    "what is no TOML": ("[jira\nproject = OPS", "is not TOML"),
    "a picture": (bytes(range(256)), "is not UTF-8"),
    "an empty byte": (b"timezone = \x00", "is not TOML"),
    "a table where a word belongs": ("[timezone]\na = 1", "timezone"),
    "a zone that does not exist": ("timezone = 'Mars/Base'", "Mars/Base"),
    "a thousand brackets": ("x = " + "[" * 1000 + "]" * 1000, "holds what no setting takes"),
    "a pattern that is none": ("[masking]\npatterns = ['(']", "masking"),
    "a template that is not there": ("template = 'none.md'", "none.md"),
    "ten thousand digits": (
        "[pagerduty]\ncalls_per_minute = " + "9" * 10000,
        "holds what no setting takes",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_settings_that_cannot_be_used_are_told_as_json_too(check: Check, what: str) -> None:
    settings, told = BROKEN[what]
    status, shown, _ = check(settings, ("--json",))
    found = json.loads(shown)
    assert status == 2
    assert [one["subject"] for one in found] == ["Settings"] * len(found)
    assert any(told in f"{one['problem']} {one['remedy']}" for one in found)
    assert told in check(settings)[1]


@pytest.mark.parametrize(
    ("kind", "told"),
    [("Epic", "It is an epic, which needs 'Epic Name'"), ("Sub-task", "It is a sub-task")],
    ids=["epics on Data Center", "sub-tasks on Data Center"],
)
def test_a_type_that_cannot_work_is_told(check: Check, kind: str, told: str) -> None:
    with JiraSandbox(SiteKind.DATA_CENTER) as jira:
        jira.site.projects[0].issue_types = ("Task", kind)
        status, shown, _ = check(
            JIRA_URL=jira.url,
            JIRA_EMAIL="",
            JIRA_API_TOKEN="",
            JIRA_ISSUE_TYPE=kind,
            JIRA_PERSONAL_TOKEN=jira.credentials["personal_token"],
        )
    assert status == 1
    assert told in shown


def test_a_database_that_is_not_there_is_told_and_not_made(check: Check) -> None:
    status, shown, told = check()
    assert (status, told) == (0, "")
    assert "postmortem.db does not exist yet" in shown
    assert {one.name for one in check.here.folder.iterdir()} == {"settings.toml"}


@pytest.mark.parametrize(
    "junk", [b"not a database at all" * 100, b"SQLite format 3\0" + bytes(4096)]
)
def test_junk_in_the_database_is_told_and_left_as_it_is(check: Check, junk: bytes) -> None:
    check.here.database.write_bytes(junk)
    status, shown, _ = check()
    assert status == 1
    assert "postmortem.db cannot be used" in shown
    assert "Jira project OPS" in shown
    assert check.here.database.read_bytes() == junk


def test_a_template_that_is_hardly_filled_is_told_section_by_section(check: Check) -> None:
    (check.here.folder / "own.md").write_text(
        "# [title]\n\n## Was ist passiert\n- **Dauer:** [x]\n\n## Wer\nx\n\n## Warum\nx\n\n"
        "## Action Items\n| Task Description | Owner |\n|---|---|\n| [what] | [who] |\n"
    )
    status, shown, _ = check('template = "own.md"')
    assert status == 0
    assert "! Template: Only 1 of its 4 sections are filled (2 of 23 places are filled)." in shown
    assert "    Was ist passiert  left: Dauer" in shown
    (one,) = [
        one for one in json.loads(check('template = "own.md"', ("--json",))[1]) if one["table"]
    ]
    assert ["Wer", "left to people"] in one["table"]
