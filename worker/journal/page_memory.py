"""The memory of documents' pages: one row an incident."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Integer, RowMapping, String, Table, Text, select

from connectors.incidents import IncidentId
from connectors.pages import PageId
from worker.journal.database import Database
from worker.journal.incident_locks import must_still_hold
from worker.journal.records import NO_CLAIM, Claim
from worker.journal.tables import documents, metadata, put
from worker.publishing.known_page import KnownPage

pages = Table(
    "pages",
    metadata,
    Column("incident", String(64), primary_key=True),
    Column("mark", String(64), nullable=False),
    Column("page", String(64), nullable=False),
    Column("address", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("shown", Text, nullable=False),
    Column("proposed", String(64), nullable=False),
    Column("sent", Text, nullable=False),
    Column("files", Text, nullable=False),
    Column("noted", Boolean, nullable=False),
    Column("in_document", Boolean, nullable=False),
    Column("intended_at", String(40), nullable=True),
    Column("told", Text, nullable=False),
    Column("left", String(64), nullable=False),
    Column("seen_title", Text, nullable=False),
)


class PageMemory:
    """What is known of pages, in an open database. Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, incident: IncidentId) -> KnownPage | None:
        """Give what is remembered of an incident's page, None for nothing."""
        query = select(pages).where(pages.c.incident == incident)
        with self._database.begin() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return _known(row) if row else None

    def address(self, incident: IncidentId) -> str:
        """Give where an incident's page is, "" where it has none that is known."""
        query = select(pages.c.address).where(pages.c.incident == incident, pages.c.page != "")
        with self._database.begin() as connection:
            return str(connection.execute(query).scalar() or "")

    def every(self) -> Mapping[IncidentId, KnownPage]:
        """Give what is remembered of all pages, by incident."""
        with self._database.begin() as connection:
            found = connection.execute(select(pages)).mappings()
            return {IncidentId(row["incident"]): _known(row) for row in found}

    def without_document(self) -> Sequence[KnownPage]:
        """Give the pages of incidents that have no document any more, by incident."""
        documented = select(documents.c.name).where(documents.c.incident == pages.c.incident)
        query = select(pages).where(pages.c.page != "", ~documented.exists())
        with self._database.begin() as connection:
            found = connection.execute(query.order_by(pages.c.incident)).mappings()
            return [_known(row) for row in found]

    def forget(self) -> int:
        """Forget every page, and tell how many there were: ids are a site's own.

        What stays is that the documents are known here, so that pages they name which are not to be
        seen belong to the site before.
        """
        known = [one for one in self.every().values() if one.page or one.intended_at]
        for one in known:
            self.put(KnownPage(one.incident))
        return sum(1 for one in known if one.page)

    def put(self, known: KnownPage, claim: Claim = NO_CLAIM) -> None:
        """Remember a page as it is now.

        Raises ``BusyElsewhere`` where the incident's lock was lost and another holds it by now.
        """
        values = _row(known)
        with self._database.begin() as connection:
            if claim:
                must_still_hold(connection, IncidentId(known.incident), claim)
            put(connection, pages, {"incident": values.pop("incident")}, values)


def _row(known: KnownPage) -> dict[str, Any]:
    at = known.intended_at
    return asdict(known) | {
        "shown": json.dumps(known.shown),
        "files": json.dumps(known.files),
        "intended_at": at.isoformat() if at else None,
    }


def _known(row: RowMapping) -> KnownPage:
    at = row["intended_at"]
    files = [(str(name), str(digest)) for name, digest in json.loads(row["files"])]
    return KnownPage(
        **{
            **row,
            "page": PageId(row["page"]),
            "shown": tuple(json.loads(row["shown"])),
            "files": tuple(files),
            "intended_at": datetime.fromisoformat(at) if at else None,
        }
    )
