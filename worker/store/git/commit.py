"""A commit as ``git fast-import`` reads it: one child makes blobs, trees and commit at once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr

from worker.content.clean_text import clean

MADE = "refs/postmortem/made"
"""The ref in our repository which the latest commit of ours is at, pushed or not."""

_SUBJECT = 72
"""Characters in a first line, which every tool shows whole."""
_MESSAGE = 20_000
"""Characters in a message; what is beyond nobody reads."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file's new content, and its mode."""

    data: bytes
    mode: str = "100644"


def blob_id(data: bytes) -> str:
    """Give the id that Git gives to a file of that content."""
    head = f"blob {len(data)}\0".encode()
    return hashlib.sha1(head + data, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class CommitWords:
    """What a commit says; ``author`` is ``Name <address>``, "" where that is the committer."""

    message: str
    author: str = ""


def as_stream(
    committer: str, words: CommitWords, parent: str, files: Mapping[str, NewFile]
) -> bytes:
    """Give the commands which make a commit on top of ``parent`` ("" for none) and print its id.

    See git-fast-import(1). ``committer`` is ``Name <address>``; ``files`` has whole paths.
    """
    text = words.message.encode()
    author = f"author {_signature(words.author)} now\n" if words.author else ""
    parts = [
        f"commit {MADE}\nmark :1\n{author}committer {_signature(committer)} now\n".encode(),
        b"data %d\n%s\n" % (len(text), text),
        f"from {parent}\n".encode() if parent else b"",
    ]
    for path, file in files.items():
        parts.append(f"M {file.mode} inline {_quoted(path)}\n".encode())
        parts.append(b"data %d\n%s\n" % (len(file.data), file.data))
    return b"".join([*parts, b"get-mark :1\n", b"done\n"])


def clean_message(why: str, otherwise: str) -> str:
    """Give a commit's message: a short first line, an empty one, and the rest; never empty.

    ``otherwise`` is said where ``why`` says nothing. Characters that cannot be shown are left out,
    as is the ``#`` that begins what an editor of messages takes for a comment.
    """
    lines = [clean(line) for line in why[:_MESSAGE].splitlines()]
    subject, *body = "\n".join(lines).strip().split("\n")
    subject = subject.lstrip("#- ") or clean(otherwise)
    rest = "\n".join(" " + line if line.startswith("#") else line for line in body).strip("\n")
    return _cut(subject) + (f"\n\n{rest}" if rest else "") + "\n"


def _cut(subject: str) -> str:
    return subject if len(subject) <= _SUBJECT else subject[: _SUBJECT - 1].rstrip() + "…"


def _signature(author: str) -> str:
    name, address = (clean(part.translate(_BRACKETS)) for part in parseaddr(author))
    return f"{name or address} <{address}>"


_BRACKETS = {ord(one): None for one in "<>\n"}


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
