"""What a supervisor and Prometheus are told."""

import threading
from dataclasses import replace

import requests
from prometheus_client.parser import text_string_to_metric_families

from connectors.errors import Unreachable
from tests.integration.queue_support import eventually
from tests.integration.web_support import broken, served, shelf
from worker.jobs.job_lifecycle import JobPhase, JobState
from worker.jobs.results import Action, Deed, IncidentResult
from worker.web import monitoring
from worker.web.monitoring import Metrics, QueueFigures

WAIT = 60.0


def test_a_process_that_lives_says_so_whatever_it_depends_on():
    with served(shelf(), checks={"database": broken}) as url:
        assert requests.get(f"{url}/healthz", timeout=WAIT).text == "ok\n"


def test_a_process_is_ready_when_all_it_depends_on_is():
    with served(shelf(), checks={"database": lambda: None, "store": lambda: [1]}) as url:
        answer = requests.get(f"{url}/readyz", timeout=WAIT)
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "store": "ok"})


def test_a_process_that_is_not_ready_names_what_fails_and_nothing_else():
    with served(shelf(), checks={"database": broken, "store": lambda: None}) as url:
        answer = requests.get(f"{url}/readyz", timeout=WAIT)
    assert (answer.status_code, answer.json()) == (503, {"database": "failing", "store": "ok"})
    assert "hunter2" not in answer.text


def test_a_check_that_hangs_fails(monkeypatch):
    monkeypatch.setattr(monitoring, "LONGEST_CHECK", 0.1)
    release = threading.Event()
    with served(shelf(), checks={"database": lambda: release.wait(WAIT)}) as url:
        answer = requests.get(f"{url}/readyz", timeout=WAIT)
        release.set()
    assert (answer.status_code, answer.json()) == (503, {"database": "failing"})


def test_metrics_are_in_prometheus_format_and_count_what_was_done():
    metrics = Metrics()
    metrics.attempt(JobState("PABC:e", "PABC", "webhook", JobPhase.DONE))
    metrics.attempt(JobState("PABC:f", "PABC", "page", JobPhase.PARKED))
    metrics.attempt(JobState("@sync:1", "@sync", "schedule", JobPhase.PARKED), recurs=True)
    deeds = tuple(Deed(Action.CREATED, "x", "y") for _ in range(3))
    metrics.result(IncidentResult("PABC", deeds=deeds, warnings=("No due date.",)))
    with served(shelf(), metrics=metrics) as url:
        answer = requests.get(f"{url}/metrics", timeout=WAIT)
    assert answer.headers["Content-Type"].startswith("text/plain")
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert samples["postmortem_job_attempts_total", "done", "webhook"] == 1
    assert samples["postmortem_job_attempts_total", "page", "parked"] == 1
    assert samples["postmortem_job_attempts_total", "failed", "schedule"] == 1
    assert ("postmortem_job_attempts_total", "parked", "schedule") not in samples
    assert samples["postmortem_deeds_total", "created"] == 3
    assert samples["postmortem_warnings_total",] == 1
    assert "process_cpu_seconds_total" in {name for name, *_ in samples}


def test_two_applications_in_one_process_count_for_themselves():
    one, other = Metrics(), Metrics()
    one.webhook("pagerduty", "kept", 0.01)
    assert b'outcome="kept"' in one.text()
    assert b'outcome="kept"' not in other.text()


FIGURES = QueueFigures(12, 3.5, 2, 3, 1_795_082_400.0)
GAUGES = {
    "postmortem_jobs_waiting": 12,
    "postmortem_oldest_waiting_job_seconds": 3.5,
    "postmortem_jobs_parked": 2,
    "postmortem_workers": 3,
    "postmortem_last_schedule_success_timestamp_seconds": 1_795_082_400.0,
}


def gauges(metrics: Metrics) -> dict[str, float]:
    with served(shelf(), metrics=metrics) as url:
        answer = requests.get(f"{url}/metrics", timeout=WAIT)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return {family.name: family.samples[0].value for family in families if family.name in GAUGES}


def test_the_queue_is_read_when_the_metrics_are_asked_for():
    metrics = Metrics()
    metrics.watch(lambda: FIGURES)
    assert gauges(metrics) == GAUGES


def test_before_the_first_scheduled_work_its_time_is_left_out():
    metrics = Metrics()
    metrics.watch(lambda: replace(FIGURES, last_schedule_success=None))
    assert gauges(metrics).keys() == GAUGES.keys() - {list(GAUGES)[-1]}


def test_a_queue_that_cannot_be_read_is_left_out():
    def read() -> QueueFigures:
        raise Unreachable("The database is gone.")

    metrics = Metrics()
    metrics.watch(read)
    assert gauges(metrics) == {}


def test_a_queue_that_hangs_is_left_out_and_read_again_once_it_answers(monkeypatch):
    monkeypatch.setattr(monitoring, "LONGEST_READING", 0.1)
    release, begun = threading.Event(), []

    def read() -> QueueFigures:
        begun.append(None)
        release.wait(WAIT)
        return FIGURES

    metrics = Metrics()
    metrics.watch(read)
    with served(shelf(), metrics=metrics) as url:
        for _ in range(2):
            assert "jobs_waiting" not in requests.get(f"{url}/metrics", timeout=WAIT).text
        assert len(begun) == 1
        release.set()
        monkeypatch.setattr(monitoring, "LONGEST_READING", WAIT)
        eventually(lambda: "jobs_waiting 12" in requests.get(f"{url}/metrics", timeout=WAIT).text)
