"""The journal on every database: what goes in comes out, and a dry run leaves nothing."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from connectors.tickets import Mark, TicketId
from tests.unit.tracking_support import INCIDENT, NOW, intent, tracked
from tests.upgrades.new_file import VERSION, by_the_steps, made
from worker.journal.database import UPGRADE_LOCK, Database, sqlite_path
from worker.journal.journal import Journal
from worker.journal.records import JournalRecord, KnownDocument, Skip, TicketFacts, TicketState
from worker.journal.revisions import NEW_FILE, NEWEST, upgrade
from worker.journal.sqlite_files import JournalError
from worker.journal.tables import metadata
from worker.locks import AT_MOST, pooled

POSTGRES = os.environ.get("POSTMORTEM_TEST_POSTGRES", "")


def clock() -> datetime:
    return NOW


@pytest.fixture
def postgres(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the address of an empty schema of a PostgreSQL database."""
    if not POSTGRES:
        pytest.skip("POSTMORTEM_TEST_POSTGRES names no PostgreSQL database")
    schema = f"journal_{os.getpid()}_{abs(hash(request.node.name)) % 10**8}"
    base = POSTGRES.replace("postgresql://", "postgresql+psycopg://", 1)
    admin = create_engine(base, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield f"{base}{'&' if '?' in base else '?'}options=-csearch_path%3D{schema}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'journal.db'}"
    found: str = request.getfixturevalue("postgres")
    return found


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    opened = Journal(Database.open(url), clock)
    yield opened
    opened.close()


def test_the_migrations_make_the_tables_that_the_code_uses(url: str) -> None:
    database = Database.open(url)
    found = inspect(database.engine)
    for table in metadata.sorted_tables:
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}
    database.close()


