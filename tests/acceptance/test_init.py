"""The first settings: asked for, proved, and written whole or not at all."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors import errors
from connectors.confluence.sandbox.server import ConfluenceSandbox
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox.server import JiraSandbox
from connectors.masking import OwnCredentials
from connectors.slack.sandbox.server import BOT_TOKEN, SlackSandbox
from tests import warm
from tests.acceptance.world import World, world
from worker.app.setup_answers import every_variable
from worker.cli import screen
from worker.cli.main import main

Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("init"), SiteKind.CLOUD) as made:
        yield made


@pytest.fixture(scope="module")
def confluence() -> Iterator[ConfluenceSandbox]:
    with ConfluenceSandbox() as made:
        yield made


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox() as made:
        made.workspace.room("incidents")
        made.workspace.room("elsewhere", member=False)
        yield made


def environment(here: World) -> dict[str, str]:
    return {
        "PAGERDUTY_API_KEY": here.pagerduty.api_key,
        "PAGERDUTY_API_URL": here.pagerduty.url,
        "JIRA_URL": here.jira.url,
        "JIRA_EMAIL": here.jira.credentials["email"],
        "JIRA_API_TOKEN": here.jira.credentials["api_token"],
        "JIRA_PROJECT": "OPS",
    }


def run(folder: Path, *words: str, answers: str = "", given: dict[str, str] | None = None) -> Done:
    told = {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": "UTC", **(given or {})}
    return warm.run(*words, folder=folder, environment=told, answers=answers)


def secrets_of(here: World) -> tuple[str, str]:
    return here.pagerduty.api_key, here.jira.credentials["api_token"]


def test_yes_takes_the_environment_and_writes_what_then_works_without_it(
    here: World, tmp_path: Path
) -> None:
    given = environment(here) | {"POSTMORTEM_TIMEZONE": "Europe/Berlin"}
    done = run(tmp_path, "init", "--yes", "--json", given=given)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["settings_file"] == "postmortem.toml"
    assert told["drafted"] is None
    assert here.pagerduty.account.subscriptions == []
    made = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
    assert made == {
        "jira_api_token.secret": 0o600,
        "pagerduty_api_key.secret": 0o600,
        "postmortem.toml": 0o644,
    }
    text = (tmp_path / "postmortem.toml").read_text("utf-8")
    assert "# The timezone of times in the documents" in text
    assert not any(one in text + done.stdout for one in secrets_of(here))
    checked = run(tmp_path, "check")
    assert (checked.returncode, checked.stderr) == (0, "")
    again = run(tmp_path, "init", "--yes", given=given)
    assert again.returncode == 2
    assert "postmortem.toml is there already" in again.stderr
    assert (tmp_path / "postmortem.toml").read_text("utf-8") == text


def init_here(folder: Path, given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> object:
    """Run it in this process, for to start a dozen takes longer than all else; give its status."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(screen, "_own", [OwnCredentials()])
    monkeypatch.setattr(errors, "_wording", [])
    for one in every_variable().values():
        monkeypatch.delenv(one.name, raising=False)
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(sys, "argv", ["postmortem", "init", "--yes", "--json"])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code


