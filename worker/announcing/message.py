"""A message for people in a chat: lines of words and links, before it is put into a chat's format.

The words are others' as often as ours: whoever shows them shows each character as it is, so that
none of them calls anybody, formats or links anything.
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of a line; with an address they are a link to it, ``strong`` ones stand out."""

    words: str
    address: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A line of a message; a ``listed`` one is an item of a list."""

    phrases: tuple[Phrase, ...]
    listed: bool = False

    @property
    def words(self) -> str:
        """The line as plain text, with each address behind the words that lead to it."""
        told = "".join(
            f"{one.words} <{one.address}>" if one.address else one.words for one in self.phrases
        )
        return f"- {told}" if self.listed else told


@dataclass(frozen=True, slots=True)
class Message:
    """A message; ``heading`` is its first line, which notifications show."""

    lines: tuple[MessageLine, ...]

    @property
    def heading(self) -> str:
        """The words of the first line, without addresses."""
        return "".join(one.words for one in self.lines[0].phrases) if self.lines else ""

    @property
    def words(self) -> str:
        """The message as plain text, a line each."""
        return "\n".join(one.words for one in self.lines)

    @property
    def digest(self) -> str:
        """What tells this message from one that says anything else."""
        told = repr([[(s.words, s.address, s.strong) for s in one.phrases] for one in self.lines])
        return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]


def line(*phrases: Phrase | str, listed: bool = False) -> MessageLine:
    """Give a line of phrases, and of plain words."""
    made = (one if isinstance(one, Phrase) else Phrase(one) for one in phrases)
    return MessageLine(tuple(one for one in made if one.words), listed)
