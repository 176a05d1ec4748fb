"""The examples of a deployment start this very program, with settings that it takes."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from config.settings import Settings
from config.sources import CONFIG_VARIABLE
from config.values import DirectoryLocation, GitLocation
from connectors.jira.settings import JiraSettings
from connectors.pagerduty.settings import PagerDutySettings
from tests.integration.queue_support import leases
from tests.unit.test_settings import VARIABLES
from worker.app.registry import load_settings as load
from worker.cli.main import app
from worker.cli.serving import LONGEST_STOP
from worker.web.monitoring import Metrics, QueueFigures

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE: Mapping[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: Mapping[str, Mapping[str, Any]] = COMPOSE["services"]
PROGRAMS = ("web", "worker")
SECRETS = "/run/secrets/"
OF_GIT = {"GIT_SSH_COMMAND"}
VALUES = {
    "database_url": "postgresql://postmortem:word@database/postmortem\n",
    "web_token": "a-token-of-forty-eight-letters\n",
}
"""Secrets of a form of their own; the others may be any word."""
ABOUT_THE_PROGRAM = {CONFIG_VARIABLE, *(one.name for one in VARIABLES)} | {
    f"{one.name}_FILE" for one in VARIABLES if one.secret
}


def image_environment() -> dict[str, str]:
    """Give the variables that the image sets by itself."""
    (words,) = re.findall(r"^ENV (.*?[^\\])$", DOCKERFILE, re.MULTILINE | re.DOTALL)
    return dict(word.split("=", 1) for word in shlex.split(words.replace("\\\n", "")))


def loaded(environment: Mapping[str, str], secrets: Path, place: str) -> Settings:
    """Load the settings as the process does, with its secrets at another place."""
    for name in (word.removeprefix(place) for word in environment.values() if place in word):
        (secrets / name).write_text(VALUES.get(name, "a-secret-of-some-length\n"), "utf-8")
    there = {name: word.replace(place, f"{secrets}/") for name, word in environment.items()}
    return load(DEPLOY / "postmortem.toml", {**there, CONFIG_VARIABLE: ""})


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def test_there_are_a_database_two_that_work_and_one_web_process() -> None:
    assert set(SERVICES) == {*PROGRAMS, "database"}
    assert SERVICES["worker"]["deploy"]["replicas"] == 2
    assert SERVICES["web"].get("deploy") is None
    assert re.fullmatch(r"postgres:\d+", SERVICES["database"]["image"])


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_process_runs_a_command_of_the_program_in_its_own_image(name: str) -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # it is a group
    word, *options = SERVICES[name]["command"]
    known = {flag for one in commands[word].params for flag in one.opts}
    assert {one for one in options if one.startswith("-")} <= known
    assert (DEPLOY / SERVICES[name]["build"] / "Dockerfile").is_file()


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_variable_is_one_that_the_program_reads(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= ABOUT_THE_PROGRAM | OF_GIT


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_settings_are_good_over_those_of_the_image(name: str, tmp_path: Path) -> None:
    environment = {**image_environment(), **SERVICES[name]["environment"]}
    del environment["GIT_SSH_COMMAND"]
    settings = loaded(environment, tmp_path, SECRETS)
    assert not settings.warnings
    assert settings.group(PagerDutySettings).api_key
    assert settings.group(JiraSettings).url
    assert settings.sqlalchemy_url.startswith("postgresql")
    assert isinstance(settings.documents, GitLocation)
    if name == "web":
        settings.require_token(SERVICES[name]["command"][-1])
        assert settings.group(PagerDutySettings).webhook_secrets
        assert settings.group(JiraSettings).webhook_secrets


@pytest.mark.parametrize("name", PROGRAMS)
def test_secrets_are_files_and_are_given_to_those_alone_who_read_them(name: str) -> None:
    environment: Mapping[str, str] = SERVICES[name]["environment"]
    assert {one.name for one in VARIABLES if one.secret and environment.get(one.name)} == set()
    told = set(re.findall(rf"{SECRETS}(\w+)", " ".join(environment.values())))
    assert told == set(SERVICES[name]["secrets"])


def test_every_secret_is_a_file_that_is_not_kept_with_the_code() -> None:
    used = {secret for one in SERVICES.values() for secret in one["secrets"]}
    files = {name: f"secrets/{name}" for name in used}
    assert {name: one["file"] for name, one in COMPOSE["secrets"].items()} == files
    assert "secrets/" in (DEPLOY / ".gitignore").read_text("utf-8").split()
    explained = (DEPLOY / "README.md").read_text("utf-8")
    assert [name for name in used if name not in explained] == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_process_can_do_little_else_than_its_work(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]  # noqa: S108 - in the container
    assert re.search(rf"^USER {service['user']}$", DOCKERFILE, re.MULTILINE)
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_whatever_ends_is_started_again_and_has_the_time_it_needs_to_end() -> None:
    for name in PROGRAMS:
        assert SERVICES[name]["restart"] == "unless-stopped"
        assert seconds(SERVICES[name]["stop_grace_period"]) >= LONGEST_STOP
    assert SERVICES["database"]["restart"] == "unless-stopped"


def test_every_volume_is_used_and_every_mounted_file_is_there() -> None:
    mounts = [one.split(":")[0] for service in SERVICES.values() for one in service["volumes"]]
    assert {one for one in mounts if not one.startswith(".")} == set(COMPOSE["volumes"])
    assert [one for one in mounts if one.startswith(".") and not (DEPLOY / one).is_file()] == []
    assert image_environment()["HOME"] == "/data", "where the cache of Git is kept"


def test_the_web_process_is_healthy_while_it_is_ready() -> None:
    assert "http://127.0.0.1:8080/readyz" in SERVICES["web"]["healthcheck"]["test"][-1]


OF_0_2_0 = """
import os
from worker.app.registry import load_settings
from worker.queue import Client
url = load_settings(None, os.environ).database_url.get_secret_value()
raise SystemExit(0 if Client(url).workers() else 1)
"""
"""What the compose file of 0.2.0 asks, which stays where it is while the image is replaced."""


@pytest.mark.parametrize(
    "asked", [SERVICES["worker"]["healthcheck"]["test"], ["CMD", "python", "-c", OF_0_2_0]]
)
def test_a_worker_is_healthy_while_somebody_works_on_its_database(
    asked: list[str], tmp_path: Path
) -> None:
    command, program, *words = asked
    assert (command, program) == ("CMD", "python")
    url = f"sqlite:///{tmp_path}/postmortem.db"

    def status() -> int:
        environment = {**os.environ, "POSTMORTEM_DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
        return subprocess.run(  # noqa: S603 - our own interpreter and words
            [sys.executable, *words], cwd=tmp_path, env=environment, check=False
        ).returncode

    assert status() == 1
    lease = leases(url)
    assert lease.hold("a-process")
    assert status() == 0
    lease.let_go()
    assert status() == 1


def test_the_unit_of_systemd_starts_the_program_with_settings_it_takes(tmp_path: Path) -> None:
    unit = (DEPLOY / "postmortem.service").read_text("utf-8")
    environment = dict(re.findall(r"^Environment=(\w+)=(.*)$", unit, re.MULTILINE))
    credentials = re.findall(r"^LoadCredential=(\w+):/etc/postmortem/\1$", unit, re.MULTILINE)
    assert set(environment) <= ABOUT_THE_PROGRAM
    assert sorted(credentials) == sorted(re.findall(r"%d/(\w+)", unit))
    settings = loaded(environment, tmp_path, "%d/")
    assert isinstance(settings.documents, DirectoryLocation)
    assert settings.group(PagerDutySettings).api_key
    assert settings.group(JiraSettings).url
    assert re.findall(r"^ExecStart=/\S+/postmortem (\w+)$", unit, re.MULTILINE) == ["serve"]
    (patient,) = re.findall(r"^TimeoutStopSec=(\w+)$", unit, re.MULTILINE)
    assert seconds(patient) >= LONGEST_STOP


MOST_EXPOSED = 2.5
"""Of 10, as ``systemd-analyze security`` counts what a service could do if it were taken over."""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_the_unit_of_systemd_can_do_little_else_than_its_work() -> None:
    judged = subprocess.run(  # noqa: S603 - systemd's own
        ["systemd-analyze", "security", "--offline=true", DEPLOY / "postmortem.service"],  # noqa: S607 - wherever it is
        capture_output=True,
        text=True,
        check=True,
    )
    (exposed,) = re.findall(r"Overall exposure level for \S+: ([\d.]+)", judged.stdout)
    assert float(exposed) <= MOST_EXPOSED
    assert "UMask=0077" in (DEPLOY / "postmortem.service").read_text("utf-8")


def test_the_alerts_watch_what_the_program_tells() -> None:
    metrics = Metrics()
    metrics.watch(lambda: QueueFigures(0, 0.0, 0, 0, last_schedule_success=1.0))
    told = {name for line in metrics.text().decode().splitlines() for name in line.split()[2:3]}
    (written,) = re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs/operations.md").read_text("utf-8"), re.DOTALL
    )
    rules = yaml.safe_load(written)["groups"][0]["rules"]
    watched = {name for one in rules for name in re.findall(r"postmortem_\w+", one["expr"])}
    assert len(rules) == len({one["alert"] for one in rules})
    assert watched <= told
    assert watched


def test_the_notice_names_every_package_that_is_shipped() -> None:
    notice = (ROOT / "NOTICE").read_text("utf-8")
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    shipped = re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)
    named = set(re.findall(r"[\w.-]+", notice))
    assert [one for one in shipped if one not in named] == []