def test_data_center_and_a_secret_that_has_a_file(
    here: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    key = tmp_path / "key"
    key.write_text(f"{here.pagerduty.api_key}\n")
    (tmp_path / "own").mkdir()
    with JiraSandbox(SiteKind.DATA_CENTER) as jira:
        given = {
            "PAGERDUTY_API_KEY_FILE": str(key),
            "PAGERDUTY_API_URL": here.pagerduty.url,
            "JIRA_URL": jira.url,
            "JIRA_PERSONAL_TOKEN": jira.credentials["personal_token"],
            "JIRA_PROJECT": "OPS",
        }
        code = init_here(tmp_path / "own", given, monkeypatch)
    assert code in {0, None}
    told = json.loads(capsys.readouterr().out)
    assert [Path(one).name for one in told["secret_files"]] == ["jira_personal_token.secret"]
    text = (tmp_path / "own" / "postmortem.toml").read_text("utf-8")
    assert f'api_key_file = "{key}"' in text


@pytest.mark.parametrize(
    ("changes", "status", "named"),
    [
        ({"PAGERDUTY_API_KEY": ""}, 2, "PAGERDUTY_API_KEY"),
        ({"JIRA_API_TOKEN": ""}, 2, "JIRA_API_TOKEN"),
        ({"JIRA_PROJECT": "", "JIRA_URL": "http://jira.example.com"}, 2, "JIRA_PROJECT"),
        ({"PAGERDUTY_API_KEY": "a-wrong-key-of-ours"}, 1, "PAGERDUTY_API_KEY"),
        ({"JIRA_API_TOKEN": "a-wrong-token-of-ours", "JIRA_PROJECT": "X"}, 1, "JIRA_API_TOKEN"),
        ({"JIRA_PROJECT": "NOPE"}, 1, "JIRA_PROJECT"),
        ({"JIRA_ISSUE_TYPE": "Poem"}, 1, "JIRA_ISSUE_TYPE"),
        ({"SLACK_BOT_TOKEN": "xoxb-not-ours-of-ours"}, 1, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_CHANNEL": "elsewhere"}, 1, "SLACK_CHANNEL"),
    ],
)
def test_what_is_missing_or_refused_is_named_and_nothing_is_written(
    here: World,
    slack: SlackSandbox,
    tmp_path: Path,
    changes: dict[str, str],
    status: int,
    named: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = environment(here) | ({"SLACK_API_URL": slack.address} if "SLACK" in named else {})
    code = init_here(tmp_path, given | changes, monkeypatch)
    out, err = capsys.readouterr()
    assert code == status
    assert named in err
    told = json.loads(out)
    assert told["settings_file"] is None
    assert any(named in str(one) for one in told["findings"])
    assert list(tmp_path.iterdir()) == []
    assert "of-ours" not in out + err


def answers_with_mistakes(here: World, confluence: ConfluenceSandbox) -> list[str]:
    key, token = secrets_of(here)
    return [
        here.pagerduty.url,
        "no-such-key",
        here.pagerduty.url,
        key,
        "no such service",
        "1, Payments Gateway",
        "ftp://nowhere",
        here.jira.url,
        here.jira.credentials["email"],
        token,
        "NOPE",
        "ops",
        "",
        confluence.address,
        confluence.access.email,
        confluence.access.api_token,
        "1",
        "",
        BOT_TOKEN,
        "2",
        "incidents",
        "",
        "https://postmortems.example.com",
        "yes",
        "yes",
    ]


def test_answers_are_asked_for_proved_and_chosen_from_lists(
    here: World, confluence: ConfluenceSandbox, slack: SlackSandbox, tmp_path: Path
) -> None:
    written = answers_with_mistakes(here, confluence)
    done = run(
        tmp_path,
        *("--config", "own.toml", "init"),
        answers="".join(f"{one}\n" for one in written),
        given={"SLACK_API_URL": slack.address},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "OPS  Operations" in done.stdout
    assert "must be a whole web address" in done.stdout
    text = (tmp_path / "own.toml").read_text("utf-8")
    assert 'project = "OPS"' in text
    assert 'space = "OPS"' in text
    assert 'channel = "incidents"' in text
    assert 'documents = "incidents"' in text
    (made,) = here.pagerduty.account.subscriptions
    here.pagerduty.account.subscriptions.clear()
    assert made["delivery_method"]["url"] == "https://postmortems.example.com/webhooks/pagerduty"
    assert stat.S_IMODE((tmp_path / "pagerduty_webhook_secret.secret").stat().st_mode) == 0o600
    (draft,) = (tmp_path / "incidents").glob("*.md")
    assert "Catalogue Search" in draft.read_text("utf-8")
    assert "postmortem --config own.toml serve" in done.stdout
    assert not any(one in done.stdout + done.stderr for one in secrets_of(here))


def test_a_key_that_may_not_write_leaves_the_webhook_to_a_person(
    here: World, tmp_path: Path
) -> None:
    here.pagerduty.account.read_only = True
    answers = "\n\n\n\n\n\nhttps://postmortems.example.com\nyes\nno\n"
    try:
        done = run(tmp_path, "init", answers=answers, given=environment(here))
    finally:
        here.pagerduty.account.read_only = False
    assert "The webhook was not made" in done.stdout
    assert "Generic Webhooks (v3)" in done.stdout
    assert "https://postmortems.example.com/webhooks/pagerduty" in done.stdout
    assert (tmp_path / "postmortem.toml").exists()
    assert here.pagerduty.account.subscriptions == []


def test_what_was_refused_is_not_offered_again_and_a_service_can_be_left_out_after_all(
    here: World, confluence: ConfluenceSandbox, tmp_path: Path
) -> None:
    refused = [confluence.address, confluence.access.email, "no-such-token", "-"]
    written = ["", "Poem", "", *refused, "", "/proc/nowhere", "", "", "", "no"]
    answers = "".join(f"{one}\n" for one in written)
    done = run(tmp_path, "init", answers=answers, given=environment(here))
    assert (done.returncode, done.stderr) == (0, "")
    assert "has no issue type 'Poem'" in done.stdout
    assert "(number or name) [Task]: \n  ✓" in done.stdout
    assert "Type - for nothing" in done.stdout
    assert "Without Confluence" in done.stdout
    assert done.stdout.count("[postmortems]") == 2
    text = (tmp_path / "postmortem.toml").read_text("utf-8")
    assert "Poem" not in text
    assert confluence.address not in text


def test_an_input_that_ends_is_misuse_and_leaves_nothing(here: World, tmp_path: Path) -> None:
    done = run(tmp_path, "init", answers=f"{here.pagerduty.url}\n")
    assert done.returncode == 2
    assert "PAGERDUTY_API_KEY" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_webhook_whose_secret_cannot_be_kept_is_taken_back(here: World, tmp_path: Path) -> None:
    """Here the settings file appears while questions are asked."""
    given = environment(here)
    with subprocess.Popen(  # noqa: S603 - our own command
        [warm.COMMAND, "init"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "TZ": "UTC", **given},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        (tmp_path / "postmortem.toml").write_text("# mine\n")
        answers = "\n\n\n\n\n\nhttps://postmortems.example.com\nyes\nno\n"
        _, told = process.communicate(answers, timeout=120)
    assert process.returncode == 1
    assert "postmortem.toml could not be written" in told
    assert (tmp_path / "postmortem.toml").read_text() == "# mine\n"
    assert [one.name for one in tmp_path.iterdir()] == ["postmortem.toml"]
    assert here.pagerduty.account.subscriptions == []
    assert "DELETE" in {one.method for one in here.pagerduty.served}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_who_stops_it_leaves_nothing(here: World, tmp_path: Path, how: signal.Signals) -> None:
    with subprocess.Popen(  # noqa: S603 - our own command
        [warm.COMMAND, "init"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], **environment(here)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert "nothing is written before the end" in process.stdout.readline()
        process.send_signal(how)
        process.wait(120)  # its input stays open: the end of that is told otherwise
        assert process.stderr is not None
        told = process.stderr.read()
    assert (process.returncode, list(tmp_path.iterdir())) == (1, [])
    assert "Nothing was written" in told
