"""Whatever others write, a message calls nobody and links to nothing but what we link to."""

import re

from hypothesis import given
from hypothesis import strategies as st

from worker.announcing.chat_format import post_of
from worker.announcing.message import Message, Phrase, line

PIECES = (
    "<!channel> <!here|x> <@U0123> <#C0123|a> <!subteam^S1> <https://e.example|ok> @here @channel "
    "@everyone @HERE https://e.example mailto:a@e.example | > &lt;!here&gt; * _ ` ``` < & ! \u2060"
)
PARTS = st.sampled_from([*PIECES.split(" "), "\n", "\r\n> ", "\u200b", " "])
WORDS = st.lists(st.one_of(PARTS, st.text(max_size=6)), max_size=12).map("".join)
OURS = "https://pm.example.com/postmortems/Q1"
ENTITY = re.compile(r"<([^<>]*)>")
CALLS = re.compile(r"@(here|channel|everyone|group)\b", re.IGNORECASE)


@given(WORDS, WORDS, WORDS)
def test_words_of_others_never_make_a_mention_or_a_link(title: str, task: str, key: str) -> None:
    message = Message(
        (line(Phrase(title, OURS, strong=True)), line(Phrase(key, OURS), task, listed=True))
    )
    post = post_of(message, "m", {})
    for text in (post.text, *(str(one["text"]["text"]) for one in post.blocks)):  # type: ignore[index]  # made by us
        entities = ENTITY.findall(text)
        assert all(one.startswith(f"{OURS}|") for one in entities)
        assert not CALLS.search(text)
        rest = ENTITY.sub("", text)
        assert "<" not in rest
        assert ">" not in rest
        assert not re.search(r"\w://", rest)
        assert len(text.splitlines()) <= 2