def test_the_newest_revision_is_that_of_the_last_migration(url: str) -> None:
    Database.open(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == NEWEST
    engine.dispose()


def test_a_new_file_is_made_as_all_steps_would_make_it() -> None:
    database = Database.open_copy("sqlite://")
    with database.begin() as connection:
        statements = [*made(connection), VERSION]
    database.close()
    assert ";\n".join(statements) + "\n" == by_the_steps() == NEW_FILE.read_text("utf-8"), (
        "write it anew: python -m tests.upgrades.new_file"
    )


def test_a_journal_remembers_when_it_was_born(url: str) -> None:
    Journal(Database.open(url), clock).close()
    later = Journal(Database.open(url), lambda: NOW + timedelta(days=1))
    assert later.born_at == NOW
    later.close()


def test_documents_are_remembered_replaced_and_forgotten(journal: Journal) -> None:
    one = KnownDocument("a.md", "1", INCIDENT, NOW)
    two = KnownDocument("b.md", "2", "", NOW, settled=True, problem="b.md is not UTF-8.")
    journal.remember([one, two])
    journal.remember([replace(one, fingerprint="3")])
    assert journal.documents() == {"a.md": replace(one, fingerprint="3"), "b.md": two}
    journal.forget(["a.md"])
    assert set(journal.documents()) == {"b.md"}


def test_a_document_that_somebody_else_has_dealt_with_meanwhile_stays_dealt_with(
    journal: Journal,
) -> None:
    found = KnownDocument("a.md", "1", "Q1", NOW)
    journal.meet([(None, found)])
    assert journal.documents() == {"a.md": found}
    dealt_with = replace(found, fingerprint="2", settled=True)
    journal.remember([dealt_with])
    for before in (None, found):
        journal.meet([(before, replace(found, fingerprint="3"))])
        assert journal.documents() == {"a.md": dealt_with}
    changed = replace(found, fingerprint="4")
    journal.meet([(dealt_with, changed)])
    assert journal.documents() == {"a.md": changed}


def test_processes_that_remember_the_same_at_once_are_in_nobodys_way(url: str) -> None:
    together = threading.Barrier(4)

    def remember() -> None:
        journal = Journal(Database.open(url), clock)
        for number in range(25):
            together.wait(60)
            journal.meet([(None, KnownDocument(f"{number}.md", "1", "Q1", NOW))])
            journal.note_incident(f"Q{number}", title="Carts are empty")
        journal.close()

    with ThreadPoolExecutor(4) as threads:
        for one in [threads.submit(remember) for _ in range(4)]:
            one.result(timeout=120)
    journal = Journal(Database.open(url), clock)
    assert len(journal.documents()) == 25
    journal.close()


def test_skipped_incidents_are_told_the_latest_first_and_forgotten_in_time(
    journal: Journal,
) -> None:
    first = Skip("Q1", "Carts", "https://x.example.com", "its urgency (low)", "u1", "r", NOW)
    second = replace(first, incident="Q2", at=NOW + timedelta(days=1))
    for one in (first, second, replace(first, reason="its priority (P5)")):
        journal.skips.note(one)
    assert journal.skips.latest(9) == [second, replace(first, reason="its priority (P5)")]
    assert journal.skips.latest(1) == [second]
    assert set(journal.skips.of(["Q1", "Q9"])) == {"Q1"}
    journal.skips.forget_before(NOW + timedelta(hours=1))
    journal.skips.forget("Q7")
    assert journal.skips.latest(9) == [second]
    journal.skips.forget("Q2")
    assert journal.skips.latest(9) == []


def test_what_is_proposed_becomes_the_base_once_it_is_settled(journal: Journal) -> None:
    journal.propose(INCIDENT, "first")
    known = journal.incident(INCIDENT)
    assert known is not None
    assert (known.base, known.proposed) == (None, "first")
    journal.settle(INCIDENT)
    journal.propose(INCIDENT, "second")
    known = journal.incident(INCIDENT)
    assert known is not None
    assert (known.base, known.proposed) == ("first", "second")


def test_incidents_merged_into_another_are_found(journal: Journal) -> None:
    journal.note_incident("QB", merged_into="QA", title="b")
    journal.note_incident("QC", merged_into="QA", title="c")
    journal.note_incident("QD", merged_into="", title="d")
    assert [one.title for one in journal.merged_into("QA")] == ["b", "c"]


def test_tickets_come_back_as_they_went_in(journal: Journal) -> None:
    one = tracked(1, "Add alert | on `depth`", mark=Mark("abc"), ordinal=1)
    two = tracked(2, "Review", remote=None, linked=False, available=False, has_links=False)
    journal.track([one, two])
    assert journal.tickets(INCIDENT) == (two, one)
    assert journal.tracked([one.id, TicketId("999")]) == {one.id: one}
    assert sorted(journal.ticket_ids()) == sorted([one.id, two.id])
    journal.untrack([one.id])
    assert journal.tickets(INCIDENT) == (two,)


def test_an_intent_is_struck_out_together_with_the_ticket_it_made(journal: Journal) -> None:
    first, second = intent("aaa", "Add alert"), intent("bbb", "Review", ordinal=1)
    journal.intend([first, second])
    unknown = replace(second, unknown_since=NOW, unlabelled_in="OPS")
    journal.intend([unknown])
    assert journal.intents(INCIDENT) == (first, unknown)
    assert journal.incidents_with_intents() == [INCIDENT]
    journal.settle_intents([first.mark], [tracked(1, "Add alert")])
    assert journal.intents(INCIDENT) == (unknown,)
    assert len(journal.tickets(INCIDENT)) == 1


def test_writes_are_kept_in_their_order(journal: Journal) -> None:
    at = datetime(2026, 10, 14, tzinfo=UTC)
    done = [
        JournalRecord(at, INCIDENT, "command", "created", "Add alert", "no ticket", "OPS-1"),
        JournalRecord(
            at, INCIDENT, "schedule", "status", "Add alert", "Jira says so", "OPS-1", "a", "b"
        ),
    ]
    journal.record(done)
    journal.record([])
    assert journal.entries(INCIDENT) == done
    assert journal.entries("QOTHER") == []


def test_a_cursor_moves(journal: Journal) -> None:
    assert journal.cursor("tickets") is None
    journal.move_cursor("tickets", NOW)
    journal.move_cursor("tickets", NOW + LATER)
    assert journal.cursor("tickets") == NOW + LATER


LATER = timedelta(minutes=15)


def test_many_ids_are_asked_for_in_parts(journal: Journal) -> None:
    journal.track([tracked(number, "x") for number in range(1, 1203)])
    assert len(journal.tracked(journal.ticket_ids())) == 1202


def test_tickets_are_kept_in_few_statements_and_each_stays_closed_since_first_seen(
    journal: Journal,
) -> None:
    asked: list[str] = []

    def count(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement.split(maxsplit=1)[0])

    many = [tracked(number, "x", ordinal=number) for number in range(1, 1203)]
    journal.track(many)
    facts = [TicketFacts(one.id, NOW, TicketState.DONE, closed=NOW) for one in many]
    event.listen(Engine, "before_cursor_execute", count)
    try:
        journal.facts.keep_tickets(facts)
        assert asked == ["SELECT"] * 3 + ["INSERT"]
        asked.clear()
        later = [replace(one, closed=NOW + LATER) for one in facts]
        told = replace(later[1], is_told=True)
        journal.facts.keep_tickets([later[0], told, *later[2:]])
        assert asked == ["SELECT"] * 3 + ["INSERT"]
        asked.clear()
        journal.facts.keep_tickets(later[2:])
        assert asked == ["SELECT"] * 3
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    kept = [one.facts.closed for one in journal.facts.items()]
    assert kept == [NOW, NOW + LATER, *[NOW] * 1200]


def test_a_database_that_a_newer_release_has_changed_is_worked_on(url: str) -> None:
    database = Database.open(url)
    with database.begin() as connection:
        connection.execute(text("ALTER TABLE skipped ADD COLUMN by_a_newer_release TEXT"))
        connection.execute(text("UPDATE alembic_version SET version_num = '999'"))
    database.close()
    journal = Journal(Database.open(url), clock)
    journal.skips.note(Skip("Q1", "Carts", "", "its urgency (low)", "u1", "r", NOW))
    assert [one.incident for one in journal.skips.latest(9)] == ["Q1"]
    journal.close()


def test_a_dry_run_sees_what_is_there_and_leaves_nothing(url: str) -> None:
    real = Journal(Database.open(url), clock)
    real.note_incident(INCIDENT, title="before")
    dry = Journal(Database.open_copy(url), clock)
    dry.note_incident(INCIDENT, title="after")
    dry.record([JournalRecord(NOW, INCIDENT, "command", "created", "x", "y")])
    known = dry.incident(INCIDENT)
    assert known is not None
    assert known.title == "after"
    dry.close()
    known = real.incident(INCIDENT)
    assert known is not None
    assert known.title == "before"
    assert real.entries(INCIDENT) == []
    real.close()


def test_a_database_that_can_only_be_read_is_told_with_its_remedy(tmp_path: Path) -> None:
    opened = Database.open(f"sqlite:///{tmp_path}/journal.db")
    opened.engine.dispose()

    @event.listens_for(opened.engine, "connect")
    def only_read(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA query_only=ON")

    with pytest.raises(JournalError, match=r"cannot be written: .*readonly.* own it"):
        Journal(opened, clock)
    opened.close()


def test_a_dry_run_makes_no_database_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "none" / "journal.db"
    dry = Journal(Database.open_copy(f"sqlite:///{path}"), clock)
    assert dry.documents() == {}
    dry.close()
    assert list(tmp_path.iterdir()) == []


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Give all that a database holds, by its tables' names."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {
            name: [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))]  # noqa: S608 - names of our own tables
            for name in names
        }


