"""Processes start in any order and stop when they are asked to; what they leave goes on."""

import itertools
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa

from connectors.sandbox import Fault
from tests.integration.queue_support import KINDS
from tests.service.happenings import resolved_incident
from tests.service.installation import Installation, installation
from tests.service.processes import until
from tests.service.promise import Promise

ITEMS = ("Add an alert on the queue", "Write down how to restart it")


@pytest.mark.parametrize("command", [("work",), ("serve", "--port", "0")], ids=lambda one: one[0])
def test_without_its_database_a_process_says_so_and_ends_with_status_1(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with installation(tmp_path, "sqlite") as here:
        here.cold = True
        here.database = f"postgresql://somebody:secret@127.0.0.1:{port}/postmortem"
        done = here.run(*command)
    assert done.returncode == 1
    assert "POSTMORTEM_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr + done.stdout


def test_a_process_whose_port_is_taken_says_so_and_ends_with_status_1(tmp_path: Path) -> None:
    with installation(tmp_path, "sqlite") as here, socket.create_server(("127.0.0.1", 0)) as taken:
        done = here.run("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    (told,) = done.stderr.splitlines()
    assert "(Address already in use)" in told
    assert "--port" in told


@pytest.fixture(params=KINDS)
def untouched(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """Give an installation whose database has no tables yet."""
    with installation(tmp_path, request.param, empty=True) as made:
        yield made


def test_four_processes_that_start_at_once_on_an_empty_database_all_come_up(
    untouched: Installation,
) -> None:
    here = untouched
    promise = Promise(here)
    commands = [("serve", "--port", "0"), ("work",)] * 2
    for process in [here.begin(*words) for words in commands]:
        process.wait_until_up()
    here.door = here.processes[0]
    promise.drafted = [resolved_incident(here.pagerduty.account, ITEMS) for _ in range(4)]
    here.deliver(*(here.event("resolved", one) for one in promise.drafted))
    promise.hold()


@pytest.mark.parametrize("here", ["postgresql"], indirect=True)
def test_a_process_asked_to_stop_amid_a_long_step_ends_and_its_work_goes_on_elsewhere(
    here: Installation,
) -> None:
    promise = Promise(here)
    here.every("6h")
    first = here.serve()
    held, other = (resolved_incident(here.pagerduty.account, ITEMS) for _ in range(2))
    promise.drafted += [held, other]
    here.pagerduty.fault(Fault(f"/incidents/{held.id}/alerts", delay=600.0))
    here.ask_for(held)
    until(lambda: here.pagerduty.faults[0].times == 0, "the long step has begun")
    here.begin("work").wait_until_up()
    here.ask_for(other)
    first.ask_to_stop()
    assert first.wait() == 1, "the step was not over, and the supervisor is told so"
    promise.hold()


def test_an_idle_process_stops_with_status_0_at_a_word(here: Installation) -> None:
    here.cold = True
    door, worker = here.serve(), here.begin("work").wait_until_up()
    assert requests.get(f"{door.url}/readyz", timeout=10).status_code == requests.codes.ok
    assert (door.stop(), worker.stop()) == (0, 0)
    assert "Traceback" not in door.complained + worker.complained


def test_a_lost_database_costs_neither_a_ticket_nor_a_word(here: Installation) -> None:
    promise = Promise(here)
    here.hasty = True
    here.serve()
    promise.drafted = [resolved_incident(here.pagerduty.account, ITEMS[:n]) for n in (0, 1, 2)]
    here.deliver(*(here.event("resolved", one) for one in promise.drafted))
    promise.wait()
    for one in promise.drafted:
        promise.write(one, f"What we think of {one.number}.")
        promise.add_row(one, "Train the new ones |  | High")
    promise.wait()
    assert set(here.stop().values()) == {0}
    promise.write(promise.drafted[0], "Written while nothing ran.")
    promise.add_row(promise.drafted[2], "Ask the others |  | Low")
    _lose(here)
    promise.drafted.append(resolved_incident(here.pagerduty.account, ITEMS))
    here.serve()
    promise.hold()


def _lose(here: Installation) -> None:
    """Lose all that the program remembers."""
    if here.database.startswith("sqlite"):
        files = list(here.folder.glob("postmortem.*db*"))
        assert {"postmortem.db", "postmortem.queue.db"} <= {one.name for one in files}
        for one in itertools.filterfalse(Path.is_dir, files):
            one.unlink()
        return
    url = sa.make_url(here.database).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for words in (
            "DROP SCHEMA dbos CASCADE",
            "DROP SCHEMA public CASCADE",
            "CREATE SCHEMA public",
        ):
            connection.execute(sa.text(words))


def test_a_poisoned_incident_never_holds_up_the_others(here: Installation) -> None:
    promise = Promise(here)
    here.hasty = True
    account = here.pagerduty.account
    garbled = resolved_incident(account, ITEMS)
    refused = resolved_incident(account)
    here.pagerduty.fault(Fault(f"/incidents/{refused.id}.*", 500, times=None))
    here.serve()
    here.deliver(here.event("resolved", garbled), here.event("resolved", refused))
    until(lambda: here.documents.of(garbled.id), "the first document")
    (name,) = here.documents.of(garbled.id)
    path = here.folder / "documents" / name
    path.write_bytes(b"\xff\xfe" + path.read_bytes())
    spoilt = path.read_bytes()
    others = [resolved_incident(account, ITEMS[:n]) for n in (1, 2, 0)]
    for one in others[:2]:
        here.deliver(here.event("resolved", one))

    until(lambda: all(here.documents.of(one.id) for one in others), "the others' documents")
    promise.drafted += others
    for one in others:
        promise.add_row(one, "Train the new ones |  | High")
    until(lambda: all("browse/OPS" in here.documents.text(one.id) for one in others), "tickets")
    assert path.read_bytes() == spoilt


def test_a_command_without_a_server_goes_past_an_incident_that_pagerduty_cannot_give(
    tmp_path: Path,
) -> None:
    with installation(tmp_path, "sqlite") as here:
        account = here.pagerduty.account
        bad, *others = (resolved_incident(account) for _ in range(3))
        here.pagerduty.fault(Fault(f"/incidents/{bad.id}$", 500, times=None))
        done = here.run("sync")
        assert done.returncode == 1
        assert bad.id in done.stderr
        assert [one.id for one in others if not here.documents.of(one.id)] == []
