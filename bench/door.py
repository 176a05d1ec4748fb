"""How soon webhooks are acknowledged at 200 a second, and what a burst of 5,000 loses: nothing.

Run: ``python -m bench.door``, under ``tests/postgres.sh`` for PostgreSQL as well. The program is a
real ``postmortem serve`` that also runs the jobs which the events ask for; PagerDuty's sandbox and
the sender are processes of their own. All of them share this machine's cores; where other programs
use them as well, ``nice -n -15`` keeps those from being measured.
"""

import asyncio
import json
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from bench.process import KINDS, Program, program
from connectors.pagerduty.sandbox.scenarios.checkout_storm import CHECKOUT
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.pagerduty.webhook import SIGNATURE_HEADER, sign
from tests.integration.queue_support import database
from worker.queue.jobs_database import locate

SECRET = "for-the-measurement"  # noqa: S105 - signs nothing but this measurement
RATE = 200
SECONDS = 20
BURST = 5_000
CONNECTIONS = 64
PATIENCE = 5.0
"""Seconds that PagerDuty waits for an answer."""
KEPT = 202
SETTINGS = """
[drafts]
minimum_duration = "1d"
"""
"""So that the jobs are small: they pull the incident and see that it gets no draft."""
P99_AIM = 100


@dataclass
class Sent:
    """What became of the events: seconds to each answer, and the answers by status."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    refused: list[bytes] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Give the milliseconds within which so large a share of the answers came."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def serve(pipe: Connection, incidents: int) -> None:
    """Be PagerDuty, with incidents that get no draft (see :data:`SETTINGS`), until told to end."""
    with PagerDutySandbox() as sandbox:
        at = datetime.now(UTC) - timedelta(days=60)  # the schedule does not look back so far
        for number in range(incidents):
            incident = sandbox.account.open(CHECKOUT, "Slow", at=at, id_=f"QB{number:06}")
            incident.alert("Slow", at, key=f"slow-{number}")
            incident.resolve(at + timedelta(minutes=5))
        pipe.send((sandbox.url, sandbox.api_key))
        pipe.recv()


def request(number: int, name: str) -> bytes:
    """Write the delivery of one event, signed, as it goes over the wire."""
    event = {
        "id": f"{name}{number:06}",
        "event_type": "incident.resolved",
        "resource_type": "incident",
        "occurred_at": "2026-11-19T10:00:00.123Z",
        "data": {"id": f"QB{number:06}", "type": "incident"},
    }
    body = json.dumps({"event": event}).encode()
    head = (
        "POST /webhooks/pagerduty HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"{SIGNATURE_HEADER}: {sign(body, SECRET)}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Line:
    """A connection that is kept open; the next request waits for the answer before it."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self._place = (place.hostname, place.port)
        self._lock = asyncio.Lock()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, message: bytes, sent: Sent, since: float) -> None:
        """Deliver one event; its time counts from ``since``, when it was due."""
        async with self._lock:
            try:
                status = await asyncio.wait_for(self._exchange(message), PATIENCE)
            except (TimeoutError, OSError, asyncio.IncompleteReadError):
                self.close()
                status = 0
        sent.seconds.append(time.perf_counter() - since)
        sent.statuses[status] += 1
        if status != KEPT:
            sent.refused.append(message)

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()
        self._streams = None

    async def _exchange(self, message: bytes) -> int:
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._place)
        reader, writer = self._streams
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-le")]
        await reader.readexactly(int(lengths[0].split(b":")[1]))
        return int(head.split()[1])


async def steadily(lines: Sequence[Line], messages: Sequence[bytes]) -> Sent:
    """Send at :data:`RATE`, whether or not answers come."""
    sent = Sent()
    begin = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number, (message, line) in enumerate(zip(messages, cycle(lines), strict=False)):
            due = begin + number / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            tasks.create_task(line.send(message, sent, due))
    return sent


