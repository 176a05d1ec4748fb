"""Bringing the journal's tables up to date, a step a release (Alembic)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, to: str | None = None) -> None:
    """Take every step that is missing; tables of a newer release are left as they are.

    A newer release only ever adds to the tables, so that this one works on while machines are
    brought up to date one after the other (ADR 6). ``to`` is the revision to stop at,
    this release's if None.
    """
    config = _config()
    config.attributes["connection"] = connection
    found = MigrationContext.configure(connection).get_current_heads()
    if all(knows(one) for one in found):
        command.upgrade(config, to or "head")


def knows(revision: str) -> bool:
    """Tell whether a revision is of this release, or of one before."""
    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return any(one.revision == revision for one in steps)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
