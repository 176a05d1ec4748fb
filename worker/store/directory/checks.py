"""Whether documents can be read and written in a directory, and what is odd there."""

import tempfile
from pathlib import Path

from connectors.errors import Finding
from worker.store.directory.atomic_write import LEFTOVER
from worker.store.directory.listing import behind_links, unusable, walk


def look_over(root: Path) -> list[Finding]:
    """Say whether documents can be read and written under ``root``, and what is odd there."""
    subject = f"Documents in {root}"
    try:
        if root.is_symlink() and not root.exists():
            leads = f"{root} is a link to {root.readlink()}, which is not there."
            return [_problem(subject, leads, "Mount or make it, or name another directory.")]
        if not root.exists():
            return [_yet_to_be_made(subject, root)]
        if not root.is_dir():
            return [_problem(subject, f"{root} is no directory.", "Name a directory.")]
        linked = len(behind_links(root))
        count = sum(1 for _ in walk(root)) - linked
        _prove_writable(root)
        noun = "document" if count == 1 else "documents"
        aside = f"; {linked} behind symbolic links are left alone" if linked else ""
        found = Finding(subject, f"{count} {noun}, can be written{aside}")
        return [found, *_oddities(subject, root)]
    except OSError as error:
        return [
            _problem(
                subject,
                f"{error.filename or root} cannot be used ({error.strerror}).",
                "Let the user that runs this program read and write there.",
            )
        ]


def _prove_writable(root: Path) -> None:
    try:
        with tempfile.TemporaryFile(dir=root):  # the one proof that holds for every file system
            pass
    except OSError as error:
        error.filename = None  # nobody knows the file that was to be made
        raise


def _yet_to_be_made(subject: str, root: Path) -> Finding:
    nearest = next(parent for parent in root.parents if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            return Finding(subject, "does not exist yet, and is made with the first document")
    except OSError as error:
        reason = error.strerror
    return _problem(
        subject,
        f"{root} does not exist, and cannot be made in {nearest} ({reason}).",
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
