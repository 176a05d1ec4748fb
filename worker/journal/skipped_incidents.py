"""The memory of the incidents that got no draft, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from connectors.incidents import IncidentId
from worker.journal.database import Database
from worker.journal.records import Skip
from worker.journal.tables import chunks, put, skipped


class Skips:
    """One row an incident, in an open database. Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, skip: Skip) -> None:
        """Remember that an incident got no draft."""
        values = asdict(skip) | {"at": skip.at.isoformat()}
        with self._database.begin() as connection:
            put(connection, skipped, {"incident": skip.incident}, values)

    def forget(self, incident: IncidentId) -> None:
        """Forget that an incident got no draft: it has one now."""
        with self._database.begin() as connection:
            connection.execute(delete(skipped).where(skipped.c.incident == incident))

    def forget_before(self, at: datetime) -> None:
        """Forget what was remembered before then (aware UTC)."""
        with self._database.begin() as connection:
            connection.execute(delete(skipped).where(skipped.c.at < at.isoformat()))

    def of(self, incidents: Sequence[IncidentId]) -> Mapping[IncidentId, Skip]:
        """Give those of the incidents that got no draft, by id."""
        found: dict[IncidentId, Skip] = {}
        with self._database.begin() as connection:
            for part in chunks(incidents):
                query = select(skipped).where(skipped.c.incident.in_(part))
                for row in connection.execute(query).mappings():
                    found[row["incident"]] = _skip(row)
        return found

    def latest(self, most: int) -> Sequence[Skip]:
        """Give the latest ``most`` incidents that got no draft, the latest first."""
        query = select(skipped).order_by(skipped.c.at.desc(), skipped.c.incident).limit(most)
        with self._database.begin() as connection:
            return [_skip(row) for row in connection.execute(query).mappings()]


def _skip(row: Mapping[Any, Any]) -> Skip:
    return Skip(**{**row, "at": datetime.fromisoformat(row["at"])})