def try_all(journal: Journal) -> None:
    """Write to every table, and see that it was written."""
    journal.meet([(KnownDocument("a.md", "1", INCIDENT, NOW), KnownDocument("a.md", "2", "", NOW))])
    journal.meet([(None, KnownDocument("b.md", "1", "", NOW))])
    journal.note_incident(INCIDENT, title="rehearsed")
    journal.track([tracked(1, "rehearsed")])
    journal.intend([intent("rehearsed", "Review")])
    journal.record([JournalRecord(NOW, INCIDENT, "command", "created", "rehearsed", "y")])
    journal.move_cursor("rehearsed", NOW)
    journal.skips.note(Skip("Q1", "Carts", "", "its urgency (low)", "u1", "r", NOW))
    assert {name: one.fingerprint for name, one in journal.documents().items()} == {
        "a.md": "2",
        "b.md": "1",
    }
    known = journal.incident(INCIDENT)
    assert known is not None
    assert known.title == "rehearsed"
    assert journal.tickets(INCIDENT) == (tracked(1, "rehearsed"),)
    assert [one.mark for one in journal.intents(INCIDENT)] == ["rehearsed"]
    assert [one.subject for one in journal.entries(INCIDENT)] == ["real", "rehearsed"]
    assert journal.cursor("rehearsed") == NOW
    assert len(journal.skips.latest(9)) == 1


