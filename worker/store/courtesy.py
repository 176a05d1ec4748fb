"""Leaving gaps between one's own pushes, in which other machines get through.

Whoever has just pushed knows where the branch is, and is ready for the next push before another
machine has even fetched the last. With nothing but work to do it would win every race, and the
others would wait until it has finished.
"""

from worker.store.patience import Patience

_GAP = 3.0
"""Another machine asks, fetches and pushes: so many times as long as a push takes."""
_ALONE = 0.1
_AMONG_OTHERS = 0.5
"""Of how many pushes in a row, as a share, a gap is left before the next."""
_REMEMBERED = 60.0
"""Seconds after a lost race for which others are thought to be at work."""


class Courtesy:
    """What one machine remembers of its own pushes to a branch."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._took = 0.0
        self._pushed_at = self._lost_at = float("-inf")

    def give_way(self) -> None:
        """Pause now and then before a push that follows another of one's own at once."""
        now = self._patience.clock()
        gap = self._pushed_at + _GAP * self._took - now
        share = _AMONG_OTHERS if now - self._lost_at < _REMEMBERED else _ALONE
        if gap > 0 and self._patience.chance() < share:
            self._patience.sleep(gap)

    def pushed(self, seconds: float) -> None:
        """Note a push that got through, and how long it took."""
        self._took = seconds
        self._pushed_at = self._patience.clock()

    def lost(self) -> None:
        """Note a race that another machine has won."""
        self._lost_at = self._patience.clock()
