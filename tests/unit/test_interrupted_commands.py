"""Ctrl-C is told as such, whatever fails because of it; other failures are told as themselves."""

import signal
from contextlib import suppress
from io import StringIO

import pytest
import typer

from connectors.errors import Unreachable
from worker.cli.running import INTERRUPTED, interruptible
from worker.cli.screen import Screen
from worker.cli.setup.asking import Asker, StopRequest
from worker.queue.jobs_database import unusable


def put_away_amid_a_query() -> None:
    try:
        try:
            raise KeyboardInterrupt
        finally:
            raise RuntimeError("can't change 'autocommit' now: connection is ACTIVE")
    except RuntimeError as why:
        raise unusable(why) from why


def told_as_another_failure() -> None:
    try:
        put_away_amid_a_query()
    except Unreachable as lost:
        raise Unreachable("The budget of calls could not be read.", lost.remedy) from None


def pressed() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("stopped", [pressed, put_away_amid_a_query, told_as_another_failure])
def test_who_presses_ctrl_c_is_told_once_where_things_stand(
    stopped: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(stopped)
    with pytest.raises(typer.Exit) as ended, interruptible(), interruptible():
        stopped()
    assert ended.value.exit_code == 1
    assert " ".join(capsys.readouterr().err.split()) == INTERRUPTED


def test_who_asked_to_stop_is_asked_nothing_whatever_became_of_the_interruption() -> None:
    stop = StopRequest()
    asker = Asker(Screen(file=StringIO()), stop)
    with suppress(KeyboardInterrupt):
        stop(signal.SIGTERM, None)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            asker.ask("API key", optional=True)


def test_what_fails_by_itself_is_told_as_itself() -> None:
    with pytest.raises(Unreachable), interruptible():
        raise unusable(RuntimeError("no room"))
