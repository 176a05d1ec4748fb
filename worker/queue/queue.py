"""The queue itself: what asks for jobs, and does them as well."""

import socket
import uuid
from collections.abc import Sequence

from worker.queue import engine
from worker.queue.client import Client
from worker.queue.engine import QueueSettings
from worker.queue.recovery import Recovery, UnderWay
from worker.queue.schedule import Rounds, Schedule, ticker
from worker.queue.workflows import OnEnd, RunIncident, Workflows


class Queue(Client):
    """Jobs that are on disk before they are told to be asked for, and run until they are over.

    One job at a time for each incident, over all processes on the database. A job that finds that
    a run for its incident began after it was asked for has nothing left to do, so a burst of
    hints becomes one run, or two. ``on_end`` is told of each attempt. A process has one queue.
    """

    def __init__(
        self,
        database_url: str,
        run_incident: RunIncident,
        schedules: Sequence[Schedule] = (),
        settings: QueueSettings | None = None,
        *,
        on_end: OnEnd = lambda _state: None,
    ) -> None:
        super().__init__(database_url, settings)
        named = {one.name: one for one in schedules}
        self._under_way = UnderWay()
        self._workflows = Workflows(
            run_incident, named, self._settings.retry, on_end, self._clock, self._under_way
        )
        self._threads: list[Rounds] = []

    def start(self) -> None:
        """Begin to run what is waiting. Not to be called from within an event loop.

        Raises ``Unreachable`` where the database cannot be reached, ``PostmortemError`` where
        another queue runs in this process.
        """
        executor = f"{socket.gethostname()}-{uuid.uuid4().hex[:12]}"
        self._connect()
        self._leases.hold(executor)
        try:
            engine.launch(self._location, executor, self._workflows.functions(), self._settings)
        except BaseException:
            super().stop()
            self._leases.let_go()
            raise
        hand_on, jobs = self._workflows.hand_on, self._under_way.jobs
        recovery = Recovery(self._leases, self._clock, executor, hand_on, jobs, self._settings)
        schedules = self._workflows.schedules.values()
        tickers = [ticker(one, engine.put_tick, self._clock) for one in schedules]
        self._threads = [Rounds("queue-recovery", recovery.look), *tickers]
        for thread in self._threads:
            thread.start()

    def stop(self, grace: float = 20.0) -> bool:
        """Take on nothing more and wait up to ``grace`` seconds for the jobs under way.

        Gives whether all of them ended. Those that did not are handed on when the process ends;
        the caller should then end it at once (``os._exit``), since their threads keep it alive.
        """
        while self._threads:
            self._threads.pop().stop()
        super().stop()
        engine.stop(grace if self._under_way.lately(seconds=1) else 0)
        ended = not self._under_way.jobs
        if ended:
            self._leases.let_go()
        return ended
