"""What an event of a channel asks for: the documents that follow it, and no other."""

from datetime import UTC, datetime
from pathlib import Path

from connectors.incidents import IncidentId
from connectors.webhook_events import EventKind, WebhookEvent
from tests.acceptance.chat_world import NAME, chat_world
from worker.app.worker import hinted_jobs

NOON = datetime(2026, 10, 14, 12, tzinfo=UTC)


def hint(channel: str = "", incident: str | None = None) -> WebhookEvent:
    named = IncidentId(incident) if incident else None
    return WebhookEvent("E1", "pin_added", EventKind.REFRESH, NOON, named, channel=channel)


def test_a_channels_event_is_its_incidents(tmp_path: Path) -> None:
    with chat_world(tmp_path) as chat, chat.context() as context:
        assert hinted_jobs(context, [hint(chat.room.id)]) == []
        chat.sync()
        (request,) = hinted_jobs(context, [hint(chat.room.id), hint("C0ANOTHER00")])
        assert (request.incident, request.pulls) == (chat.id(NAME), True)
        chat.path(NAME).unlink()
        context.journal.forget([one.name for one in context.journal.documents_of(chat.id(NAME))])
        assert hinted_jobs(context, [hint(chat.room.id)]) == []
