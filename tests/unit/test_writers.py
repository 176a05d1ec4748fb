"""Who writes in a document just now."""

from worker.web.visitors.writers import FORGOTTEN_AFTER, Writers


def test_others_are_told_who_writes_until_they_leave_or_say_nothing() -> None:
    now = [1_000.0]
    writers = Writers(lambda: now[0])
    writers.note("Q1", "a", "Mira")
    now[0] += 60
    writers.note("Q1", "b", "")
    writers.note("Q2", "c", "Bo")
    writers.note("Q1", "a", "Mira")
    assert [(one.name, one.minute) for one in writers.others("Q1", "c")] == [
        ("Mira", "00:16"),
        ("", "00:17"),
    ]
    assert [one.name for one in writers.others("Q1", "b")] == ["Mira"]
    writers.leave("Q1", "b")
    writers.leave("Q1", "nobody")
    assert [one.name for one in writers.others("Q1", "c")] == ["Mira"]
    now[0] += FORGOTTEN_AFTER
    assert writers.others("Q1", "c") == []
    writers.note("Q1", "a", "Mira")
    (found,) = writers.others("Q1", "c")
    assert found.since == now[0]


def test_only_so_many_are_remembered() -> None:
    writers = Writers(lambda: 0.0)
    for number in range(1_010):
        writers.note("Q1", str(number), str(number))
    assert len(writers.others("Q1", "")) == 1_000
