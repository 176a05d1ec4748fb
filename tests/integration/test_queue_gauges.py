"""The queue's gauges: read when they are asked for, and not at every one of many scrapes."""

from dataclasses import replace

import pytest

from connectors.errors import Unreachable
from worker.web.monitoring import QueueFigures, QueueGauges

FIGURES = QueueFigures(waiting=12, oldest=3.5, parked=2, workers=3)


@pytest.mark.parametrize(("fresh", "waiting"), [(3600.0, [12, 12]), (0.0, [12, 13])])
def test_what_was_read_lately_is_given_again(fresh, waiting):
    answers = iter([FIGURES, replace(FIGURES, waiting=13)])
    gauges = QueueGauges(lambda: next(answers), fresh)
    read = [{one.name: one.samples[0].value for one in gauges.collect()} for _ in range(2)]
    assert [one["postmortem_jobs_waiting"] for one in read] == waiting


def test_that_the_queue_could_not_be_read_is_not_remembered():
    answers = iter([Unreachable("The database is gone."), FIGURES])

    def read() -> QueueFigures:
        answer = next(answers)
        if isinstance(answer, Unreachable):
            raise answer
        return answer

    gauges = QueueGauges(read, 3600.0)
    assert [len(list(gauges.collect())) for _ in range(2)] == [0, 4]
