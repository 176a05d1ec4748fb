"""The command line: what people type, and what it prints.

All that a start makes stays: to look for garbage in it again and again is a fifth of what a start
costs. So a process begins to look once it has made more than any start does, or once it is told
that all is :func:`loaded`.
"""

import gc

_USUAL = gc.get_threshold()
_MORE_THAN_A_START = 400_000
"""Objects: `postmortem serve` starts with 300,000."""

gc.set_threshold(_MORE_THAN_A_START, *_USUAL[1:])


def loaded() -> None:
    """Look for garbage as usual from here on, and never among what there is now."""
    gc.freeze()
    gc.set_threshold(*_USUAL)
