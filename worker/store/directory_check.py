"""What a preflight finds of a directory of documents."""

import os
import tempfile
from pathlib import Path

from connectors.checks import Finding
from worker.store.listing import unusable, walk
from worker.store.saving import LEFTOVER


def look_over(root: Path) -> list[Finding]:
    """Say whether documents can be read and written under ``root``, and what is odd there."""
    subject = f"Documents in {root}"
    try:
        if not root.exists():
            return [_yet_to_be_made(subject, root)]
        if not root.is_dir():
            return [_problem(subject, f"{root} is no directory.", "Name a directory.")]
        count = sum(1 for _ in walk(root))
        with tempfile.TemporaryFile(dir=root):  # the one proof that holds for every file system
            pass
        noun = "document" if count == 1 else "documents"
        return [Finding(subject, f"{count} {noun}, can be written"), *_oddities(subject, root)]
    except OSError as error:
        return [
            _problem(
                subject,
                f"{error.filename or root} cannot be used ({error.strerror}).",
                "Let the user that runs this program read and write there.",
            )
        ]


def _yet_to_be_made(subject: str, root: Path) -> Finding:
    nearest = next(parent for parent in root.parents if parent.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return Finding(subject, "does not exist yet, and is made with the first document")
    return _problem(
        subject,
        f"{root} does not exist, and cannot be made in {nearest}.",
        "Make it, and let the user that runs this program write there.",
    )


def _oddities(subject: str, root: Path) -> list[Finding]:
    found = [
        _problem(
            subject, f"The document {name!r} is left out: its name cannot be used.", "Rename it."
        )
        for name in unusable(root)
    ]
    found += [
        _problem(
            subject,
            f"{path} was left when the program was stopped while it saved.",
            "Compare it with the documents around it, then remove it.",
        )
        for path in sorted(root.rglob(LEFTOVER))
    ]
    return found


def _problem(subject: str, problem: str, remedy: str) -> Finding:
    return Finding(subject, problem=problem, remedy=remedy)
