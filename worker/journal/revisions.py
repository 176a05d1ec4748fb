"""Which release's tables a database has, and the steps to this release's, which are Alembic's."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST = "025"
"""The revision of the tables that this release makes."""
MIGRATIONS = Path(__file__).parent / "migrations"
NEW_FILE = MIGRATIONS / "new_file.sql"
"""What all steps together make in an empty SQLite file, statement by statement.

``python -m tests.upgrades.new_file`` writes it anew from the steps, and a test holds it to them: to
load Alembic and take them costs what half of a command does, in each that works on a database in
memory.
"""


def revision(connection: Connection) -> str | None:
    """Give the revision of the tables that are there, None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables those of this release; those of a newer one are left as they are.

    A database without a revision holds no tables.
    """
    found = revision(connection)
    if found is None and connection.dialect.name == "sqlite":
        for statement in NEW_FILE.read_text("utf-8").split(";\n"):
            connection.exec_driver_sql(statement)
    elif found != NEWEST:
        upgrade(connection)


def upgrade(connection: Connection, to: str | None = None) -> None:
    """Take every step that is missing; tables of a newer release are left as they are.

    A newer release only ever adds to the tables, so that this one works on while machines are
    brought up to date one after the other (ADR 6). ``to`` is the revision to stop at,
    this release's if None.
    """
    from alembic import command  # noqa: PLC0415 - seven megabytes, needed once a release

    found = revision(connection)
    if found is None or knows(found):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to or "head")


def knows(revision: str) -> bool:
    """Tell whether a revision is of this release, or of one before."""
    if revision == NEWEST:
        return True  # as at nearly every start
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return any(one.revision == revision for one in steps)


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
