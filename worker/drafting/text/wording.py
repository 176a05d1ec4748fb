"""How a draft words numbers, times that passed, lists and quotations."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from worker.content.clean_text import LONGEST_TITLE, clean, headline, one_line, shorten

LONGEST_QUOTE = 400
"""Characters of other people's text told in one place; the rest is behind the link."""

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_TO_THE_SECOND = 5 * _MINUTE


def duration(elapsed: timedelta) -> str:
    """Word an elapsed time: ``40 s``, ``2 min 10 s``, ``47 min``, ``1 h 47 min``, ``2 d 3 h``.

    Under five minutes it is told to the second, above to the nearest minute. A negative time,
    which clocks that disagree give, is told as none.
    """
    seconds = max(0, round(elapsed.total_seconds()))
    if seconds >= _TO_THE_SECOND:
        seconds = (seconds + _MINUTE // 2) // _MINUTE * _MINUTE
    days, rest = divmod(seconds, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"


def span(elapsed: timedelta) -> str:
    """Word how long something took all in all: in seconds under a minute, else in minutes."""
    seconds = elapsed.total_seconds()
    return duration(elapsed if seconds < _MINUTE else timedelta(minutes=round(seconds / _MINUTE)))


def sentences(each: Iterable[str]) -> str:
    """Put parts behind each other as sentences; the last has no full stop, as bullets have none."""
    whole = ""
    for part in filter(None, each):
        ended = whole.endswith(('."', '!"', '?"', '…"'))
        whole = f"{whole}{'' if ended or not whole else '.'} {part}".lstrip()
    return whole


def plural(noun: str) -> str:
    """Give the plural of a regular English noun."""
    if noun.endswith("y") and not noun.endswith(("ay", "ey", "oy", "uy")):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def count(number: int, noun: str) -> str:
    """Word a number of things: ``1 alert``, ``1,200 alerts``, ``2 entries``."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def times(number: int) -> str:
    """Word how often: ``once``, ``twice``, ``5 times``."""
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def times_until(number: int, last: str) -> str:
    """Word how often something came, and when last: ``once, at 08:40``, ``twice until 08:40``."""
    return f"once, at {last}" if number == 1 else f"{times(number)} until {last}"


def listing(names: Iterable[str], limit: int = 4) -> str:
    """Word a list: ``A``, ``A and B``, ``A, B and 3 others``; the same name is told once."""
    each = list(dict.fromkeys(name for name in names if name))
    if len(each) > limit:
        more = len(each) - limit + 1
        each = [*each[: limit - 1], f"{more:,} others"]
    return " and ".join([", ".join(each[:-1]), each[-1]]) if len(each) > 1 else "".join(each)


def tally(counts: Sequence[tuple[str, int]], limit: int = 3) -> str:
    """Word how many of each: ``critical 30, warning 7 and 2 others 5``."""
    shown = [f"{clean(name)} {number:,}" for name, number in counts[:limit]]
    rest = counts[limit:]
    if rest:
        number = sum(each for _, each in rest)
        shown.append(f"{len(rest):,} {'other' if len(rest) == 1 else 'others'} {number:,}")
    return ", ".join(shown)


def quoted(text: str, limit: int = LONGEST_QUOTE) -> str:
    """Quote other people's text on one line; what is cut off is said to be, "" stays ""."""
    whole = one_line(text)
    if not whole:
        return ""
    cut = shorten(whole, limit)
    more = f" (shortened; all {len(whole):,} characters are at the source)"
    return f'"{cut}"{more if cut != whole else ""}'


def titled(text: str, title: str) -> str:
    """Quote what says the same as a title that is told in full elsewhere by its headline."""
    said = clean(text)
    if len(said) > LONGEST_TITLE and clean(title).startswith(said[:LONGEST_TITLE]):
        return f'"{headline(text)}"'
    return quoted(text)
