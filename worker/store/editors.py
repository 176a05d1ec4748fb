"""What editors put beside a file while somebody has it open."""

import os
from pathlib import Path

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


def open_in_editor(path: Path) -> Path | None:
    """Give the file which says that somebody has ``path`` open, None where there is none."""
    for pattern in _BESIDE:
        beside = path.with_name(pattern.format(name=path.name))
        if os.path.lexists(beside):
            return beside
    return None
