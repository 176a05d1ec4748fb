"""Other people's text as one clean line: nothing invisible, nothing that reorders, no line ends."""

import re
from collections.abc import Iterator

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
"""Controls, bidi marks and overrides, zero-width and filler letters, tags, lone surrogates."""

_TERMINAL = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|\x1b[@-Z\\\\-_]"
)
"""What colours a terminal, or titles its window: it was pasted along."""

_LONE_JOINER = re.compile(
    "(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f\u200c\u200d])"
)
"""A zero-width joiner means something between letters of some scripts and within emoji alone."""

_LIST_MARK = re.compile(r"(?:[-*+\u2022\u2013]|\d{1,3}[.)])\s+")
_ENDS_SENTENCE = (".", "!", "?", ":", ";", ",", "…")


def clean(text: str) -> str:
    """Give the text as one line: runs of white space are one space, what is invisible is gone.

    Cleaning twice is the same as cleaning once.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = _TERMINAL.sub("", text) if "\x1b" in text or "\x9b" in text else text
    visible = _INVISIBLE.sub("", " ".join(text.split()))
    return " ".join(_LONE_JOINER.sub("", visible).split())


def one_line(text: str) -> str:
    """Give a text of several lines as one that still reads: lists with semicolons.

    A line that goes on in lower case continues the one before; another begins behind `` / ``, as
    verses are quoted, unless the one before ends with a mark of its own.
    """
    whole = ""
    for raw in text.splitlines():
        line = clean(raw)
        mark = _LIST_MARK.match(line)
        line = line[mark.end() :] if mark else line
        if not line:
            continue
        if not whole:
            whole = line
        elif whole.endswith(_ENDS_SENTENCE) or (line[0].islower() and not mark):
            whole = f"{whole} {line}"
        else:
            whole = f"{whole}{';' if mark else ' /'} {line}"
    return whole


LONGEST_TITLE = 138
"""Characters of a title that a heading shows: with ``Postmortem: `` before it they are 150."""

_FIRST_LINE = 20
_BROKEN_ADDRESS = re.compile(r"(?<=\S)\s+\S*://\S*$")


def headline(title: str, limit: int = LONGEST_TITLE) -> str:
    """Give a title of any length as one line that can be read, cut at a word.

    One that is a text of several lines is called by its first, where that says enough.
    """
    whole = clean(title)
    if len(whole) <= limit:
        return whole
    first = next(filter(None, map(clean, title.splitlines())), "")
    if _FIRST_LINE <= len(first) < limit:
        return f"{first.rstrip('.,;: ')}…"
    cut = shorten(whole, limit).removesuffix("…").rstrip(" .,;:")
    return f"{_BROKEN_ADDRESS.sub('', cut)}…"


def shorten(text: str, limit: int) -> str:
    """Cut a clean line to at most ``limit`` characters, between words where it can be."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at = head.rfind(" ")
    return f"{head[:at] if at > limit // 2 else head}…"


def joined_lines(text: str) -> Iterator[str]:
    """Give the lines of a text, those together that go on in lower case."""
    whole = ""
    for raw in text.splitlines():
        line = clean(raw)
        goes_on = whole and line and line[0].islower() and not whole.endswith((".", "!", "?", ":"))
        if goes_on:
            whole = f"{whole} {line}"
        else:
            if whole:
                yield whole
            whole = line
    if whole:
        yield whole
