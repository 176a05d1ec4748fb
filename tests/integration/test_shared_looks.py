"""Several who ask for lists at once: one looks, and nobody waits for it without need."""

from threading import Event, Thread

from tests.unit.test_shared_lists import Looking
from worker.app.listing.shared_lists import Lists


def test_whoever_comes_during_a_look_is_given_what_is_known_unless_it_is_too_old() -> None:
    here = Looking()
    known = here.lists.now()
    looking, done = Event(), Event()
    plain = here.look

    def slow() -> Lists:
        looking.set()
        assert done.wait(30)
        return plain()

    here.lists._look = slow
    here.at = 3.0
    found: list[Lists] = []
    first = Thread(target=lambda: found.append(here.lists.now()))
    first.start()
    assert looking.wait(30)
    assert here.lists.now() is known
    here.at = 40.0
    late = Thread(target=lambda: found.append(here.lists.now()))
    late.start()
    late.join(0.05)
    assert late.is_alive()
    done.set()
    first.join()
    late.join()
    assert known not in found
    assert len(found) == 2