def fill(connection: Connection) -> None:
    """Write down a document and an entry by what the first release knew."""
    known = KnownDocument("a.md", "1", INCIDENT, NOW)
    values = asdict(known) | {"seen_at": NOW.isoformat()}
    connection.execute(insert(metadata.tables["documents"]).values(values))
    entry = asdict(JournalRecord(NOW, INCIDENT, "command", "created", "real", "y"))
    values = entry | {"at": NOW.isoformat()}
    connection.execute(insert(metadata.tables["entries"]).values(values))


@pytest.mark.parametrize("release", ["001", "002", "003", NEWEST, "999"])
def test_a_dry_run_on_the_tables_of_any_release_leaves_them_as_they_are(
    url: str, release: str
) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        upgrade(connection, to=min(release, NEWEST))
        fill(connection)
        if release > NEWEST:
            connection.execute(text("ALTER TABLE skipped ADD COLUMN by_a_newer_release TEXT"))
            connection.execute(text("UPDATE alembic_version SET version_num = '999'"))
    before = everything(url)
    dry = Journal(Database.open_copy(url), clock)
    try_all(dry)
    dry.close()
    assert everything(url) == before
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM documents"))
        fill(connection)
        numbers = connection.scalars(text("SELECT number FROM entries ORDER BY number")).all()
    assert numbers == [1, 2]
    engine.dispose()


def test_a_dry_run_makes_no_tables_on_a_server_that_has_none(postgres: str) -> None:
    dry = Journal(Database.open_copy(postgres), clock)
    dry.remember([KnownDocument("a.md", "1", INCIDENT, NOW)])
    assert set(dry.documents()) == {"a.md"}
    assert everything(postgres) == {}
    real = Journal(Database.open(postgres, upgrade_wait=1), clock)
    assert real.documents() == {}
    dry.close()
    real.close()


