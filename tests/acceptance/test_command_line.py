"""The command line as people and cron use it: its output, its exit status, its help."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.jira.payloads import SiteKind
from connectors.sandbox import Fault
from tests import warm
from tests.acceptance.world import World, world

ROOT = Path(__file__).parents[2]


class Shell:
    """Runs the command in a folder, configured for a world by its environment."""

    def __init__(self, here: World, *, cold: bool = False) -> None:
        self.here, self.cold = here, cold
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(here.folder),
            "PAGERDUTY_API_KEY": here.pagerduty.api_key,
            "PAGERDUTY_API_URL": here.pagerduty.url,
            "JIRA_URL": here.jira.url,
            "JIRA_EMAIL": here.jira.credentials["email"],
            "JIRA_API_TOKEN": here.jira.credentials["api_token"],
            "JIRA_PROJECT": "OPS",
            "POSTMORTEM_DOCUMENTS": str(here.documents),
            "POSTMORTEM_DATABASE_URL": f"sqlite:///{here.database}",
        }

    def run(self, *words: str, **changes: str | None) -> "subprocess.CompletedProcess[str]":
        """Run the command; changes are made to its environment, None takes a variable away."""
        environment = {**self.environment, **changes}
        told = {name: value for name, value in environment.items() if value is not None}
        return warm.run(*words, folder=self.here.folder, environment=told, cold=self.cold)

    def told(self, *words: str) -> Any:
        """Run the command for its JSON; it must succeed and say nothing on standard error."""
        done = self.run(*words, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    def incident(self, name: str) -> str:
        return self.here.incidents[name].id


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    with world(tmp_path, SiteKind.CLOUD) as here:
        yield Shell(here)


def test_draft_sync_and_status_give_json_and_exit_0(shell: Shell) -> None:
    shell.cold = True
    incident = shell.incident("checkout storm")
    drafted = shell.told("draft", incident)
    assert [deed["action"] for deed in drafted["incidents"][0]["deeds"]] == ["drafted"]
    assert shell.here.tickets() == {}

    synced = shell.told("sync", incident)
    actions = [deed["action"] for deed in synced["incidents"][0]["deeds"]]
    assert actions.count("created") == len(shell.here.tickets()) == 3

    assert shell.told("sync")["incidents"] == []
    (one,) = shell.told("status", incident)
    assert [item["status"] for item in one["items"]] == ["To Do"] * 3
    journal = shell.told("status", "--journal", incident)
    assert {entry["deed"]["action"] for entry in journal} == {"drafted", "created", "status"}


def test_a_suggestion_is_in_the_json_and_not_in_the_text(shell: Shell) -> None:
    incident = shell.incident("quick fix")
    shell.told("draft", incident)
    shell.here.edit(lambda text: text.replace("9 min", "Ten minutes, more or less", 1))
    (result,) = shell.told("sync", incident)["incidents"]
    suggested = [one for one in result["suggestions"] if "Ten minutes" in one["people"]]
    assert [one["fresh"] for one in suggested] == ["9 min"]
    assert "Ten minutes, more or less" in shell.here.text()


def test_a_dry_run_shows_plan_and_diff_and_writes_nothing(shell: Shell) -> None:
    done = shell.run("sync", "--dry-run", shell.incident("checkout storm"))
    assert done.returncode == 0
    assert "would be drafted" in done.stdout
    assert "would be created" in done.stdout
    assert "+## 1. Incident Summary" in done.stdout
    assert not shell.here.documents.exists()
    assert not shell.here.database.exists()
    assert shell.here.tickets() == {}


def test_since_looks_back_for_what_has_no_document(shell: Shell) -> None:
    assert shell.told("sync")["incidents"] == []
    found = shell.told("sync", "--since", "90d")["incidents"]
    assert len([one for one in found if one["document"]]) == len(shell.here.incidents) - 1


def test_some_work_failed_is_exit_1_and_the_rest_is_done(shell: Shell) -> None:
    done = shell.run("draft", "QNOSUCHINCIDENT", shell.incident("quick fix"))
    assert done.returncode == 1
    assert "QNOSUCHINCIDENT" in done.stderr
    assert shell.here.path().exists()


def test_a_sync_that_could_not_look_does_not_say_that_there_is_nothing_to_do(shell: Shell) -> None:
    done = shell.run("sync", PAGERDUTY_API_KEY="wrong")
    assert done.returncode == 1
    assert "PagerDuty" in done.stderr
    assert "Nothing to do" not in done.stdout


@pytest.mark.parametrize(
    ("words", "changes", "sentence"),
    [
        (("draft", "not/an/id"), {}, "is no incident"),
        (("draft",), {}, "Missing argument"),
        (("sync", "--since", "soon"), {}, "Write it like 90s"),
        (("sync", "--frobnicate"), {}, "--frobnicate"),
        (("draft", "QA"), {"PAGERDUTY_API_KEY": None}, "Set PAGERDUTY_API_KEY"),
        (("sync",), {"POSTMORTEM_TIMEZONE": "Mars/Base"}, "Mars/Base"),
        (("sync",), {"JIRA_API_TOKEN": None}, "JIRA_API_TOKEN"),
        (("serve", "--port", "99999"), {}, "less than or equal to 65535"),
        (("serve", "--host", "0.0.0.0"), {}, "POSTMORTEM_TOKEN"),  # noqa: S104 - it is refused
        (("--config", "none.toml", "sync"), {}, "none.toml"),
    ],
)
def test_wrong_usage_or_settings_is_exit_2_and_nothing_is_done(
    shell: Shell, words: tuple[str, ...], changes: dict[str, str | None], sentence: str
) -> None:
    done = shell.run(*words, **changes)
    assert done.returncode == 2
    assert sentence in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert not shell.here.database.exists()
    assert shell.here.pagerduty.calls() == []


def test_without_jira_the_draft_is_written_and_the_result_says_so(shell: Shell) -> None:
    none = {"JIRA_URL": None, "JIRA_EMAIL": None, "JIRA_API_TOKEN": None, "JIRA_PROJECT": None}
    done = shell.run("sync", shell.incident("checkout storm"), **none)
    assert done.returncode == 0
    assert "Jira is not configured" in done.stdout
    assert shell.here.path("checkout storm").exists()


def test_check_finds_all_well_and_names_every_problem_at_once(shell: Shell) -> None:
    well = shell.run("check")
    assert (well.returncode, well.stderr) == (0, "")
    assert "Jira project OPS" in well.stdout
    bad = shell.run("check", PAGERDUTY_API_KEY="wrong", JIRA_PROJECT="NOPE")
    assert bad.returncode == 1
    assert "PagerDuty" in bad.stderr
    assert "NOPE" in bad.stderr
    assert "wrong" not in bad.stdout + bad.stderr.replace("is wrong", "")


@pytest.mark.parametrize("words", [("check", "--config", "x.toml"), ("sync", "--config=x.toml")])
def test_where_the_settings_file_is_named_is_told(shell: Shell, words: tuple[str, ...]) -> None:
    done = shell.run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Put --config before the command: postmortem --config FILE {words[0]}" in done.stderr
    (shell.here.folder / "check").write_text("")
    assert "Put --config" not in shell.run("--config", "check", "status").stderr


def test_check_reads_the_documents(shell: Shell) -> None:
    shell.run("draft", shell.incident("quick fix"))
    path, whole = shell.here.path(), shell.here.text()
    assert "1 read, nothing is in the way" in shell.run("check").stdout

    path.write_text(whole.replace("## 6. Action Items", "## 6. Massnahmen"))
    gone = shell.run("check")
    assert gone.returncode == 0, gone.stderr
    assert f"! {path.name}: There is no heading 'Action Items'" in gone.stdout

    path.write_text(f"{whole}\n<<<<<<< ours\none\n=======\ntwo\n>>>>>>> theirs\n")
    marked = shell.run("check")
    assert marked.returncode == shell.run("sync").returncode == 1
    assert "conflict markers" in marked.stderr
    assert "delete the markers" in marked.stderr

    path.write_text(whole.partition("\n---\n")[2])
    bare = shell.run("check")
    assert bare.returncode == shell.run("sync").returncode == 1
    assert "has lost the front matter" in bare.stderr

    path.write_text(whole)
    path.with_name("copy.md").write_text(whole)
    assert "both say that they are the postmortem" in shell.run("check").stderr


WORDS = """
[drafts]
services = ["Chekout API"]
priorities = ["P9"]

