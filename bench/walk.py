"""The walk of one incident: how deep it goes to the tracker, and how many values carry its id.

Run: ``python -m bench.walk``. A webhook's job for an incident with action items goes through the
queue on both stand-ins, twice: it drafts and creates tickets, and brings a status back.

Frames are counted where the worker calls a public method of the tracker: those on the stack whose
file is under ``worker/`` or ``connectors/``, from the thread in which the queue runs the job up to
and with that method. The deepest is told.

Values are the dataclasses and named tuples of ``worker/queue``, ``worker/jobs`` and ``worker/app``
that have a field named ``incident`` or ``incidents``, or one whose type names ``IncidentId``, and
of which one at least is made on the way there and back, in whatever thread.
"""

import dataclasses
import importlib
import pkgutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import worker.app
import worker.jobs
import worker.queue
from connectors.incidents import IncidentId
from connectors.jira.client import Jira
from connectors.jira.sandbox.server import JiraSandbox
from connectors.pagerduty.sandbox.scenarios import load
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from worker.app.registry import load_settings
from worker.app.worker import Worker
from worker.jobs.job_lifecycle import JobRequest
from worker.jobs.results import Trigger

FRAMES_AIM = 12
VALUES_AIM = 8
PATIENCE = 60.0
ROOT = Path(__file__).parents[1]
OURS = (f"{ROOT / 'worker'}/", f"{ROOT / 'connectors'}/")
TRACKER = {
    member.__code__: name
    for name, member in vars(Jira).items()
    if callable(member) and not name.startswith("_")
}


def carriers() -> Iterator[type]:
    """Give the classes whose values carry an incident's id."""
    for room in (worker.queue, worker.jobs, worker.app):
        for found in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            for one in vars(importlib.import_module(found.name)).values():
                if isinstance(one, type) and one.__module__ == found.name and _carries(one):
                    yield one


def _carries(one: type) -> bool:
    if not (dataclasses.is_dataclass(one) or hasattr(one, "_fields")):
        return False
    return any(
        name in {"incident", "incidents"} or "IncidentId" in str(kind)
        for name, kind in one.__annotations__.items()
    )


@dataclass
class Walk:
    """What was seen: the frames down to each method of the tracker, and the values that came by."""

    carriers: frozenset[type]
    frames: dict[str, list[str]] = field(default_factory=dict)
    values: set[type] = field(default_factory=set)

    def watch(self, frame: FrameType, event: str, _: object) -> None:
        """Look at one call, as ``sys.setprofile`` tells it."""
        if event != "call":
            return
        if frame.f_code.co_name in {"__init__", "__new__"}:
            made = type(frame.f_locals.get("self"))
            if made in self.carriers:
                self.values.add(made)
        elif (name := TRACKER.get(frame.f_code)) and not _by_itself(frame):
            stack = list(own_frames(frame))
            in_queue = threading.current_thread() is not threading.main_thread()
            if in_queue and len(stack) > len(self.frames.get(name, ())):
                self.frames[name] = stack


def _by_itself(frame: FrameType) -> bool:
    """Tell whether the tracker's client calls its own method."""
    caller = frame.f_back
    return caller is not None and caller.f_code.co_filename == frame.f_code.co_filename


def own_frames(frame: FrameType | None) -> Iterator[str]:
    """Give the frames of ours on the stack, from the innermost."""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(OURS):
            yield f"{file.removeprefix(f'{ROOT}/')}: {frame.f_code.co_qualname}"
        frame = frame.f_back


@contextmanager
def watched(walk: Walk) -> Iterator[None]:
    """Watch this thread, and all that are started meanwhile."""
    threading.setprofile(walk.watch)
    sys.setprofile(walk.watch)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]  # which is how it is taken back


def measure(folder: Path) -> Walk:
    """Let an incident go through the queue, and watch."""
    walk = Walk(frozenset(carriers()))
    with PagerDutySandbox() as pagerduty, JiraSandbox() as jira:
        incident = IncidentId(load(pagerduty.account)["checkout storm"].id)
        settings = load_settings(
            None,
            {
                "PAGERDUTY_API_URL": pagerduty.url,
                "PAGERDUTY_API_KEY": pagerduty.api_key,
                "JIRA_URL": jira.url,
                "JIRA_EMAIL": jira.credentials["email"],
                "JIRA_API_TOKEN": jira.credentials["api_token"],
                "JIRA_PROJECT": "OPS",
                "POSTMORTEM_DOCUMENTS": str(folder),
                "POSTMORTEM_DATABASE_URL": f"sqlite:///{folder / 'walk.db'}",
            },
        )
        with watched(walk):
            process = Worker(settings, settle=0)
            process.start()
            try:
                go(process, incident)
                for record in jira.site.records.values():
                    jira.transition(record.now.key, "Done")
                go(process, incident)
            finally:
                process.stop()
    return walk


def go(process: Worker, incident: IncidentId) -> None:
    """Ask for the incident's job, and wait for it."""
    (job,) = process.queue.enqueue_all([JobRequest(incident, Trigger.WEBHOOK)])
    state = process.queue.wait(job, PATIENCE)
    assert state.phase.over
    assert not state.failures, state.failures


def main() -> None:
    """Print both figures, the deepest stack, and the values."""
    with tempfile.TemporaryDirectory() as folder:
        walk = measure(Path(folder))
    depths = {name: len(stack) for name, stack in walk.frames.items()}
    deepest = max(depths, key=lambda name: depths[name])
    told = ", ".join(f"{name} {depth}" for name, depth in sorted(depths.items()))
    print(f"own frames to the tracker: {depths[deepest]} (aim {FRAMES_AIM}); {told}")
    for place in reversed(walk.frames[deepest]):
        print(f"    {place}")
    names = sorted(f"{one.__module__}.{one.__name__}" for one in walk.values)
    print(f"values that carry the incident's id: {len(names)} (aim {VALUES_AIM})")
    for name in names:
        print(f"    {name}")


if __name__ == "__main__":
    main()
