"""What pages cost over 10,000 documents: CPU of the server's process, and bytes sent.

    python -m bench.pages, or python -m bench.pages COUNT

*measured / limit / ratio* of the first page, the list, a document and the action items, each after
one that is not counted. What all who ask share, one look at the store every two seconds and more,
is told by itself: it is a tenth of the time at most.
"""

import sys
import tempfile
import time
from pathlib import Path

import requests

from bench.distance import line
from bench.many import fill_directory
from connectors.sandbox.loopback_server import LoopbackServer
from tests.acceptance.world import world
from worker.app.stored_page_data import StoredPageData
from worker.jobs.catalogue import look
from worker.jobs.documents.index_documents import fill
from worker.jobs.job_lifecycle import JobOutcome
from worker.queue.queue import Queue
from worker.web.application import WebSettings, create

COUNT = 10_000
TIMES = 5
LIST_CPU, DOCUMENT_CPU, BYTES = 0.050, 0.040, 60_000
LONGEST = 31.0
"""Seconds after which a look is not shared any more."""


def main(count: int = COUNT) -> None:
    """Print the figures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        world(Path(folder)) as here,
        here.context() as context,
    ):
        fill_directory(here, context, count)
        queue = Queue(f"sqlite:///{here.database}", lambda *_: JobOutcome())
        queue.start()
        data = StoredPageData(context, queue)
        look(context)
        while fill(context, 500):
            pass
        settings = WebSettings(context.journal.web_sessions, context.journal.web_writers)
        app = create(lambda: data, lambda _events: None, settings, {})
        with LoopbackServer(app) as server:
            measure(server.url, f"QB{count // 2:08}")
        looks = StoredPageData(context, queue)
        looks.documents()
        time.sleep(LONGEST)
        began = time.process_time()
        looks.documents()
        print(
            f"CPU of a look that all who ask share, ms: {(time.process_time() - began) * 1000:.0f}"
        )
        queue.stop()


def measure(url: str, incident: str) -> None:
    """Ask for each page some times, and print what one costs."""
    for path, limit in (
        ("/", LIST_CPU),
        ("/postmortems", LIST_CPU),
        ("/postmortems?sort=title&page=100", LIST_CPU),
        ("/actions", LIST_CPU),
        ("/operations", LIST_CPU),
        (f"/postmortems/{incident}", DOCUMENT_CPU),
    ):
        session = requests.Session()
        first = time.process_time()
        session.get(url + path, timeout=600)
        first = time.process_time() - first
        began = time.process_time()
        for _ in range(TIMES):
            answer = session.get(url + path, timeout=600)
        spent = (time.process_time() - began) / TIMES
        assert answer.ok, answer.text
        sent = int(answer.headers["Content-Length"])
        line(f"CPU of {path}, ms", spent * 1000, limit * 1000, f"the first took {first * 1000:.0f}")
        line(f"bytes of {path}, thousands", sent / 1000, BYTES / 1000, "packed")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
