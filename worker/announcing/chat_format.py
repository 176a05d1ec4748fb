"""A message in the format of the chat: every character of its words as it is, links where ours are.

The format (mrkdwn) reads ``<…>`` as a mention or a link and knows no other escapes than those of
``&``, ``<`` and ``>``. What it would read into plain words besides, marks of emphasis, quotes and
``@here``, is parted by an invisible joiner. Blocks are asked to be read word for word
(``verbatim``), so that addresses and names of channels in others' words stay words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from connectors.chat import Post
from worker.announcing.message import Message, MessageLine, Phrase
from worker.content.clean_text import clean, shorten
from worker.content.inline_markdown import safe_url

LONGEST_TEXT = 3_500
"""Characters of the text beside the blocks: 4,000 are advised."""
LONGEST_SECTION = 2_900
LONGEST_LINE = LONGEST_SECTION - 10
_GROWTH = 6
"""To how many characters one may grow that is shown as a word."""
MOST_SECTIONS = 40
LONGEST_IN_ALL = 12_000
"""Characters and numbers above which the chat refuses blocks, with some room."""
_JOINER = "\u2060"
_CALLS = re.compile(r"@(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)
_MARKS = re.compile(r"(?<!\w)[*_~](?=\S)|`")
_QUOTE = re.compile(r"^(?=(?:>|&gt;))")
_ADDRESS = re.compile(r"(?<=\w)(?=://)|(?<=\bwww)(?=\.)|(?<=\bmailto)(?=:)", re.IGNORECASE)
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def post_of(message: Message, mark: str, facts: Mapping[str, str]) -> Post:
    """Give a message as it is posted; ``mark`` and ``facts`` go with it unseen."""
    lines = [one for one in map(_line, message.lines) if one]
    sections = _kept(list(_packed(lines, LONGEST_SECTION)))
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": one, "verbatim": True}}
        for one in sections
    ]
    text = next(_packed(lines, LONGEST_TEXT), "")
    return Post(text, blocks, mark, facts)


def _kept(sections: list[str]) -> list[str]:
    """Leave out what the chat would refuse, and say how much that is."""
    kept = sections[:MOST_SECTIONS]
    while sum(map(len, kept)) > LONGEST_IN_ALL:
        kept.pop()
    left = sum(one.count("\n") + 1 for one in sections[len(kept) :])
    return [*kept, f"\u2026 and {left} more lines, too many for one message"] if left else kept


def shown(words: str) -> str:
    """Give others' words as they may stand in a message: they are read as nothing but words."""
    escaped = "".join(_ESCAPES.get(one, one) for one in clean(words))
    parted = _MARKS.sub(lambda found: f"{_JOINER}{found[0]}", escaped)
    parted = _ADDRESS.sub(_JOINER, _CALLS.sub(f"@{_JOINER}", parted))
    return _QUOTE.sub(_JOINER, parted)


def _line(line: MessageLine) -> str:
    told = "".join(map(_phrase, line.phrases))
    if len(told) > LONGEST_LINE:
        told = _short(line.phrases)
    return f"\u2022 {told}" if line.listed else told


def _short(phrases: Sequence[Phrase]) -> str:
    """Give phrases within the longest line: links go first, then words at the ends."""
    told = ""
    for one in phrases:
        left = LONGEST_LINE - len(told)
        unlinked = replace(one, address="")
        cut = replace(unlinked, words=shorten(one.words, max(left // _GROWTH, 1)))
        tried = (_phrase(each) for each in (one, unlinked, cut))
        told += next((each for each in tried if len(each) <= left), "")
    return told


def _phrase(phrase: Phrase) -> str:
    before = " " if phrase.words.startswith(" ") else ""
    behind = " " if phrase.words.endswith(" ") and phrase.words.strip() else ""
    words = shown(phrase.words)
    address = safe_url(phrase.address) if phrase.address else None
    if address is not None and words:
        target = address.replace("&", "&amp;").replace("|", "%7C")
        words = f"<{target}|{words.replace('|', chr(0x2758))}>"
    if phrase.strong and words:
        words = f"*{words}*"
    return f"{before}{words}{behind}"


def _packed(lines: list[str], longest: int) -> Iterator[str]:
    """Put lines together into texts that are no longer than that; no line is cut."""
    told: list[str] = []
    size = 0
    for one in lines:
        if told and size + len(one) + 1 > longest:
            yield "\n".join(told)
            told, size = [], 0
        told.append(one)
        size += len(one) + 1
    if told:
        yield "\n".join(told)
