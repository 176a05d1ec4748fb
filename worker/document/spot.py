"""Merging one text: base, people's and fresh, by the rules of the design."""

from collections.abc import Sequence

from worker.document.changes import FILLED, REFRESHED
from worker.document.listing import Result, Step
from worker.document.parts import Spot
from worker.document.written import Unit


def merge_spot(
    spot: Spot | None, base: Unit | None, fresh: Unit | None, prompts: Sequence[Unit]
) -> Result:
    """Merge one text. ``spot`` is None where people removed it, ``base`` where it is not known.

    Without a base only an untouched prompt is the program's, and what it would write itself.
    """
    if fresh is None:
        return Result(units=(base,) if base else ())
    if spot is None:
        return Result(units=(base or fresh,))
    ours = (base,) if base else (fresh, *prompts)
    if any(one.opens(spot.text) for one in ours):
        if fresh.opens(spot.text):
            return Result(units=(fresh,))
        reason = REFRESHED if base and not base.prompt else FILLED
        step = Step(fresh.key, spot.text, fresh.cells[0], reason)
        return Result((spot.put(fresh.cells[0]),), (fresh,), (step,))
    kept = base or fresh
    if fresh.prompt or fresh.opens(spot.text):
        return Result(units=(kept,))
    new = not kept.opens(fresh.cells[0])
    step = Step(fresh.key, spot.text, fresh.cells[0], new=new)
    return Result(units=(kept,), suggestions=(step,))
