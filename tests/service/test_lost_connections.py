"""The database server drops every connection, as it does when it fails over to another machine."""

import threading
from functools import partial
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa

from connectors.sandbox import Delivery
from tests.service.happenings import resolved_incident
from tests.service.installation import installation
from tests.service.processes import until
from tests.service.promise import Promise

DROP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"


def _stored(event: Delivery, door: str) -> bool:
    return bool(event.send(door) == requests.codes.accepted)


@pytest.mark.slow
def test_work_goes_on_though_the_database_drops_every_connection_again_and_again(
    tmp_path: Path,
) -> None:
    with installation(tmp_path, "postgresql") as here:
        here.hasty = True
        here.serve()
        here.begin("work").wait_until_up()
        promise = Promise(here)
        incidents = [resolved_incident(here.pagerduty.account, ["Do it"]) for _ in range(12)]
        promise.drafted += incidents
        url = sa.make_url(here.database).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        over = threading.Event()

        def drop() -> None:
            while not over.wait(1.5):
                with engine.connect() as connection:
                    connection.execute(
                        sa.text(f"{DROP} AND datname = :name"), {"name": url.database}
                    )

        assert here.door is not None
        door = f"{here.door.url}/webhooks/pagerduty"
        dropping = threading.Thread(target=drop)
        dropping.start()
        try:
            for one in incidents:
                event = here.event("resolved", one)
                until(partial(_stored, event, door), "the event is stored")
            documents = here.documents.documents
            until(lambda: len(documents()) >= len(incidents) // 2, "half of the drafts")
        finally:
            over.set()
            dropping.join()
        promise.wait()
        assert all(one.lives for one in here.processes)
        assert set(here.stop().values()) == {0}
        promise.hold()
