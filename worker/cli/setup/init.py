"""`postmortem init`: asks, proves, writes the first settings, and says what to do next."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import typer

from config.problems import ConfigurationProblems
from config.sources import DEFAULT_FILE
from connectors.errors import ConfigurationError, Finding, PostmortemError
from connectors.incidents import Incident
from worker.app import registry, setup_answers
from worker.app.composition import open_context
from worker.app.registry import source_kinds
from worker.app.setup_answers import SetupAnswers, every_variable
from worker.cli import checking, terminal
from worker.cli.options import FAILED
from worker.cli.setup.asking import Asker, NoAnswer, StopRequest
from worker.cli.setup.questions import DOCUMENTS, EnvironmentRefused, SetupQuestions, conceal
from worker.cli.setup.settings_written import target_of, write
from worker.cli.setup.webhooks_asked import WebhookChoice, webhook_choice
from worker.cli.terminal import err, out
from worker.jobs.results import RunResult, Trigger
from worker.jobs.run_many import RunRequest


@dataclass(slots=True)
class Outcome:
    """What came of it, as ``--json`` tells it."""

    settings_file: str | None = None
    secret_files: list[str] = field(default_factory=list)
    webhook: str | None = None
    findings: list[Finding] = field(default_factory=list)
    drafted: Any = None
    next: list[str] = field(default_factory=list)


def init(context: typer.Context, *, yes: bool, json: bool) -> None:
    """Make the first settings; see the command. Raises ``Exit`` and ``ConfigurationError``."""
    outcome = Outcome()
    try:
        with _stoppable(outcome) as stop:
            _init(context.obj, outcome, stop, yes=yes, json=json)
    except (ConfigurationProblems, ConfigurationError) as error:
        outcome.findings = checking.broken(error)
        if json:
            terminal.as_json(asdict(outcome))
        raise
    if json:
        terminal.as_json(asdict(outcome))
    amiss = [one for one in outcome.findings if one.problem]
    if json or not outcome.settings_file:
        terminal.failures(f"{one.subject}: {one.problem} {one.remedy}".strip() for one in amiss)
    if amiss:
        raise typer.Exit(FAILED)


@contextmanager
def _stoppable(outcome: Outcome) -> Iterator[StopRequest]:
    """End at Ctrl-C, or where the process is asked to end, and say how things stand."""
    stop = StopRequest()
    every = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {one: signal.signal(one, stop) for one in every}
    try:
        yield stop
        stop.heed()
    except (KeyboardInterrupt, Exception):
        if not stop.was_made:
            raise
        done = f"{outcome.settings_file} is written." if outcome.settings_file else ""
        err.print(f"\nStopped. {done or 'Nothing was written.'}", style="yellow", markup=False)
        raise typer.Exit(FAILED) from None
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _init(
    config: Path | None, outcome: Outcome, stop: StopRequest, *, yes: bool, json: bool
) -> None:
    target = target_of(config)
    answers = SetupAnswers.of(os.environ)
    conceal(answers)
    questions = SetupQuestions(Asker(err if json else out, stop), answers)
    if yes:
        _must_be_complete(answers)
        outcome.findings = [one for one in _proved(answers) if one.problem]
    else:
        questions.asker.say(
            f"Each answer is proved as it is given; nothing is written before the end. "
            f"It will be {target}, with secrets in files of their own."
        )
        try:
            questions.all()
        except EnvironmentRefused as error:
            outcome.findings = [Finding.of("The environment", error)]
    if outcome.findings:
        return
    service = questions.services[0].id if len(questions.services) == 1 else ""
    webhook = webhook_choice(answers, service)
    if webhook is not None and not yes:
        webhook.ask(questions)
    made = write(target, answers, questions.services, webhook)
    outcome.settings_file, outcome.secret_files = str(target), [str(one) for one in made]
    outcome.webhook = webhook.made.id if webhook is not None and webhook.made else None
    if not json:
        _tell_written(outcome, webhook)
    outcome.findings = checking.checked(target)
    if not json:
        out.print("\n[bold]Check[/]")
        checking.show(outcome.findings, in_json=False)
    latest = None if yes else _draft_latest(questions, target, outcome, json=json)
    outcome.next = list(_next_steps(target, outcome, webhook, latest))
    if not json:
        out.print("\n[bold]What to do next[/]")
        for number, step in enumerate(outcome.next, start=1):
            out.print(f"{number}. {step}", markup=False)


def _must_be_complete(answers: SetupAnswers) -> None:
    """Raise ``ConfigurationProblems`` with all that the environment lacks, or has wrong."""
    problems: list[str] = []
    try:
        answers.settings()
    except ConfigurationProblems as error:
        problems += error.problems
    kinds = source_kinds()
    named = {kind.setting for kind in kinds}
    is_there = any(place for place in answers.texts if every_variable()[place].name in named)
    if not is_there and not any(name in one for one in problems for name in named):
        names = " or ".join(sorted(named))
        problems.append(f"{names} is missing. {' '.join(kind.remedy for kind in kinds)}")
    if problems:
        raise ConfigurationProblems(problems)


def _proved(answers: SetupAnswers) -> Iterator[Finding]:
    """Prove what the environment gives; of a service, no further than the first refusal."""
    for kind in registry.CONNECTORS:
        for step in kind.steps if setup_answers.is_used(kind, answers) else ():
            found = setup_answers.proved(kind, step, answers)
            names = setup_answers.variables_told(kind, step, answers)
            yield Finding(names, found.detail, found.problem, found.remedy)
            if found.problem:
                break
    found = setup_answers.place_of_documents(answers)
    yield Finding(every_variable()[DOCUMENTS].name, found.detail, found.problem, found.remedy)


def _tell_written(outcome: Outcome, webhook: WebhookChoice | None) -> None:
    secrets = [Path(one).name for one in outcome.secret_files]
    beside = f", and beside it, readable by you alone: {', '.join(secrets)}" if secrets else ""
    out.print(f"\nWrote {outcome.settings_file}{beside}", style="green", markup=False)
    if webhook is not None and webhook.made:
        told = f"Made the webhook subscription {webhook.made.id} to {webhook.address}"
        out.print(told, style="green", markup=False)
    elif webhook is not None and webhook.told:
        out.print(f"The webhook was not made: {webhook.told}", style="yellow", markup=False)


def _draft_latest(
    questions: SetupQuestions, target: Path, outcome: Outcome, *, json: bool
) -> Incident | None:
    """Offer to draft the incident that was resolved last; give it, where there is one."""
    try:
        incident = setup_answers.latest(questions.answers, questions.services)
        if incident is None or incident.resolved_at is None:
            return None
        asks = f"\nThe latest resolved incident is #{incident.number}, {incident.title} "
        asks += f"({incident.resolved_at:%Y-%m-%d}). Draft its postmortem now?"
        if questions.asker.agree(asks, default=True):
            result = _drafted(target, incident)
            outcome.drafted = asdict(result)
            if not json:
                terminal.run_result(result, in_json=False)
    except NoAnswer:
        return None
    except PostmortemError as error:
        outcome.findings.append(Finding.of("The latest incident", error))
        return None
    return incident


def _drafted(target: Path, incident: Incident) -> RunResult:
    from worker.app.run_or_enqueue import carry_out  # noqa: PLC0415 - loads the queue

    settings = terminal.loaded(target)
    with open_context(settings) as opened:
        request = RunRequest(Trigger.COMMAND, (incident.id,), tracks=False, remakes=True)
        return carry_out(settings, opened, request)


def _next_steps(
    target: Path, outcome: Outcome, webhook: WebhookChoice | None, latest: Incident | None
) -> Iterator[str]:
    """Say what to do now, in the order in which it helps."""
    command = "postmortem" if target == DEFAULT_FILE else f"postmortem --config {target}"
    if any(one.problem for one in outcome.findings):
        yield f"Mend what the check names, and run `{command} check` again."
    documents = [one["document"] for one in (outcome.drafted or {}).get("incidents", ())]
    if any(documents):
        yield f"Read the draft and fill in what it asks for: {', '.join(filter(None, documents))}"
    else:
        example = latest.id if latest else source_kinds()[0].example
        yield f"Write a first draft: `{command} draft {example}`"
    yield (
        f"See what a look back would make, then make it: `{command} sync --since 30d --dry-run`, "
        f"`{command} sync --since 30d`"
    )
    if webhook is not None and (told := webhook.next_step()):
        yield told
    yield f"Keep it running, with its page on http://127.0.0.1:8080: `{command} serve`"
