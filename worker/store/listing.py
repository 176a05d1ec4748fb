"""Walking a directory of documents, without opening a file.

Hidden folders (``.git``, ``.obsidian``, ``.trash``) are not entered, and symbolic links are not
followed: what they lead to is outside the store, or listed already.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from worker.store.names import is_document, is_usable


def walk(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Give each document's name and status; nothing where there is no directory yet.

    Raises ``OSError`` where a folder cannot be looked into: a document in it would seem to be
    gone, and be written a second time.
    """
    for name, entry in _files(root):
        if is_usable(name):
            try:
                yield name, entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # removed between the listing and this look: it is not there


def unusable(root: Path) -> list[str]:
    """Give the names of documents that are left out since their names cannot be used."""
    return [name for name, _ in _files(root) if not is_usable(name)]


def _files(root: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    folders = [("", root)] if root.exists() else []
    while folders:
        prefix, folder = folders.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if not entry.name.startswith("."):
                        folders.append((f"{prefix}{entry.name}/", folder / entry.name))
                elif entry.is_file(follow_symlinks=False) and is_document(entry.name):
                    yield prefix + entry.name, entry
