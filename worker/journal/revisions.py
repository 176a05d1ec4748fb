"""Which release's tables a database has, and what makes them this release's."""

from sqlalchemy import Connection, inspect, text

NEWEST = "004"
"""The revision of the tables that this release makes."""


def revision(connection: Connection) -> str | None:
    """Give the revision of the tables that are there, None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables those of this release; those of a newer one are left as they are."""
    if revision(connection) != NEWEST:
        # Alembic takes seven megabytes, and is needed once a release.
        from worker.journal.upgrading import upgrade  # noqa: PLC0415 - see the line above

        upgrade(connection)
