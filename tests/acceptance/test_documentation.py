"""What the documentation tells people to do is done here, line by line."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.jira.payloads import SiteKind
from tests.acceptance.world import world
from tests.command_reference import PAGE, reference
from worker.app.composition import policy
from worker.app.registry import Services, load_settings

DOCS = Path(__file__).parents[2] / "docs"
RECIPES = re.split(r"^## ", (DOCS / "recipes.md").read_text("utf-8"), flags=re.MULTILINE)[1:]


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_the_first_hour_goes_as_it_is_told(tmp_path: Path) -> None:
    script = "set -eu\n" + "".join(blocks((DOCS / "first-hour.md").read_text("utf-8"), "sh"))
    with world(tmp_path, SiteKind.CLOUD) as here:
        answers = [
            *(here.pagerduty.url, here.pagerduty.api_key, ""),
            *(here.jira.url, here.jira.credentials["email"], here.jira.credentials["api_token"]),
            *("OPS", ""),
            # neither Confluence nor Slack, the usual place and zone, no webhook, no draft
            *("", "", "", "", "", "no"),
        ]
        script = script.replace(
            "postmortem init\n", "postmortem init <<< $'" + "\\n".join(answers) + "\\n'\n"
        ).replace("Q0R9EVXVKUZTX7", here.incidents["checkout storm"].id)
        done = subprocess.run(  # noqa: S603 - what the page tells people to type
            ["/bin/bash", "-c", script],
            cwd=tmp_path,
            env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "TZ": "UTC"},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        untold = [line for line in done.stderr.splitlines() if not re.match(r"\d of 5: ", line)]
        assert untold == []  # but for how far the look back is
        assert len(here.tickets()) == 3
        assert "Every step happened" in done.stdout
        assert done.stdout.rstrip().endswith("nothing to do")
        assert (tmp_path / "trial" / "postmortem.toml").exists()


def test_there_are_ten_recipes() -> None:
    assert [one.split(".")[0] for one in RECIPES] == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda one: one.split("\n")[0])
def test_a_recipe_can_be_used(recipe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (text,) = blocks(recipe, "toml")
    for folder in ("/etc/postmortem/", "/run/secrets/"):
        text = text.replace(folder, f"{tmp_path}/")
    for path in re.findall(rf'"({re.escape(str(tmp_path))}/[^"]+)"', text):
        address = "postgresql://postmortem:hush@db.example.com/postmortem"
        held = address if path.endswith("database_url") else "a-secret-of-some-length"
        Path(path).write_text(
            f"{held}\n" if not path.endswith(".md") else "# Postmortem\n", "utf-8"
        )
    file = tmp_path / "postmortem.toml"
    file.write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    settings = load_settings(file, {})
    services = Services.under(settings)
    assert services.source is not None
    assert settings.warnings == ()
    used = policy(settings, services.source, services.tracker, services.publisher)
    assert len(used.routes) == max(len(settings.routes), services.tracker is not None)
    for script in blocks(recipe, "sh"):
        subprocess.run(["/bin/bash", "-nc", script], check=True)  # noqa: S603 - read, not run


def test_the_reference_of_commands_is_that_of_the_program() -> None:
    assert PAGE.read_text("utf-8") == reference(), "make reference"


def examples() -> list[str]:
    """Give each command that the documentation and the help tell people to type."""
    pages = [DOCS.parent / "README.md", *DOCS.glob("*.md"), *(DOCS.parent / "deploy").glob("*.md")]
    texts = [page.read_text("utf-8") for page in pages]
    found = [one for text in texts for one in re.findall(r"`postmortem ([^`\n]+)`", text)]
    for text in texts:
        for block in re.findall(r"^```(?:sh|console)?\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            found += re.findall(r"^(?:\$ )?postmortem ([^#|&\n]+)", block, re.MULTILINE)
    return sorted({one.strip() for one in found})


def test_each_example_is_a_command_that_there_is() -> None:
    told = reference()
    commands = dict(
        re.findall(r"^## postmortem (\w+)(.*?)(?=^## )", told, re.DOTALL | re.MULTILINE)
    )
    wrong = []
    for example in examples():
        words = example.split()
        while words and words[0].startswith("--"):
            words = words[2 if words[0] == "--config" else 1 :]
        if not words or words[0] == "COMMAND":
            continue
        page = commands.get(words[0], "")
        options = [word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)]
        unknown = [one for one in options if one not in page and one not in {"--help", "-h"}]
        if not page or unknown:
            wrong.append(f"postmortem {example}: {unknown or 'no such command'}")
    assert wrong == []
    assert len(examples()) > 20
