"""What a directory of documents tells without opening a file: which there are, and what changed.

Hidden folders (``.git``, ``.obsidian``, ``.trash``) are not entered. What a symbolic link leads to
outside of the store is listed, so that a document there is known; it is never written.

Inode, size and both times together change with every change of content, with one exception: the
kernel stamps times in ticks of up to 10 ms, so two changes within one tick can look the same. As
Git does with its index, a stamp that is too young to be trusted is told apart.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from worker.store.document_name import is_document, is_usable
from worker.store.document_store import UNSURE

_MOST_LINKED = 20_000
"""Entries looked at behind symbolic links; a link to a whole disk is not followed to its end."""
_TICK = 20_000_000
"""Nanoseconds: twice the longest tick of Linux's coarse clock."""
_COARSE = 2_000_000_000
"""Nanoseconds: the steps in which FAT counts; other coarse file systems take whole seconds."""
_BESIDE = (
    ".{name}.swp",  # Vim, nano
    ".{name}.swo",  # Vim, the second to open it
    ".#{name}",  # Emacs: a dangling symbolic link
    "#{name}#",  # Emacs: changes that are not saved yet
    ".{name}.kate-swp",  # Kate
    ".~lock.{name}#",  # LibreOffice
    "~${name}",  # Microsoft Office and its kin
    "{name}___jb_tmp___",  # JetBrains, while saving
    "{name}.tmp",  # many, while saving
)
"""What editors put beside a file while somebody has it open."""


Folders = dict[str, os.stat_result]
"""Folders by their paths ("" or ending in ``/``), each as it was before it was looked into."""


def walk(root: Path, seen: Folders | None = None) -> Iterator[tuple[str, os.stat_result]]:
    """Give each document's name and status; nothing where there is no directory yet.

    Puts the folders into ``seen``; none in the end where symbolic links lead to further ones.

    Raises ``OSError`` where a folder cannot be looked into: a document in it would seem to be
    gone, and be written a second time.
    """
    for name, entry in _files(root, {} if seen is None else seen):
        if is_usable(name):
            try:
                yield name, entry.stat()
            except FileNotFoundError:
                continue  # removed between the listing and this look: it is not there


def unusable(root: Path) -> list[str]:
    """Give the names of documents that are left out since their names cannot be used."""
    return [name for name, _ in _files(root, {}) if not is_usable(name)]


def behind_links(root: Path) -> list[str]:
    """Give the names of Markdown files that are reached through a symbolic link alone."""
    store = root.resolve()
    names = (name for name, _ in _files(root, {}))
    return [name for name in names if not (root / name).resolve().is_relative_to(store)]


def _files(root: Path, seen: Folders) -> Iterator[tuple[str, os.DirEntry[str]]]:
    folders = [("", root)] if root.exists() else []
    links: list[tuple[str, os.DirEntry[str]]] = []
    while folders:
        prefix, folder = folders.pop()
        seen[prefix] = folder.stat()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if not entry.name.startswith("."):
                        folders.append((f"{prefix}{entry.name}/", folder / entry.name))
                elif entry.is_file(follow_symlinks=False):
                    if is_document(entry.name):
                        yield prefix + entry.name, entry
                elif entry.is_symlink() and not entry.name.startswith("."):
                    links.append((prefix + entry.name, entry))
    if links:
        seen.clear()
        yield from _linked(root, links)


def _linked(
    root: Path, links: list[tuple[str, os.DirEntry[str]]]
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Give the documents that links lead to, each place once; what cannot be read is left out."""
    store = root.resolve()
    links.sort(key=lambda link: link[0])
    seen: set[Path] = set()
    for _ in range(_MOST_LINKED):
        if not links:
            return
        name, entry = links.pop(0)
        with suppress(OSError, RuntimeError):  # the latter for a loop of links, up to Python 3.12
            target = Path(entry.path).resolve()
            if target in seen or target.is_relative_to(store):
                continue
            seen.add(target)
            if entry.is_dir():
                with os.scandir(entry.path) as entries:
                    shown = [one for one in entries if not one.name.startswith(".")]
                    links += [(f"{name}/{one.name}", one) for one in shown]
            elif entry.is_file() and is_document(entry.name):
                yield name, entry


def fingerprint(status: os.stat_result, now: int) -> str:
    """Give what stays the same while the file does. ``now`` is in nanoseconds since 1970.

    A file that may still change within the tick of its last change gets a fingerprint that no
    later one equals, so that it is read once more.
    """
    told = exact_fingerprint(status)
    return f"{told}{UNSURE}{now:x}" if may_change_unseen(status.st_ctime_ns, now) else told


def may_change_unseen(changed: int, now: int) -> bool:
    """Tell whether what changed then may change once more and show the same times."""
    window = _TICK if changed % 1_000_000_000 else _COARSE
    return abs(now - changed) < window


def exact_fingerprint(status: os.stat_result) -> str:
    """Give the fingerprint of a file whose modification time is of our own making.

    Ours is exact to the nanosecond, so that no stamp by the kernel equals it.
    """
    return f"{status.st_ino:x}.{status.st_size:x}.{status.st_mtime_ns:x}.{status.st_ctime_ns:x}"


def open_in_editor(path: Path) -> Path | None:
    """Give the file which says that somebody has ``path`` open, None where there is none."""
    for pattern in _BESIDE:
        beside = path.with_name(pattern.format(name=path.name))
        if os.path.lexists(beside):
            return beside
    return None
