"""Every spelling of a date, as the cell of a deadline takes it and as a note of a known day does."""

from datetime import date

import pytest

from worker.content.read_dates import read_date

WEDNESDAY = date(2026, 4, 1)
DAY = date(2026, 12, 3)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-03",
        "2026-12-3",
        "2026/12/03",
        "2026.12.03",
        "2026-12-03T10:00Z",
        "2026-12-03 10:00",
        "3.12.2026",
        "03.12.2026",
        "3 Dec 2026",
        "3 December 2026",
        "3 DEC 2026 10:00",
        "Dec. 3 2026",
        "Dec 3, 2026",
        "December 3rd, 2026",
        "3rd of Dec 2026",
        "the 3rd of December, 2026",
        "3-Dec-2026",
        "3/Dec/2026",
        "2026 Dec 3",
        "Thu, 3 Dec 2026",
        "Thursday 3 December 2026",
        "by 3 Dec 2026",
        "due: 2026-12-03",
        "until 3.12.2026.",
        "\u200b3\u00a0Dec  2026",
        "2026\u201112\u201103",
        "2026\u201312\u201303",
        "2026\u201412\u201403",
        "2026\u221212\u221203",
        "2026 - 12 - 03",
        "\uff12\uff10\uff12\uff16\uff0d\uff11\uff12\uff0d\uff10\uff13",
        "2026\\-12\\-03",
        "@December 3, 2026",
        "@2026-12-03",
        "[[2026-12-03]]",
        "[[2026-12-03|Thursday]]",
        "[[Dec 3rd, 2026]]",
        "[2026-12-03]",
        "(2026-12-03)",
        "<2026-12-03 Thu>",
        "\U0001f4c5 2026-12-03",
        "\U0001f5d3\ufe0f 2026-12-03",
        "2026-12-03 (Thu)",
        "Thu 2026-12-03",
        "20261203",
        "2026-W49-4",
        "2026\u5e7412\u67083\u65e5",
        "2026-12-03 17:00 CET",
        "2026-12-03T10:00:00.000+01:00",
        "3 Dec 2026 at 5 pm",
        "EOD 2026-12-03",
        "03DEC2026",
        "3\u2011Dec\u20112026",
        "due:2026-12-03",
        "3. Dezember 2026",
        "3. Dez. 2026",
        "Donnerstag, 3. Dezember 2026",
        "3 d\u00e9cembre 2026",
        "jeudi 3 decembre 2026",
        "3 de diciembre de 2026",
        "3 dicembre 2026",
        "3 grudnia 2026",
        "3. prosince 2026",
        "3 \u0434\u0435\u043a\u0430\u0431\u0440\u044f 2026",
        "3 Aral\u0131k 2026",
        "2026. december 3.",
        "03/Dec/26",
        "2026-337",
        "2026_12_03",
        "2026 12 03",
        "20261203T170000Z",
    ],
)
def test_a_day_is_a_day_in_a_cell_and_in_a_note(text: str) -> None:
    assert read_date(text) == (DAY, "")
    assert read_date(text, WEDNESDAY) == (DAY, "")


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-03 (tentative)",
        "3 Dec 2026, Dana to confirm",
        "no later than 3 Dec 2026",
        "by end of day 2026-12-03",
        "17:00 2026-12-03",
        "Thu Dec 03 17:00:00 UTC 2026",
        "[[journals/2026-12-03]]",
        "Do 3.12.2026",
    ],
)
def test_the_one_date_among_other_words_of_a_cell_is_the_deadline(text: str) -> None:
    assert read_date(text) == (DAY, "")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("3 Dec 2026 (was 20 Nov 2026)", "it can mean two different days"),
        ("before 2026-12-03", "it is no date"),
        ("not before 3 Dec 2026", "it is no date"),
        ("week of 3 Dec 2026", "it is no date"),
        ("20 2026-12-03", "it is no date"),
        ("3/12/26", "its year has only two figures"),
        ("03/12", "it names no year"),
        ("2026-12", "it names no day"),
        ("2026-W49", "it names no day"),
        ("Q4 2026", "it names no day"),
        ("2026-400", "there is no such day"),
    ],
)
def test_other_words_and_missing_figures_make_no_day(text: str, wrong: str) -> None:
    assert read_date(text) == (None, wrong)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("14/12/2026", date(2026, 12, 14)),
        ("12/14/2026", date(2026, 12, 14)),
        ("31-12-2026", date(2026, 12, 31)),
        ("5/5/2026", date(2026, 5, 5)),
        ("3.4.2026", date(2026, 4, 3)),
        ("29 Feb 2028", date(2028, 2, 29)),
        ("3 Sept 2026", date(2026, 9, 3)),
    ],
)
def test_numbers_that_can_be_one_day_alone_are_that_day(text: str, day: date) -> None:
    assert read_date(text) == read_date(text, WEDNESDAY) == (day, "")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("03/04/2026", "it can mean two different days"),
        ("3-4-2026", "it can mean two different days"),
        ("3 4 May 2026", "it can mean two different days"),
        ("3 May June 2026", "it can mean two different days"),
        ("3 May 2026 2027", "it can mean two different days"),
        ("Mon 3 Dec 2026", "its weekday is another day's"),
        ("3 Dec 26", "it names no year"),
        ("May 2026", "it names no day"),
        ("May 2026 10:00", "it names no day"),
        ("2026-02-30", "there is no such day"),
        ("30/02/2026", "there is no such day"),
        ("31.04.2026", "there is no such day"),
        ("29 Feb 2026", "there is no such day"),
        ("32 May 2026", "there is no such day"),
        ("0 May 2026", "there is no such day"),
        ("next Friday", "it is no date"),
        ("Fri", "it is no date"),
        ("soon", "it is no date"),
        ("2026-12-03 or 2026-12-04", "it can mean two different days"),
        ("2026-12-03 / 2026-12-04", "it can mean two different days"),
        ("Dec 3, 2026 \u2192 Dec 5, 2026", "it can mean two different days"),
        ("2026-12-03 (Fri)", "its weekday is another day's"),
        ("[[2026-02-30]]", "there is no such day"),
        ("2026-W54-1", "there is no such day"),
        ("2026-12/03", "it is no date"),
        ("", "it is no date"),
    ],
)
def test_what_is_no_single_day_is_refused_with_its_reason(text: str, wrong: str) -> None:
    assert read_date(text) == (None, wrong)
    assert read_date(text, WEDNESDAY) == (None, wrong)


@pytest.mark.parametrize(
    ("text", "in_a_note", "in_a_cell"),
    [
        ("today", WEDNESDAY, "it is no date"),
        ("tomorrow", date(2026, 4, 2), "it is no date"),
        ("Friday", date(2026, 4, 3), "it is no date"),
        ("by Tuesday.", date(2026, 4, 7), "it is no date"),
        ("Wednesday", None, "it is no date"),
        ("3 Dec", DAY, "it names no year"),
        ("the 3rd of Dec", DAY, "it names no year"),
        ("Thu 3 Dec", DAY, "it names no year"),
        ("Fri 3 Dec", None, "it names no year"),
        ("1 April", WEDNESDAY, "it names no year"),
        ("31 March", date(2027, 3, 31), "it names no year"),
        ("29 February", None, "it names no year"),
    ],
)
def test_only_a_note_has_a_day_to_count_from(
    text: str, in_a_note: date | None, in_a_cell: str
) -> None:
    assert read_date(text, WEDNESDAY)[0] == in_a_note
    assert read_date(text) == (None, in_a_cell)
