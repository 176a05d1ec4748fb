"""What reading a channel keeps of it: what was picked, however much else was said."""

import tracemalloc
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

from connectors.chat import ChannelId
from connectors.json_fields import JsonValue
from connectors.slack.connection import SLACK, SlackConnection
from connectors.slack.reading import ChannelReader, MemberNames, Picking

PAGES, ON_A_PAGE, LONG = 60, 100, 2_000
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
FIRST = int(SINCE.timestamp()) + 60


class LivelyChannel:
    """A connection to a channel of many pages, in the middle of each one message was picked."""

    def pages(self, *asked: object) -> Iterator[Sequence[JsonValue]]:
        """Give each page of the channel's history."""
        for page in range(PAGES):
            said = [_message(page * ON_A_PAGE + n) for n in range(ON_A_PAGE)]
            yield JsonValue({"messages": said}, SLACK)["messages"].objects()

    def ask(self, *asked: object) -> JsonValue:
        """Name whoever wrote it."""
        return JsonValue({"user": {"profile": {"real_name": "Dana Whitfield"}}}, SLACK)


def _message(number: int) -> Mapping[str, object]:
    picked = [{"name": "pushpin", "count": 1}] if number % ON_A_PAGE == ON_A_PAGE // 2 else []
    text = f"{number} {'.' * LONG}"
    return {"ts": f"{FIRST + number}.000100", "text": text, "user": "U1", "reactions": picked}


def test_what_nobody_picked_is_let_go_of_page_by_page():
    connection = cast("SlackConnection", LivelyChannel())
    reader = ChannelReader(connection, MemberNames(connection), Picking(pins=False))
    tracemalloc.start()
    try:
        found = reader.picked(ChannelId("C0ROOM00001"), SINCE, None, "https://acme.slack.com/")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [one.text.split()[0] for one in found.messages[:2]] == ["50", "150"]
    assert len(found.messages) == PAGES
    assert most < PAGES * ON_A_PAGE * LONG / 4
