"""One attempt at the work that was given to the queue, and what it leaves behind."""

from collections.abc import Callable

import structlog

from connectors.errors import OutOfQuota, PostmortemError
from worker.jobs.wanted import Wanted
from worker.queue.policy import JobOutcome
from worker.queue.records import Ran

NOTHING = Wanted(pulls=False, tracks=False)
_log = structlog.get_logger(__name__)


class JobParked(PostmortemError):
    """The job is not tried again by itself; the engine keeps ``data`` with it as JSON."""

    def __init__(self, failures: tuple[str, ...], began: float) -> None:
        super().__init__(" ".join(failures))
        self.data = {"failures": list(failures), "began": began}


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
