"""Records what an earlier state of the program leaves: ``python -m tests.upgrades.record CHECKOUT NAME``.

The earlier program runs as a command against today's stand-ins, on the ports where the test has
them again. A person edits its document, works on its tickets, and edits it once more at the end.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from connectors.jira.sandbox.server import JiraSandbox
from connectors.pagerduty.sandbox.scenarios import load
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from tests.upgrades import (
    HERE,
    INCIDENT,
    JIRA_PORT,
    LAST_WORDS,
    PAGERDUTY_PORT,
    RECORDS,
    ROWS,
    WORDS,
)

RUN = "import sys; from worker.cli.main import app; sys.argv[0] = 'postmortem'; app()"
READS = ("search", "bulkfetch")


def write_as_people_do(document: Path) -> None:
    """Let people write who was affected, and rows of their own."""
    lines = document.read_text("utf-8").split("\n")
    users = next(at for at, line in enumerate(lines) if "**Users Affected:**" in line)
    lines[users] = f"- **Users Affected:** {WORDS}"
    heading = next(at for at, line in enumerate(lines) if line.startswith("## 6."))
    last = max(at for at, line in enumerate(lines) if line.startswith("|") and at > heading)
    lines[last + 1 : last + 1] = ROWS
    document.write_text("\n".join(lines), "utf-8")


def record(checkout: Path, name: str) -> None:
    """Let the program in ``checkout`` work, and keep what it leaves under ``name``."""
    folder = RECORDS / name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "documents").mkdir(parents=True)
    database = folder / "postmortem.db"
    with PagerDutySandbox(port=PAGERDUTY_PORT) as pagerduty, JiraSandbox(port=JIRA_PORT) as jira:
        incident = load(pagerduty.account)[INCIDENT].id

        def run(*words: str) -> None:
            environment = {
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(checkout),
                "PAGERDUTY_API_KEY": pagerduty.api_key,
                "PAGERDUTY_API_URL": pagerduty.url,
                "JIRA_URL": jira.url,
                "JIRA_EMAIL": jira.credentials["email"],
                "JIRA_API_TOKEN": jira.credentials["api_token"],
                "JIRA_PROJECT": "OPS",
                "POSTMORTEM_DOCUMENTS": str(folder / "documents"),
                "POSTMORTEM_DATABASE_URL": f"sqlite:///{database}",
            }
            command = [sys.executable, "-c", RUN, *words, incident]
            subprocess.run(command, cwd=checkout, env=environment, check=True)  # noqa: S603 - our own command

        run("draft")
        (document,) = (folder / "documents").glob("*.md")
        write_as_people_do(document)
        run("sync")
        keys = sorted(one.now.key for one in jira.site.records.values())
        jira.transition(keys[0], "Done")
        run("sync")
        jira.transition(keys[1], "Start progress")
        text = document.read_text("utf-8")
        document.write_text(text.replace(WORDS, f"{WORDS} {LAST_WORDS}"), "utf-8")
        writes = [
            {"method": one.method, "path": one.path, "body": json.loads(one.body or b"null")}
            for one in jira.served
            if one.method != "GET" and not any(word in one.path for word in READS)
        ]
    sent = json.dumps({"writes": writes, "keys": keys}, indent=1)
    (folder / "jira.json").write_text(f"{sent}\n", "utf-8")
    with closing(sqlite3.connect(database)) as journal:
        told = "\n".join(journal.iterdump()).replace(str(folder), HERE)
    (folder / "journal.sql").write_text(f"{told}\n", "utf-8")
    for left in folder.glob("postmortem.db*"):
        left.unlink() if left.is_file() else shutil.rmtree(left)


if __name__ == "__main__":
    record(Path(sys.argv[1]), sys.argv[2])
