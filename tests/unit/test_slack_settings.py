"""Which settings of Slack are taken, and what is said of the others."""

from pathlib import Path

import pytest

from config.problems import ConfigurationProblems
from connectors.slack.settings import SlackSettings
from worker.app.registry import load_settings

TOKEN = {"SLACK_BOT_TOKEN": "xoxb-1-2-abcdef"}


def slack(folder: Path, table: str = "", **environ: str) -> SlackSettings:
    file = folder / "postmortem.toml"
    file.write_text(f"[slack]\n{table}\n", "utf-8")
    return load_settings(file, environ).group(SlackSettings)


def test_what_is_usual_needs_no_setting(tmp_path: Path) -> None:
    told = slack(tmp_path, **TOKEN)
    assert told.pick == ("pushpin", "memo")
    assert told.pins
    assert (told.channels, told.channel) == ((), None)
    assert told.api_url == "https://slack.com/api"


def test_names_are_read_as_people_write_them(tmp_path: Path) -> None:
    table = 'pick = [":Eyes:", "wave::skin-tone-2"]\npins = false\nchannels = "#Inc-{number}-*"'
    told = slack(tmp_path, table, **TOKEN, SLACK_API_URL="http://127.0.0.1:9/api/")
    assert told.pick == ("eyes", "wave")
    assert told.channels == ("inc-{number}-*",)
    assert told.api_url == "http://127.0.0.1:9/api"


def test_the_token_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-9\n", "utf-8")
    told = slack(tmp_path, SLACK_BOT_TOKEN_FILE=str(tmp_path / "token"))
    assert told.bot_token is not None
    assert told.bot_token.get_secret_value() == "xoxb-9"


@pytest.mark.parametrize(
    ("table", "environ", "said"),
    [
        ("", {"SLACK_BOT_TOKEN": "xoxp-1-2"}, "as that person"),
        ("", {"SLACK_BOT_TOKEN": "xapp-1-2"}, "app-level token"),
        ("", {"SLACK_BOT_TOKEN": "xoxe.xoxb-1"}, "rotated"),
        ("", {**TOKEN, "SLACK_API_URL": "http://slack.com/api/"}, "plain http"),
        ("", {**TOKEN, "SLACK_API_URL": "https://slack.example.com/api/"}, "not Slack's"),
        ("", {"SLACK_CHANNEL": "C0123456789"}, "Set SLACK_BOT_TOKEN"),
        ("", {"SLACK_SIGNING_SECRET": "a-secret-of-the-app"}, "Set SLACK_BOT_TOKEN"),
        ('channels = "incidents"', TOKEN, "{number}"),
        ('channels = "inc-{service}-{number}"', TOKEN, "braces"),
        ('pick = ["two words"]', TOKEN, "not the name of a reaction"),
        ('picks = ["memo"]', TOKEN, "pick"),
    ],
)
def test_what_cannot_be_used_is_said(
    tmp_path: Path, table: str, environ: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigurationProblems) as caught:
        slack(tmp_path, table, **environ)
    assert said in str(caught.value)
    assert "xoxp-1-2" not in str(caught.value)


@pytest.mark.parametrize(
    "written",
    [
        "https://acme.slack.com/archives/C0INCIDENT1",
        "https://app.slack.com/client/T0ACME0001/C0INCIDENT1",
        "<#C0INCIDENT1|incidents>",
        "<#C0INCIDENT1>",
        " C0INCIDENT1 ",
    ],
)
def test_a_channel_may_be_given_by_its_link(tmp_path: Path, written: str) -> None:
    assert slack(tmp_path, **TOKEN, SLACK_CHANNEL=written).channel == "C0INCIDENT1"