async def at_once(lines: Sequence[Line], messages: Sequence[bytes]) -> Sent:
    """Send as fast as the answers come, on all lines."""
    sent = Sent()
    waiting = iter(messages)

    async def one(line: Line) -> None:
        for message in waiting:
            await line.send(message, sent, time.perf_counter())

    await asyncio.gather(*map(one, lines))
    return sent


def stored(url: str, name: str) -> int:
    """Count the events of one part that are on disk as jobs."""
    place = locate(url)
    engine = sa.create_engine(place.url.replace("postgresql:", "postgresql+psycopg:"))
    table = "workflow_status" if url.startswith("sqlite") else "dbos.workflow_status"
    query = f"SELECT count(*) FROM {table} WHERE workflow_uuid LIKE :events"  # noqa: S608 - a constant
    with engine.connect() as connection:
        count = connection.execute(sa.text(query), {"events": f"%:{name}______"}).scalar_one()
    engine.dispose()
    return int(count)


async def measure(kind: str, server: Program, url: str) -> None:
    """Print what both parts cost."""
    server.rest()
    lines = [Line(server.url) for _ in range(CONNECTIONS)]
    cpu, begin = server.cpu(), time.perf_counter()
    sent = await steadily(lines, [request(number, "STEADY") for number in range(RATE * SECONDS)])
    share = (server.cpu() - cpu) / (time.perf_counter() - begin)
    print(
        f"{kind}: {RATE} a second for {SECONDS} s: p50 {sent.percentile(0.5):.0f} ms, "
        f"p99 {sent.percentile(0.99):.0f} ms (aim {P99_AIM}), max {sent.percentile(1):.0f} ms; "
        f"{len(sent.refused)} were not kept; the server used {share:.0%} of a core"
    )
    messages = [
        request(number, "BURST") for number in range(RATE * SECONDS, RATE * SECONDS + BURST)
    ]
    cpu, begin = server.cpu(), time.perf_counter()
    sent = await at_once(lines, messages)
    seconds = time.perf_counter() - begin
    share = (server.cpu() - cpu) / seconds
    answers = ", ".join(
        f"{count} times {status or 'none'}" for status, count in sent.statuses.items()
    )
    print(
        f"{kind}: {BURST} at once on {CONNECTIONS} connections: {BURST / seconds:.0f} a second, "
        f"p50 {sent.percentile(0.5):.0f} ms, p99 {sent.percentile(0.99):.0f} ms, "
        f"max {sent.percentile(1):.0f} ms; answers: {answers}; {1000 * seconds / BURST:.1f} ms and "
        f"{1000 * seconds * share / BURST:.1f} ms of CPU an event ({share:.0%} of a core)"
    )
    rounds = 0
    while sent.refused:
        rounds += 1
        await asyncio.sleep(1)
        sent = await at_once(lines, sent.refused)
    for line in lines:
        line.close()
    print(f"{kind}: {stored(url, 'BURST')} of {BURST} are on disk after {rounds} further rounds")
    print(f"{kind}: {stored(url, 'STEADY')} of {RATE * SECONDS} of the first part are on disk")


def main() -> None:
    """Measure on each kind of database that there is."""
    context = multiprocessing.get_context("spawn")
    for kind in KINDS:
        pipe, theirs = context.Pipe()
        incidents = RATE * SECONDS + BURST
        sandbox = context.Process(target=serve, args=(theirs, incidents), daemon=True)
        sandbox.start()
        address, key = pipe.recv()
        with tempfile.TemporaryDirectory() as name, database(kind, Path(name)) as url:
            (Path(name) / "postmortem.toml").write_text(SETTINGS, encoding="utf-8")
            settings = {
                "PAGERDUTY_API_KEY": key,
                "PAGERDUTY_API_URL": address,
                "PAGERDUTY_WEBHOOK_SECRET": SECRET,
                "POSTMORTEM_DATABASE_URL": url,
            }
            with program("serve", Path(name), settings) as server:
                asyncio.run(measure(kind, server, url))
        pipe.send("end")
        sandbox.join(10)


if __name__ == "__main__":
    main()