def test_a_dry_run_needs_no_right_to_write_and_locks_nothing(postgres: str) -> None:
    database = Database.open(postgres)
    with database.begin() as connection:
        fill(connection)
        schema = connection.scalar(text("SELECT current_schema()"))
        connection.execute(text(f"CREATE ROLE {schema} LOGIN"))
        connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {schema}"))
        connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {schema}"))
    reader = make_url(postgres).set(username=schema).render_as_string(hide_password=False)
    dry = Journal(Database.open_copy(reader), clock)
    try_all(dry)
    with database.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        for name in everything(postgres):
            connection.execute(text(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"))
    dry.close()
    with database.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {schema}"))
        connection.execute(text(f"DROP ROLE {schema}"))
    database.close()


def test_what_failed_in_a_dry_run_was_not_real_nor_is_what_follows(postgres: str) -> None:
    real = Journal(Database.open(postgres), clock)
    real.remember([KnownDocument("a.md", "1", INCIDENT, NOW)])
    database = Database.open_copy(postgres)
    dry = Journal(database, clock)
    too_long = KnownDocument("b" * 1025, "1", INCIDENT, NOW)
    with pytest.raises(DBAPIError):
        dry.remember([KnownDocument("b.md", "1", INCIDENT, NOW), too_long])
    dry.forget(["a.md"])
    assert dry.documents() == {}
    assert set(real.documents()) == {"a.md"}
    database.close()
    real.close()


def test_a_dry_run_that_lost_its_connection_goes_on_with_nothing(postgres: str) -> None:
    real = Journal(Database.open(postgres), clock)
    database = Database.open_copy(postgres)
    dry = Journal(database, clock)
    with database.begin() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
    killer = create_engine(postgres, poolclass=NullPool)
    with killer.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    with pytest.raises(DBAPIError):
        dry.note_incident(INCIDENT, title="after")
    with pytest.raises(JournalError, match="was lost"):
        dry.note_incident(INCIDENT, title="after")
    assert real.incident(INCIDENT) is None
    dry.close()
    real.close()


def test_a_database_that_cannot_be_opened_is_told_without_its_password() -> None:
    with pytest.raises(JournalError) as caught:
        Database.open("postgresql+psycopg://me:hunter2@127.0.0.1:1/none")
    assert "hunter2" not in str(caught.value)
    assert "POSTMORTEM_DATABASE_URL" in str(caught.value)


def test_a_process_has_so_many_connections_and_then_tells_that_all_are_in_use(
    postgres: str,
) -> None:
    database = Database(pooled(postgres, patience=0.1))
    with ExitStack() as stack:
        for _ in range(AT_MOST):
            stack.enter_context(database.begin())
        with pytest.raises(JournalError, match=r"stayed in use.*pg_stat_activity"):
            stack.enter_context(database.begin())
    with database.begin() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    database.close()


@contextmanager
def being_upgraded(url: str) -> Iterator[None]:
    """Hold what a process holds that brings the database up to date."""
    path = sqlite_path(url)
    if url.startswith("sqlite") and path is not None:
        with FileLock(path.with_name(path.name + ".lock")):
            yield
        return
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        yield


def test_an_upgrade_that_hangs_elsewhere_is_told_and_not_waited_for_without_end(url: str) -> None:
    with being_upgraded(url), pytest.raises(JournalError, match="up to date by another process"):
        Database.open(url, upgrade_wait=0.1)
    Database.open(url, upgrade_wait=0.1).close()


def test_who_is_up_to_date_waits_for_nobody_who_is_not(postgres: str) -> None:
    Database.open(postgres).close()
    with being_upgraded(postgres):
        Database.open(postgres, upgrade_wait=0.1).close()


def test_a_database_that_answers_is_ready(url: str) -> None:
    database = Database.open(url)
    Journal(database, clock).ping()
    database.close()


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_is_gone_or_another_is_not_ready(tmp_path: Path, *, replaced: bool) -> None:
    file = tmp_path / "journal.db"
    database = Database.open(f"sqlite:///{file}")
    journal = Journal(database, clock)
    journal.ping()
    copy = tmp_path / "copy.db"
    copy.write_bytes(file.read_bytes())
    file.unlink()
    if replaced:
        copy.rename(file)
    with pytest.raises(JournalError, match=r"journal\.db was removed or replaced while .* Start"):
        journal.ping()
    database.close()


def test_a_database_in_memory_is_ready() -> None:
    database = Database.open("sqlite://")
    Journal(database, clock).ping()
    database.close()