[[routes]]
teams = ["Shpo"]
components = ["Serch"]
fields = { customfield_1 = "x" }

[priorities]
P1 = "Hihg"
P2 = "high"

[owners]
ada = "ada@nowhere.example"
"""


def test_check_compares_the_words_of_the_settings_with_the_services(shell: Shell) -> None:
    settings = shell.here.folder / "postmortem.toml"
    settings.write_text(WORDS)
    done = shell.run("check")
    assert done.returncode == 1
    for subject, remedy in (
        ("Service 'Chekout API' in [drafts]", "Did you mean 'Checkout API'?"),
        ("Priority 'P9' in [drafts]", "Take one that is there: P1, P2"),
        ("Team 'Shpo' in [[routes]] #1", "Did you mean 'Shop'?"),
        ("Component 'Serch' in OPS", "Did you mean 'Search'?"),
        ("Field 'customfield_1' in OPS", "create screen"),
        ("Priority 'Hihg' in [priorities] (P1)", "Did you mean 'High'?"),
        ("Owner 'ada' in [owners]", "Mend the owner map."),
    ):
        assert f"✗ {subject}" in done.stdout
        (line,) = [one for one in done.stderr.splitlines() if one.startswith(subject)]
        assert remedy in line
    assert "high'" not in done.stderr

    settings.write_text(
        WORDS.replace("Chekout", "Checkout")
        .replace("P9", "P1")
        .replace("Shpo", "Shop")
        .replace("Serch", "Search")
        .replace("Hihg", "High")
        .replace('{ customfield_1 = "x" }', "{}")
        .replace("ada@nowhere.example", "mira.castellan@example.com")
    )
    well = shell.run("check")
    assert (well.returncode, well.stderr) == (0, "")
    assert "PagerDuty has 'Checkout API'" in well.stdout

    shell.here.pagerduty.fault(Fault("/services$", 403))
    unread = shell.run("check")
    assert (unread.returncode, unread.stderr) == (0, "")
    assert "! Each service that the settings name: It was not looked up: " in unread.stdout


def test_an_incident_without_a_document_is_told_by_status(shell: Shell) -> None:
    done = shell.run("status", "QNOSUCHINCIDENT")
    assert done.returncode == 1
    assert "QNOSUCHINCIDENT has no document. Run `postmortem draft QNOSUCH" in done.stderr


def test_an_address_of_pagerduty_names_an_incident(shell: Shell) -> None:
    incident = shell.incident("quick fix")
    address = f"https://harbour-shop.pagerduty.example.com/incidents/{incident}"
    assert shell.told("draft", address)["incidents"][0]["incident"] == incident


@pytest.mark.parametrize("command", ["demo", "serve", "work", "draft", "sync", "status", "check"])
def test_each_command_has_help_with_an_example(shell: Shell, command: str) -> None:
    done = shell.run(command, "--help", TERM="dumb")
    assert done.returncode == 0
    shown = [line for line in done.stdout.splitlines() if "Usage:" not in line]
    assert [line for line in shown if f"postmortem {command}" in line]


def test_help_that_is_piped_is_plain_and_tells_each_command_whole(shell: Shell) -> None:
    told = " ".join(shell.run("--help").stdout.split())
    assert (
        "sync Re-sync by hand: refresh drafts, create missing tickets, bring statuses back." in told
    )
    assert not set("│╭─\x1b") & set(told)


def test_nothing_is_coloured_where_it_is_piped(shell: Shell) -> None:
    shell.run("draft", shell.incident("checkout storm"))
    for words in (("status",), ("check",), ("sync",)):
        assert "\x1b[" not in shell.run(*words).stdout


def test_a_server_says_what_it_will_be_missing(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = shell.run("serve", "--port", port, POSTMORTEM_PUBLIC_URL="https://pm.example.com")
    assert done.returncode != 0
    assert "set PAGERDUTY_WEBHOOK_SECRET" in done.stderr
    assert "set POSTMORTEM_TOKEN" in done.stderr


def test_a_diff_that_is_piped_is_whole(shell: Shell) -> None:
    done = shell.run("sync", shell.incident("checkout storm"), "--dry-run", COLUMNS="40")
    longest = max(done.stdout.splitlines(), key=len)
    assert len(longest) > 200
    assert "…" not in longest


def test_a_dry_run_leaves_a_service_alone_that_asked_for_it(shell: Shell) -> None:
    shell.here.pagerduty.fault(Fault(status=429, headers={"ratelimit-reset": "600"}))
    assert "Try again in 600 s" in shell.run("sync").stderr
    shell.here.pagerduty.forget()
    rehearsed = shell.run("sync", "--since", "30d", "--dry-run")
    assert "PagerDuty asked for no more requests for now" in rehearsed.stderr
    assert rehearsed.returncode == 1
    assert shell.here.pagerduty.calls() == []


def test_lint_tells_what_is_open_by_line_and_needs_no_account(shell: Shell) -> None:
    incident = shell.incident("quick fix")
    shell.told("draft", incident)
    bare = dict.fromkeys([name for name in shell.environment if name[:4] in ("PAGE", "JIRA")])
    bare["POSTMORTEM_DATABASE_URL"] = "sqlite:///nowhere/at/all.db"
    done = shell.run("lint", "--json", **bare)
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert set(found[0]) == {"incident", "document", "line", "rule", "message"}
    assert {one["rule"] for one in found} == {"open-prompt", "no-root-cause"}
    lines = shell.here.text().split("\n")
    for one in found:
        assert one["incident"] == incident
        assert "[" in lines[one["line"] - 1] or one["rule"] == "no-root-cause"
    assert f":{found[0]['line']} " in shell.run("lint", incident, **bare).stdout

    name = shell.here.path().name
    annotated = shell.run("lint", "--format", "github", **bare)
    place = f"file=documents/{name},line={found[0]['line']}"
    assert annotated.stdout.startswith(f"::error {place},title=open-prompt::")


@pytest.mark.parametrize("words", [("lint",), ("lint", "--json"), ("search", "pictures")])
def test_a_terminal_shows_that_documents_are_read_and_a_pipe_does_not(
    shell: Shell, words: tuple[str, ...]
) -> None:
    shell.told("draft", shell.incident("quick fix"))
    piped = shell.run(*words)
    shown = shell.run(*words, TTY_COMPATIBLE="1", NO_COLOR="1", TERM="xterm")
    assert piped.stderr == ""
    assert "Reading the documents…" in shown.stderr
    assert "Reading" not in shown.stdout
    assert shown.returncode == piped.returncode


def test_lint_looks_at_the_files_that_are_named_and_passes_over_what_is_no_postmortem(
    shell: Shell,
) -> None:
    first, second = shell.incident("quick fix"), shell.incident("checkout storm")
    shell.told("draft", first)
    shell.told("draft", second)
    (shell.here.documents / "README.md").write_text("# About [these]\n", "utf-8")
    (shell.here.folder / "CHANGELOG.md").write_text("# Changes\n", "utf-8")
    file = f"documents/{shell.here.path('quick fix').name}"
    done = shell.run("lint", "--json", file, "documents/README.md", "CHANGELOG.md")
    assert {one["incident"] for one in json.loads(done.stdout)} == {first}
    assert done.returncode == 1
    others = shell.run("lint", "documents/README.md", "CHANGELOG.md")
    assert (others.returncode, others.stdout) == (0, "Nothing is found.\n")
    both = shell.run("lint", "--json", str(shell.here.path("quick fix")), second)
    assert {one["incident"] for one in json.loads(both.stdout)} == {first, second}
    assert shell.run("lint", "documents/none.md").returncode == 2


def test_lint_names_an_incident_without_a_document_and_what_it_could_not_read(
    shell: Shell,
) -> None:
    shell.here.documents.mkdir(exist_ok=True)
    assert shell.run("lint").returncode == 0
    done = shell.run("lint", "Q0NOTHERE00001", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (1, [])
    assert "Q0NOTHERE00001 has no document. Run `postmortem draft Q0" in done.stderr
    shell.told("draft", shell.incident("quick fix"))
    shell.here.edit(
        lambda text: text.replace("## 2.", "<<<<<<< HEAD\n=======\n>>>>>>> x\n## 2.", 1)
    )
    done = shell.run("lint", "--format", "github")
    name = shell.here.path().name
    assert done.returncode == 1
    assert name in done.stderr
    assert any(one.startswith("::error::") and name in one for one in done.stdout.splitlines())
    assert shell.run("lint", "--format", "github", "--json").returncode == 2


@pytest.mark.parametrize("words", [("lint",), ("search", "pool")])
def test_a_place_of_documents_that_is_not_there_is_no_clean_one(
    shell: Shell, words: tuple[str, ...]
) -> None:
    mistyped = shell.here.folder / "documnets"
    for asked in (words, (*words, "--json")):
        done = shell.run(*asked, POSTMORTEM_DOCUMENTS=str(mistyped))
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.replace("\n", " ").startswith(f"{mistyped}, where the documents are")
        assert "does not exist" in done.stderr.replace("\n", " ")
    mistyped.mkdir()
    done = shell.run(*words, POSTMORTEM_DOCUMENTS=str(mistyped))
    assert done.returncode == 0
    assert done.stdout.replace("\n", "") == f"There are no documents in {mistyped}."
    done = shell.run(*words, "--json", POSTMORTEM_DOCUMENTS=str(mistyped))
    assert (done.returncode, done.stdout.split()) == (0, ["[]"])


def test_an_incident_is_named_by_its_number_as_well(shell: Shell) -> None:
    incident = shell.here.incidents["quick fix"]
    (drafted,) = shell.told("draft", str(incident.number))["incidents"]
    assert (drafted["incident"], bool(drafted["document"])) == (incident.id, True)
    (synced,) = shell.told("sync", f"#{incident.number}")["incidents"]
    assert (synced["incident"], synced["document"]) == (incident.id, drafted["document"])
    assert [one["incident"] for one in shell.told("status", str(incident.number))] == [incident.id]
    assert {one["incident"] for one in json.loads(shell.run("lint", "--json", "4103").stdout)}
    nowhere = shell.run("draft", "987654")
    assert nowhere.returncode == 1
    assert "987654" in nowhere.stderr


def test_search_finds_documents_by_all_of_their_words_and_tells_the_line(shell: Shell) -> None:
    for name in ("quick fix", "checkout storm"):
        shell.told("draft", shell.incident(name))
    shell.here.edit(
        lambda text: text.replace("## 7.", "Der Würfel fiel, café inclusive.\n\n## 7.", 1)
    )
    bare = dict.fromkeys([name for name in shell.environment if name[:4] in ("PAGE", "JIRA")])
    done = shell.run("search", "CAFE", "wurfel", "--json", **bare)
    (found,) = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert set(found) == {"incident", "document", "title", "line", "text"}
    assert found["incident"] == shell.incident("quick fix")
    assert "Würfel" in shell.here.text().split("\n")[found["line"] - 1]
    everywhere = json.loads(shell.run("search", "--json", "timeline of events").stdout)
    assert len(everywhere) == 2
    nothing = shell.run("search", "nowheretobefound", "--json")
    assert (nothing.returncode, json.loads(nothing.stdout)) == (0, [])


def test_lint_judges_words_where_it_is_asked_to(shell: Shell) -> None:
    shell.here.documents.mkdir(exist_ok=True)
    text = (
        "---\nincident: QWORDS\n---\n# Postmortem: Words\n\n## 6. Action Items\n\n"
        "| Task Description | Owner | Priority | Deadline |\n|---|---|---|---|\n"
        "| Better monitoring | Ann | High | 2027-01-01 |\n"
    )
    (shell.here.documents / "2026-11-02-QWORDS-words.md").write_text(text, "utf-8")
    plainly, strictly = (
        [one["rule"] for one in json.loads(shell.run("lint", *words, "--json").stdout)]
        for words in ((), ("--strict",))
    )
    assert "no-verb" not in plainly
    assert sorted(strictly) == sorted([*plainly, "no-verb"])


def test_a_document_that_cannot_be_read_is_neither_complete_nor_searched(shell: Shell) -> None:
    shell.run("draft", shell.incident("quick fix"))
    shell.run("draft", shell.incident("reopened"))
    path = shell.here.path()
    path.write_bytes(path.read_bytes().replace(b"Impact", b"Imp\xe4ct", 1))
    shown = shell.run("status", shell.incident("quick fix")).stdout
    assert "(left alone)" in shown
    assert "complete" not in shown
    done = shell.run("search", "Summary")
    assert done.returncode == 1
    assert shell.incident("reopened") in done.stdout
    assert "not UTF-8" in done.stderr
    found = shell.run("search", "Summary", "--json")
    assert found.returncode == 1
    assert [one["incident"] for one in json.loads(found.stdout)] == [shell.incident("reopened")]


def test_a_folder_that_is_gone_is_told_in_a_sentence(shell: Shell) -> None:
    gone = shell.here.folder / "gone"
    gone.mkdir()
    script = f"cd {gone} && rmdir {gone} && exec {sys.executable} -m worker status"
    environment = {**shell.environment, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(  # noqa: S603 - our own interpreter and words
        ["/bin/sh", "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "The folder that this was started in is gone. Change to one that is there."
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize("words", [("--help",), ("--version",), ("status",), ("status", "--json")])
def test_a_full_disk_below_the_output_is_told_in_a_sentence(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "worker", *words],
            check=False,
            cwd=tmp_path,
            env=environment | {"PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(
        "Not all could be printed: No space left on device. What was done"
    )
    assert len(done.stderr.splitlines()) == 1
