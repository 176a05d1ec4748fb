"""What all steps make of an empty SQLite file: ``python -m tests.upgrades.new_file`` writes it.

To be run with each new migration.
"""

from sqlalchemy import Connection, create_engine, text

from worker.journal.revisions import NEW_FILE, NEWEST, upgrade

MADE = text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
VERSION = f"INSERT INTO alembic_version (version_num) VALUES ('{NEWEST}')"  # noqa: S608 - our own


def made(connection: Connection) -> list[str]:
    """Give the statements that make the tables and indexes that are there, in their order."""
    lines = (str(one).splitlines() for one in connection.scalars(MADE))
    return ["\n".join(line.rstrip() for line in one) for one in lines]


def by_the_steps() -> str:
    """Take every step, and give the statements that make the same at once."""
    with create_engine("sqlite://").begin() as connection:
        upgrade(connection)
        return ";\n".join([*made(connection), VERSION]) + "\n"


if __name__ == "__main__":
    NEW_FILE.write_text(by_the_steps(), "utf-8")
