"""How deep a job goes to the tracker, and how many values carry an incident's id, stays small."""

from pathlib import Path

from bench.walk import FRAMES_AIM, VALUES_AIM, measure


def test_the_walk_of_an_incident_is_short(tmp_path: Path) -> None:
    walk = measure(tmp_path)
    assert {"create", "read"} <= walk.frames.keys()
    assert {name for name, stack in walk.frames.items() if len(stack) > FRAMES_AIM} == set()
    assert 0 < len(walk.values) <= VALUES_AIM
