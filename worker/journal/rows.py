"""How records stand in the tables: a row from a record, and a record from a row."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from connectors.tickets import Mark, TicketId, TicketKey
from worker.journal.records import KnownDocument
from worker.tracking.memory import Intent, TrackedTicket, Values


def document(row: Mapping[Any, Any]) -> KnownDocument:
    """Give a document as it was remembered."""
    return KnownDocument(**{**row, "seen_at": _time(row["seen_at"])})


def ticket_row(one: TrackedTicket) -> dict[str, object]:
    """Give a ticket's row."""
    return {
        "incident": one.incident,
        "key": one.key,
        "url": one.url,
        "mark": one.mark,
        "ordinal": one.ordinal,
        "row": json.dumps(asdict(one.row)),
        "remote": json.dumps(asdict(one.remote)) if one.remote else None,
        "status_cell": one.status_cell,
        "linked": one.linked,
        "available": one.available,
        "has_links": one.has_links,
        "done": one.done,
    }


def ticket(row: Mapping[Any, Any]) -> TrackedTicket:
    """Give a ticket as it was remembered."""
    return TrackedTicket(
        id=TicketId(row["id"]),
        key=TicketKey(row["key"]),
        url=row["url"],
        incident=row["incident"],
        ordinal=row["ordinal"],
        row=Values(**json.loads(row["row"])),
        remote=Values(**json.loads(row["remote"])) if row["remote"] else None,
        mark=Mark(row["mark"]) if row["mark"] else None,
        status_cell=row["status_cell"],
        linked=row["linked"],
        available=row["available"],
        has_links=row["has_links"],
        done=row["done"],
    )


def intent(row: Mapping[Any, Any]) -> Intent:
    """Give a create as it was written down."""
    since = row["unknown_since"]
    return Intent(
        mark=Mark(row["mark"]),
        incident=row["incident"],
        task=row["task"],
        ordinal=row["ordinal"],
        opened_at=_time(row["opened_at"]),
        unknown_since=_time(since) if since else None,
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
