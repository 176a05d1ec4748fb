"""The whole job on the sandbox: `postmortem demo`.

Everything but the two servers outside is the real program: its web server receives the signed
webhook, its queue runs the job, its connectors speak HTTP, its documents are files.
"""

import logging
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from http import HTTPStatus
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule
from rich.syntax import Syntax

from config.settings import Settings
from config.template_names import Section
from connectors.errors import PostmortemError
from connectors.incidents import IncidentId
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios import load as load_scenarios
from connectors.pagerduty.sandbox.server import SECRET
from worker.app.binding import Moved
from worker.app.composition import open_context
from worker.app.service import Service
from worker.demo_sandboxes import PICKED, Sandboxes, sandboxes, settings_for
from worker.document.action_items import ActionItem
from worker.document.action_section import read as read_items
from worker.jobs.results import Action, RunResult, Trigger
from worker.jobs.run_many import RunRequest, run_many

ADDED_ROWS = (
    "| Rehearse a roll-back of checkout-api with the night shift | Lena Okafor | High | 2026-11-06 "
    "|  |  |\n"
    "| Ask the vendor of ledger-db for a limit per client | nobody | Low | soon |  |  |\n"
)
"""What a person adds to the table; the second row's owner and deadline cannot be used."""

IMPACT = "About one checkout in five failed for an hour."


class StepFailed(PostmortemError):
    """A step of the demo did not happen."""


WIDTH = 100
"""Columns that a line takes on the one screen, where it is not narrower."""

PATIENCE = 300.0
"""Seconds until a job is given up that a fast machine does in two: some are slow, or busy."""


def show(
    folder: Path | None, *, serve: bool, full: bool = False, console: Console | None = None
) -> bool:
    """Go through every step, printing each; give whether all of them happened.

    Documents are kept in ``folder``, else in a temporary one. With ``serve`` the web page stays up
    until Ctrl-C. It all fits one screen, unless ``full``.
    """
    told = console or Console(highlight=False, soft_wrap=True)
    with ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postmortem-")))
        folder.mkdir(parents=True, exist_ok=True)
        try:
            demo = stack.enter_context(_stage(folder.absolute(), told, full=full))
            demo.play()
        except PostmortemError as error:
            failed = console or Console(highlight=False, soft_wrap=True, stderr=True)
            failed.print(f"[red]The demo stopped: {escape(str(error))}[/]")
            return False
        told.print(Rule("Every step happened", style="green"))
        if serve:
            told.print(f"The web page is at [bold]{demo.service.url}[/] until you press Ctrl-C.")
            _wait_for_interrupt()
    return True


def _wait_for_interrupt() -> None:
    with suppress(KeyboardInterrupt):
        threading.Event().wait()


@contextmanager
def _stage(folder: Path, console: Console, *, full: bool) -> Iterator["_Demo"]:
    """Start the sandbox and the program on it; stop both in the end."""
    with sandboxes() as outside, ExitStack() as stack:
        settings = settings_for(folder, outside)
        service = Service(settings, port=0, settle=0, moved=Moved.ADOPT)  # ports are new
        service.start()
        stack.callback(_stop, service)
        yield _Demo(folder, console, outside, settings, service, full=full)


def _stop(service: Service) -> None:
    """Stop; what is still under way then would only tell that its folder is gone."""
    if not service.stop():
        logging.disable(logging.CRITICAL)


