"""The command line: what people type, and what it prints.

All that a start makes stays: to look for garbage in it again and again is a fifth of what a start
costs, and to look once more in the end, when all of it goes, another fifth. So a process begins to
look once it has made more than any start does, or once it is told that all is :func:`loaded`, and
it ends without a look.
"""

import atexit
import gc
import os

_MORE_THAN_A_START = 400_000
"""Objects: `postmortem serve` starts with 300,000."""
_AT_WORK = 10_000
"""Objects: a storm's answers hold a million. Python's own 700 is a tenth of what reading costs."""

_, *_OLDER = gc.get_threshold()
gc.set_threshold(_MORE_THAN_A_START, *_OLDER)
atexit.register(gc.freeze)  # what is frozen is not looked through
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
"""None is used, and to see that, pydantic reads the metadata of everything that is installed."""


def loaded() -> None:
    """Look for garbage from here on, and never among what there is now."""
    gc.freeze()
    gc.set_threshold(_AT_WORK, *_OLDER)


def give_back() -> bool:
    """Give the system the memory that is held and not used; tell whether there was some.

    Only glibc keeps it, and can be asked (malloc_trim(3)).
    """
    import ctypes  # noqa: PLC0415 - no command needs it that ends by itself

    try:
        return bool(ctypes.CDLL(None).malloc_trim(0))
    except (AttributeError, OSError, TypeError):  # another C library, another system
        return False
