"""One attempt at the work that was given to the queue, and what it leaves behind."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from connectors.errors import OutOfQuota, PostmortemError
from worker.jobs.wanted import Wanted
from worker.queue import engine
from worker.queue.policy import JobOutcome
from worker.queue.records import Ran

NOTHING = Wanted(pulls=False, tracks=False)
_log = structlog.get_logger(__name__)


class JobParked(PostmortemError):
    """The job is not tried again by itself; the engine keeps ``data`` with it as JSON."""

    def __init__(self, failures: tuple[str, ...], began: float) -> None:
        super().__init__(" ".join(failures))
        self.data = {"failures": list(failures), "began": began}


class LeftUnrecorded(BaseException):
    """The job stays as it was when it began, until the caretaker hands it on.

    The engine ends a job on every ``Exception``, and only on those.
    """


@contextmanager
def left_unrecorded(job: str, why: Exception) -> Iterator[None]:
    """Deal in the block with ``why`` the engine failed, or leave the job as it is.

    It is left where the queue was stopped meanwhile, and where the block fails as well.
    """
    if not engine.is_running():
        _log.warning("A job outlasted the queue; it is done again.", job=job)
        raise LeftUnrecorded(job) from why
    _log.error("What came of a job could not be stored.", job=job, exc_info=why)
    try:
        yield
    except JobParked:
        raise
    except Exception as again:
        _log.exception("A job is left as it is.", job=job)
        raise LeftUnrecorded(job) from again


def unrecorded(why: Exception) -> str:
    """Say in a sentence that the engine failed; statements and what is in them are left out."""
    first_line = str(getattr(why, "orig", None) or why).strip().partition("\n")[0]
    return f"What came of the job could not be stored: {first_line or type(why).__name__}."


def attempted(
    subject: str, run: Callable[[], JobOutcome], wanted: Wanted, clock: Callable[[], float]
) -> Ran:
    """Run the work that was ``wanted``; ``clock`` is that of all machines.

    Whatever it raises becomes an outcome, so that no job ends without a word. What was left covers
    nothing.
    """
    began = clock()
    try:
        outcome = run()
        return Ran(began, outcome, NOTHING if outcome.left else wanted)
    except PostmortemError as error:
        again_in = error.again_in if isinstance(error, OutOfQuota) else None
        return Ran(began, JobOutcome(failures=(str(error),), again_in=again_in), wanted)
    except Exception as error:  # noqa: BLE001 - a fault in one job must not hold up the others
        _log.exception("A job stopped on a fault in the program.", subject=subject)
        sentence = f"The program has a fault: {type(error).__name__}: {error}. The log tells where."
        return Ran(began, JobOutcome(failures=(sentence,)), wanted)
