"""Whatever was said in a channel stays in its cell, and calls nobody else's markup to life."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from connectors.follow_up import ChatSpan
from connectors.json_fields import JsonValue
from connectors.slack import mrkdwn
from connectors.slack.connection import SLACK
from tests.incidents.reading import in_cell
from tests.property.test_drafting_safe import HOSTILE
from worker.content.clean_text import clean
from worker.drafting.timeline.chat_events import spoken

_ENTITIES = st.sampled_from(
    ["<@U1>", "<#C1|x>", "<!here>", "<https://a.example|b>", "&lt;", "&amp;", "```", "`", ":fire:", "*", "_", "~", "&gt; "]
)  # fmt: skip
MRKDWN = st.lists(st.one_of(_ENTITIES, HOSTILE), max_size=8).map("".join)
SPANS = st.lists(
    st.builds(
        ChatSpan,
        HOSTILE,
        st.one_of(st.just(""), HOSTILE, st.just("https://a.example/b")),
        is_code=st.booleans(),
        is_strong=st.booleans(),
        is_struck=st.booleans(),
    ),
    max_size=6,
)
_MARKS = {"strong_open", "strong_close", "s_open", "s_close", "code_inline"}
NOON = datetime(2026, 10, 14, 12, tzinfo=UTC)


@given(SPANS)
def test_spans_stay_in_their_cell(spans: list[ChatSpan]) -> None:
    shown = in_cell(f'Dana wrote: "{spoken(spans, 400)}" [message](https://a.example/m)')
    assert set(shown.marks) <= _MARKS
    assert all(url.startswith(("http://", "https://", "HTTP")) for url in map(str, shown.links))
    assert shown.text.startswith('Dana wrote: "')
    assert shown.text.endswith('" message')


@given(MRKDWN)
def test_mrkdwn_is_read_whatever_it_is(text: str) -> None:
    pieces = mrkdwn.pieces_of(JsonValue({"text": text}, SLACK))
    spans = mrkdwn.spans(pieces, {})
    shown = in_cell(f'Dana wrote: "{spoken(spans, 400)}"')
    assert set(shown.marks) <= _MARKS
    assert clean(shown.text).startswith('Dana wrote: "')
