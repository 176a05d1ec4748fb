"""The command that reminds people of what is late."""

from collections.abc import Sequence

import typer
from rich.markup import escape

from connectors.errors import ConfigurationError
from worker.app.composition import open_context
from worker.cli.options import FAILED
from worker.cli.running import interruptible
from worker.cli.terminal import as_json, err, failures, out, settings_of
from worker.jobs.context import JobContext
from worker.jobs.reminding.digests import send_digests
from worker.jobs.reminding.reminders import ChannelDigest, DigestState, KnownTexts


def remind(context: typer.Context, *, dry_run: bool, json: bool) -> None:
    """Post the digests that are due, or with a dry run show them.

    Raises ``ConfigurationError`` where nothing says how often or where they may be posted.
    """
    settings = settings_of(context)
    with interruptible(), open_context(settings, dry_run=dry_run) as opened, interruptible():
        if not dry_run:
            _must_be_configured(opened)
        found = send_digests(opened, KnownTexts())
        if json:
            as_json(found)
        else:
            _show(opened, found)
    told = [one.problem for one in found if one.problem]
    failures(told)
    if told:
        raise typer.Exit(FAILED)


def _must_be_configured(opened: JobContext) -> None:
    words = opened.chat_words
    if not opened.announces and not opened.policy.reminders.notify:
        missing = words.setting if opened.chat is None else words.channel_setting
        raise ConfigurationError(
            "There is no channel and no address in which anybody could be reminded.",
            f"Set {missing}, or `notify` in [reminders].",
        )
    if opened.policy.reminders.every is None:
        raise ConfigurationError(
            "Nothing says how often people are reminded.",
            'Set `every = "7d"`, say, in [reminders], or see what would be told: '
            "postmortem remind --dry-run",
        )


def _show(opened: JobContext, found: Sequence[ChannelDigest]) -> None:
    if not found:
        out.print("Nothing is late, so nobody is reminded.")
    for one in found:
        where = _where(opened, one.channel)
        state = "" if one.state is DigestState.NOWHERE else f": {one.state.value}"
        until = f" (the next may follow at {one.next_at})" if one.next_at else ""
        out.print(f"[bold]{escape(where)}[/]{escape(state + until)}")
        out.print(escape(one.text), highlight=False)
        out.print()
    if any(one.state is DigestState.UNKNOWN for one in found):
        err.print("Run the command again in a minute.", style="yellow", markup=False)


def _where(opened: JobContext, channel: str) -> str:
    if not channel:
        return "No channel is set"
    return channel if "://" in channel else f"{opened.chat_words.name} {channel}"