class _Demo:
    """The steps, each of which checks that it happened."""

    def __init__(
        self,
        folder: Path,
        console: Console,
        outside: Sandboxes,
        settings: Settings,
        service: Service,
        *,
        full: bool,
    ) -> None:
        self.full = full
        self.folder = folder
        self.console = console
        self.pagerduty, self.jira, self.confluence, self.slack = outside
        self.settings = settings
        self.service = service
        self.number = 0

    def play(self) -> None:
        """Go through the steps. Raises ``StepFailed`` at the first that did not happen."""
        self._step("The program runs, beside sandboxes of PagerDuty, Jira, Confluence and Slack")
        self._say(
            f"PagerDuty {self.pagerduty.url} · Jira {self.jira.url}",
            f"Confluence {self.confluence.url} · Slack {self.slack.url}",
            f"The program {self.service.url}",
        )
        incident = load_scenarios(self.pagerduty.account)["checkout storm"]
        self._receive(incident)
        document = self._draft(incident)
        self._edit(document)
        self._create(incident, document)
        self._nothing_twice(incident, document)
        self._work_in_jira(document)
        self._bring_back(incident, document)
        self._show_page(document)

    def _receive(self, incident: SandboxIncident) -> None:
        self._step(f"Incident {incident.id} is resolved; PagerDuty sends a signed webhook")
        address = f"{self.service.url}/webhooks/pagerduty"
        event = "incident.resolved"
        forged = self.pagerduty.webhook(event, incident, secret=SECRET[::-1]).send(address)
        self._must(forged == HTTPStatus.UNAUTHORIZED, f"a forgery was answered with {forged}")
        answer = self.pagerduty.webhook(event, incident).send(address)
        self._must(answer == HTTPStatus.ACCEPTED, f"the webhook was answered with {answer}")
        self._say("forged signature → 401 · signed webhook → 202")

    def _draft(self, incident: SandboxIncident) -> Path:
        self._step("The draft appears by itself: PagerDuty's data, and what was picked in Slack")
        self.service.wait_until_idle(PATIENCE)
        found = sorted(self.folder.glob(f"*-{incident.id}-*.md"))
        self._must(len(found) == 1, f"there are {len(found)} drafts")
        text = found[0].read_text("utf-8")
        self._must(text.count("\n## ") == len(Section), "the draft lacks sections")
        self._must("[Incident Title]" not in text, "the draft has no title")
        picked = [line for line in text.split("\n") if f'wrote: "{PICKED[:20]}' in line]
        self._must(len(picked) == 1, "the message that was picked in Slack is not in it")
        self._print(text if self.full else excerpt(text, picked[0]))
        self.console.print(f"   {found[0]}", markup=False)
        return found[0]

    def _edit(self, document: Path) -> None:
        self._step("People edit it: the impact in their own words, two more action items")
        text = document.read_text("utf-8")
        lines = text.split("\n")
        last = max(at for at, line in enumerate(lines) if line.startswith("|"))
        lines.insert(last + 1, ADDED_ROWS.rstrip("\n"))
        users = next(at for at, line in enumerate(lines) if "**Users Affected:**" in line)
        lines[users] = f"- **Users Affected:** {IMPACT}"
        document.write_text("\n".join(lines), "utf-8")
        self._print(ADDED_ROWS)

    def _create(self, incident: SandboxIncident, document: Path) -> None:
        self._step("`postmortem sync` gives each action item its one ticket")
        result = self._sync(incident)
        self._report(result)
        made = [one for one in result.incidents[0].deeds if one.action is Action.CREATED]
        self._must(len(made) == ADDED_ROWS.count("\n"), f"{len(made)} tickets were created")
        items = self._items(document)
        self._must(all(one.ticket for one in items), "a row has no ticket")
        keys = {one.ticket.key for one in items if one.ticket}
        self._must(len(keys) == len(items), "two rows share a ticket")
        self._must(len(self.jira.site.records) == len(items), "Jira has another number of tickets")
        self._must(IMPACT in document.read_text("utf-8"), "a person's words are gone")

    def _nothing_twice(self, incident: SandboxIncident, document: Path) -> None:
        self._step("The same again creates nothing and writes nothing")
        before, tickets = document.stat(), len(self.jira.site.records)
        result = self._sync(incident)
        self._must(not result.incidents[0].deeds, "something was written")
        self._must(document.stat().st_mtime_ns == before.st_mtime_ns, "the file was rewritten")
        self._must(len(self.jira.site.records) == tickets, "a ticket was created twice")

    def _work_in_jira(self, document: Path) -> None:
        self._step("The work is done in Jira: all done, but one that will not be")
        items = self._items(document)
        for item in items:
            if item.ticket is not None:
                last = item is items[-1]
                name = "Won't do" if last else "Done"
                self.jira.transition(item.ticket.key, name)
                self._say(f"{item.ticket.url} → {name}: {item.task}")

    def _bring_back(self, incident: SandboxIncident, document: Path) -> None:
        self._step("`postmortem sync` brings the statuses back into the document")
        self._report(self._sync(incident))
        items = self._items(document)
        expected = ["Done"] * (len(items) - 1) + ["Done (Won't Do)"]
        self._must([one.status_text for one in items] == expected, "a status did not come back")
        text = document.read_text("utf-8")
        self._must(IMPACT in text, "a person's words are gone")
        if self.full:
            self._print(text[text.index("## 6.") : text.index("## 7.")])

    def _show_page(self, document: Path) -> None:
        self._step("It is a page in Confluence and one message in Slack, and current in both")
        page = self.confluence.page("Postmortem")
        keys = [one.ticket.key for one in self._items(document) if one.ticket]
        self._must(all(f">{one}</a>" in page.body for one in keys), "the page lacks a ticket")
        self._must(">Done</ac:parameter>" in page.body, "the page does not show the statuses")
        self._must(len(page.attachments) == 1, "the page has no chart")
        self._say(f"{self.confluence.url}/wiki/spaces/{self.confluence.site.key}/pages/{page.id}/")

        self._show_announcement(keys)

    def _show_announcement(self, keys: Sequence[str]) -> None:
        room = next(iter(self.slack.workspace.rooms.values()))
        told = [one.text for one in self.slack.posts(room)]
        self._must(len(told) == 1, f"there are {len(told)} announcements")
        self._must(all(f"|{one}>" in told[0] for one in keys), "the announcement lacks a ticket")
        self._must(told[0].count("Done") == len(keys), "the announcement lacks a status")
        self._say(*told[0].splitlines()[: None if self.full else 1])

    def _sync(self, incident: SandboxIncident) -> RunResult:
        with open_context(self.settings, moved=Moved.ADOPT) as opened:
            asked = RunRequest(Trigger.COMMAND, (IncidentId(incident.id),), wait=90)
            result = run_many(opened, asked)
        self._must(not result.failed, "; ".join(result.incidents[0].failures) or "a sync failed")
        return result

    def _items(self, document: Path) -> list[ActionItem]:
        return list(read_items(document.read_text("utf-8"), self.settings.document_names).items)

    def _report(self, result: RunResult) -> None:
        told = result.incidents[0]
        for deed in told.deeds:
            change = f" {deed.before or '(nothing)'} → {deed.after}:" if deed.after else ""
            if self.full or deed.action is Action.CREATED or deed.before:
                self._say(f"{deed.action.value} {deed.ticket}{change} {deed.subject}")
        for warning in told.warnings if self.full else ():
            self._say(f"note: {warning}")

    def _step(self, title: str) -> None:
        self.number += 1
        if self.full:
            self.console.print()
        self.console.print(f"[bold cyan]{self.number}. {escape(title)}[/]")

    def _say(self, *lines: str) -> None:
        for line in lines:
            self.console.print(f"   {self._fitted(line)}", markup=False)

    def _fitted(self, line: str) -> str:
        width = min(WIDTH, self.console.width) if self.console.is_terminal else WIDTH
        return line if self.full or len(line) < width - 3 else f"{line[: width - 4]}…"

    def _print(self, markdown: str) -> None:
        markdown = "\n".join(map(self._fitted, markdown.rstrip("\n").split("\n")))
        syntax = Syntax(markdown, "markdown", background_color="default", word_wrap=True)
        self.console.print(syntax if self.console.is_terminal else markdown, markup=False)

    def _must(self, happened: bool, otherwise: str) -> None:
        if not happened:
            raise StepFailed(f"In step {self.number}, {otherwise}.")


def excerpt(text: str, further: str = "") -> str:
    """Give what a draft begins with: title, summary, a few lines of its timeline, a further one."""
    shown = [line for line in text.split("\n") if line.startswith(("# ", "- **", "| "))]
    if further and further not in shown[:10]:
        shown[9:] = [further]
    return "\n".join([*shown[:10], "… the rest is in the file; --full prints it"])
