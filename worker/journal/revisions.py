"""Which release's tables a database has, and the steps to this release's, which are Alembic's."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST = "020"
"""The revision of the tables that this release makes."""
MIGRATIONS = Path(__file__).parent / "migrations"


def revision(connection: Connection) -> str | None:
    """Give the revision of the tables that are there, None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def bring_up_to_date(connection: Connection) -> None:
    """Make the tables those of this release; those of a newer one are left as they are."""
    if revision(connection) != NEWEST:
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
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return any(one.revision == revision for one in steps)


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
