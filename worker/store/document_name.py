"""Which names a document may have, and which files are not documents."""

import re

from worker.store.document_store import BadName

_MARKDOWN = (".md", ".markdown", ".mdown", ".mdwn", ".mkd", ".mkdn", ".mdx", ".qmd", ".rmd")
"""The endings of Markdown; people and programs rename documents from one to another."""
_TEXT = (".text", ".txt")
"""Endings that a document may have got, where its name begins with a day as ours do."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d-", re.ASCII)
_LONGEST = 255
"""Bytes in one part of a path, on the file systems in use."""


def is_document(file_name: str) -> bool:
    """Tell whether a file of that name (without folders) is a document.

    Hidden files are not, nor what editors leave: ``.x.md.swp``, ``.#x.md``, ``x.md~``,
    ``#x.md#``, ``~$x.md``, ``x.md.tmp``.
    """
    name = file_name.lower()
    if name.startswith((".", "~$")):
        return False
    return name.endswith(_MARKDOWN) or (name.endswith(_TEXT) and _DAY.match(name) is not None)


def document_name(name: str) -> str:
    """Give ``name`` once it is a path that can only lead to a document inside the store."""
    _inside(name)
    if not is_document(name.rpartition("/")[2]):
        raise BadName(f"{name!r} is no name of a document.", "Let it end in .md.")
    return name


def is_usable(name: str) -> bool:
    """Tell whether ``document_name`` accepts ``name``."""
    try:
        document_name(name)
    except BadName:
        return False
    return True


def attachment_name(name: str) -> str:
    """Give ``name`` once it is a path inside the store that is no document's."""
    _inside(name)
    if is_document(name.rpartition("/")[2]):
        raise BadName(f"{name!r} is the name of a document.", "Give the picture another ending.")
    return name


def _inside(name: str) -> None:
    remedy = "Use letters, digits, hyphens and '/' between folders."
    if not name.isprintable():
        raise BadName(f"{name!r} holds characters that cannot be shown.", remedy)
    for part in name.split("/"):
        if not part or part.startswith("."):
            raise BadName(f"{name!r} leads out of the store or to a hidden file.", remedy)
        if len(part.encode()) > _LONGEST:
            raise BadName(f"{name!r} is too long.", f"Keep each part within {_LONGEST} bytes.")
