"""The log is set up with the first line, once, whichever threads have lines to write at once."""

from threading import Event, Thread

from worker.log import Log, before_first_line

PAUSE = 0.2


def test_no_line_is_written_before_the_log_is_set_up() -> None:
    begun, may_end, order = Event(), Event(), []

    def set_up() -> None:
        begun.set()
        assert may_end.wait(60)
        order.append("set up")

    def write(name: str) -> None:
        assert Log("worker").debug
        order.append(name)

    before_first_line(set_up)
    threads = [Thread(target=write, args=(name,)) for name in ("first", "second")]
    threads[0].start()
    assert begun.wait(60)
    threads[1].start()
    threads[1].join(PAUSE)
    may_end.set()
    for one in threads:
        one.join(60)
    assert order[0] == "set up"
    assert sorted(order[1:]) == ["first", "second"]
