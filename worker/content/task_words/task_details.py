"""Owner and deadline as the words of a task name them: at its end, within it, or by a label."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from worker.content.inline_markdown import plain
from worker.content.name_matching import TICKET_NAMES
from worker.content.read_dates import read_date
from worker.content.task_words.owner_names import (
    BETWEEN,
    NOBODY,
    KnownPeople,
    goes_on_with_a_name,
    is_name,
    joined,
)

Span = tuple[int, int]
"""Where something stands: its first character, and the one behind its last."""

_WIKI_NAME = r"(\\?\[\\?~(?:[^\[\]\\]|\\[^\[\]])+\])"
_OWNER = re.compile(
    r"(?:^|\s)\(?(?:@(\\?\[[^\[\]]+\]|<[^<>]+>|[^\s()\[\],;]*[^\s()\[\],;.:!?])"
    rf"|{_WIKI_NAME})\)?[.,;]?$"
)
_ANY_OWNER = re.compile(
    rf"(?<![\w@.\\])@(\\?\[[^\[\]]+\]|<[^<>]+>|(?>[\w.+-]*\w(?:@[\w.-]+\w)?)(?!/))"
    rf"|{_WIKI_NAME}"
)
_NO_WORDS = re.compile(
    r"(?<![`\\])(`++)(?!`).{0,2000}?(?<!`)\1(?!`)|<!--.{0,2000}?-->|(?<![%\\\w])%%[^%]+%%(?![%\w])"
    r"|(?<![~\\])~~(?=\S)[^~]+~~(?!~)",
    re.DOTALL,
)
"""Code, what is commented out, and what is struck out: nobody is named there."""
_MAIL_AT_END = re.compile(r"(?<!\\)\[[^\[\]]*\]\(mailto:([^()\s?]++)[^()\s]*\)[.,;]?\s*$")
_WRAP = re.compile(r"^\\?[\[<]|[\]>]$")
_FIGURES = r"\d{4}[-\u2010-\u2015\u2212]\d\d[-\u2010-\u2015\u2212]\d\d"
_DAY = rf"(?:\[\[{_FIGURES}\]\]|{_FIGURES})"
_CALENDAR = r"[\U0001f4c5\U0001f4c6\U0001f5d3]\ufe0f?\s*"
_DUE = re.compile(
    r"(?:^|\s)(?:\((?:by|due|until)(?::*\s++|:)([^()]+)\)"
    rf"|(?:(?:by|due|until)(?::*\s+|:)|{_CALENDAR})({_DAY}))[.,;]?$",
    re.IGNORECASE,
)
_ANY_DUE = re.compile(
    rf"{_CALENDAR}({_DAY})|\[due::\s*({_DAY})\]"
    rf"|(?<!\\)[(\[](?:[^()\[\]]*[,;]\s*)?(?:due|due date|deadline|by):?\s*({_DAY})\s*[,;)\]]",
    re.IGNORECASE,
)
"""As plugins of editors write it, with tags and the like behind; ``(owner: Ann, due: …)``."""
_NAME = r"[^\W\d_]{3,12}\.?"
_BY_DAY = re.compile(
    r"(?:^|\s)(?:by|due|until)(?::*\s+|:)(\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}[./]\d{1,2}[./]\d{1,2}"
    rf"|{_NAME}\s+\d{{1,2}}(?:st|nd|rd|th)?,\s*\d{{4}}|\d{{1,2}}\.\s*{_NAME}\s+\d{{4}})[.,;]?$",
    re.IGNORECASE,
)
"""A day that is written otherwise; each has a mark that can be escaped where it is to be none."""
_LABELS = (
    r"(?:(?P<owner>owners?|assignees?|assigned\s+to|responsible|dri)"
    r"|(?P<due>due(?:\s+(?:date|by|on))?|deadline|target\s+date|eta)|(?P<priority>prio(?:rity)?)"
    rf"|(?P<ticket>{'|'.join(TICKET_NAMES)}))[*_]{{0,3}}[ \t]*::?[*_]{{0,3}}[ \t]*"
)
_LABELLED = re.compile(
    rf"(?:^|[;,(\[|\u2014\u2013]|<br\s*/?>|[*_]{{2}}|(?<=\s)--?(?=\s))\s*[*_]{{0,3}}{_LABELS}"
    r"(?P<value>[^\n;()\[\]|<*\u2014\u2013]+)",
    re.IGNORECASE,
)
_NEXT_LABEL = re.compile(rf"[\s,;]+[*_]{{0,3}}{_LABELS}(?P<value>.*)", re.IGNORECASE)
_LINE = re.compile(
    rf"[ \t>]*(?:(?:[-*+\u2022]|\d{{1,9}}[.)])[ \t]+)?[*_]{{0,3}}{_LABELS}(?P<value>.*)",
    re.IGNORECASE,
)
_APART = re.compile(r"(?<=\s)(?:\u2014|\u2013|--?|\||\u00b7)(?=\s)")
_DAY_APART = re.compile(rf"(?<=\S)\s++(?:\u2014|\u2013|--?)\s++({_FIGURES})[.;]?$")
_SPAN_OPENS = re.compile(
    rf"(?:{_FIGURES}|\b(?:from|between|since|of|von|vom|du|del|dal|van)\s+\S{{1,40}})[\])*_]{{0,5}}$",
    re.IGNORECASE,
)
"""Behind it a day ends a span of time: ``2026-12-01 \u2013 2026-12-10``."""
_ISO = re.compile(r"(?:(?:by|due|until):?\s*)?(\d{4}-\d\d-\d\d)[.;]?", re.IGNORECASE)
_PAIR = re.compile(r"(?<!\\)\(([^()]{8,160})\)")
_LONGEST = 2000
"""Characters that are looked through, since some texts take the square of their length."""
_LONGEST_APART = 160


@dataclass(frozen=True, slots=True)
class TaskDetails:
    """What a task says of its owner and deadline; each with its place where it ends the task.

    ``end`` is where the task ends that stands before them. Two that stand beside each other are
    one: nobody but people can tell which counts. ``apart`` is where both stand between dashes, and
    are read so only together.
    """

    end: int
    owner: str = ""
    owner_at: Span | None = None
    due: str = ""
    due_at: Span | None = None
    apart: Span | None = None


@dataclass(frozen=True, slots=True)
class LabelledValue:
    """What a line says behind its label, as it is written, and where in the line it stands."""

    name: str
    value: str
    place: Span
    is_plain_to_see: bool = False
    """Whether its label is one for sure, in a line of running text: marked, or in capitals."""

    def moved(self, by: int) -> "LabelledValue":
        """Give it with its place in a longer text, in which the line begins there."""
        return replace(self, place=(self.place[0] + by, self.place[1] + by))


def task_details(text: str, known: KnownPeople = NOBODY) -> TaskDetails:
    """Read owner and deadline from the words of a task.

    A mere name is an owner where it is ``known``, and a mere day a deadline where it comes after
    what is written about.
    """
    found = _set_apart(text) or _at_end(text, known)
    words = _NO_WORDS.sub(_blank, text[: min(found.end, _LONGEST)])
    pair = _in_brackets(words)
    owner = found.owner or _owner_within(words, known) or (pair[0] if pair else "")
    owner = owner or known.owner(words)
    due = found.due or _due_within(words) or (pair[1] if pair else "")
    return replace(found, owner=owner, due=due)


def labelled_line(line: str) -> tuple[LabelledValue, ...]:
    """Read a line that opens with a label: ``- **Owner:** Ann``, ``Owner: Ann, Due: Friday``."""
    line = line.rstrip().removesuffix("\\").rstrip()  # a line that is broken by force
    found = _LINE.fullmatch(line) if len(line) <= _LONGEST else None
    values = []
    while found is not None:
        start, value = found.start("value"), found["value"]
        behind = _NEXT_LABEL.search(line, start)
        value = (line[start : behind.start()] if behind else value).rstrip(" \t,;")
        label = found.start(name := _label(found))
        is_marked = line[label].isupper() or line[label - 1 : label] in ("*", "_")
        values.append(LabelledValue(name, value, (start, start + len(value)), is_marked))
        found = behind
    return tuple(values)


def _label(found: re.Match[str]) -> str:
    return next(one for one in ("owner", "due", "priority", "ticket") if found[one])


def _blank(found: re.Match[str]) -> str:
    """Put as many spaces, between marks that keep apart what stands around it."""
    return "~" + " " * (len(found[0]) - 2) + "~"


def _at_end(text: str, known: KnownPeople) -> TaskDetails:
    """Find what ends a text, in either order."""
    end = len(text.rstrip())
    owner_at = due_at = None
    owner = due = ""
    for _ in range(2):
        rest = text[:end].rstrip()
        if due_at is None and (day := _day_at_end(rest, known)):
            start, due = day
            if (more := _day_at_end(text[:start].rstrip(), known)) and more[1] != due:
                start, due = more[0], f"{more[1]}, {due}"
            end = joined(text, start)
            due_at = (end, len(rest))
        elif owner_at is None and (found := _owner_at_end(rest)):
            start, owner = found.start(), _name(found)
            if more_found := _owner_at_end(text[:start].rstrip(" \t&+")):
                start, owner = more_found.start(), f"{_name(more_found)}, {owner}"
            end = joined(text, start)
            owner_at = (end, len(rest))
    return TaskDetails(len(text[:end].rstrip()), owner, owner_at, due, due_at)


def _owner_at_end(text: str) -> re.Match[str] | None:
    found = _OWNER.search(text)
    if found is None or not _is_balanced(found[0]):
        return None
    is_marked = (found[1] or "").startswith(("[", "\\[", "<"))
    return found if is_marked or not goes_on_with_a_name(text[: found.start()]) else None


def _set_apart(text: str) -> TaskDetails | None:
    """Find both behind dashes or bars: ``Watch the disk — Ann Bee — 2026-12-03``."""
    whole = text.rstrip()
    marks = list(_APART.finditer(whole, max(0, len(whole) - _LONGEST_APART)))[-2:]
    if len(marks) < 2:  # noqa: PLR2004 - one before each
        return None
    places = ((marks[0].end(), marks[1].start()), (marks[1].end(), len(whole)))
    one, other = (whole[start:end].strip(" \t\n*_`") for start, end in places)
    day, owner = _ISO.fullmatch(other), one
    if day is None:
        day, owner = _ISO.fullmatch(one), other
    end = len(whole[: marks[0].start()].rstrip())
    if day is None or not end or not _are_people(owner):
        return None
    return TaskDetails(end, _person(owner), due=day[1], apart=(end, len(whole)))


def _in_brackets(text: str) -> tuple[str, str] | None:
    """Find both in one pair of brackets: ``(Ann Bee, 2026-12-03)``."""
    for found in _PAIR.finditer(text):
        parts = [one.strip(" \t\n*_`") for one in re.split(r"[,;]", found[1])]
        days = [day[1] for one in parts if (day := _ISO.fullmatch(one))]
        people = [one for one in parts if not _ISO.fullmatch(one)]
        if len(days) == 1 and people and all(map(_are_people, people)):
            return ", ".join(map(_person, people)), days[0]
    return None


def _owner_within(text: str, known: KnownPeople) -> str:
    for name, value, opens in _labelled(text):
        first, *more = (one.strip() for one in value.split(","))
        is_said = _are_people(plain(first)) if opens else not first.startswith("@")
        if name == "owner" and first and is_said:
            names = [first, *(one for one in more if " " in one and _are_people(one))]
            return ", ".join(_person(one) for one in names)
    if opening := known.opening(text):
        return opening
    if found := _ANY_OWNER.search(text):
        return _name(found)
    mail = _MAIL_AT_END.search(text)
    return mail[1] if mail else ""


def _due_within(text: str) -> str:
    days = [plain(one[one.lastindex or 0]) for one in _ANY_DUE.finditer(text)]
    for name, value, opens in _labelled(text):
        if name == "due":
            day = value if read_date(value)[0] else value.split(",")[0].strip()
            is_said = day and not (opens and read_date(day)[0] is None)
            days += [plain(day)] if is_said else []
    told = {read_date(one)[0] or one: one for one in days}
    return ", ".join(told.values())


def _labelled(text: str) -> Iterator[tuple[str, str, bool]]:
    """Give what stands behind each label, and whether the label opens the text.

    The task itself may stand behind one that does.
    """
    at = 0
    while found := _LABELLED.search(text, at):
        value = found["value"]
        behind = _NEXT_LABEL.search(value)
        opens = not text[: found.start(_label(found))].strip(" \t*_")
        yield _label(found), (value[: behind.start()] if behind else value).strip(" \t,."), opens
        at = found.start("value") + (behind.start() if behind else len(value))


def _day_at_end(text: str, known: KnownPeople) -> tuple[int, str] | None:
    """Find the deadline that ends a text: where it begins, and what it says.

    Without parentheses it must be a day for sure: "by 3/4/2026" may be two.
    """
    if known.since and (found := _DAY_APART.search(text)):
        day, _ = read_date(found[1])
        is_due = day and day > known.since and not _SPAN_OPENS.search(text[: found.start()])
        return (found.start(), found[1]) if is_due else None
    if found := _DUE.search(text):
        return found.start(), " ".join(plain(found[1] or found[2]).split())
    found = _BY_DAY.search(text)
    said = " ".join(found[1].split()) if found else ""
    return (found.start(), said) if found and read_date(said)[0] is not None else None


def _is_balanced(text: str) -> bool:
    return text.lstrip().startswith("(") == text.rstrip(".,;").endswith(")")


def _name(found: re.Match[str]) -> str:
    """Give whom words name: ``@[Ann Bee]``, or ``[~ann]`` with its brackets."""
    return plain(_WRAP.sub("", found[1]) if found[1] else found[2]).strip()


def _person(words: str) -> str:
    found = _OWNER.fullmatch(words)
    return _name(found) if found else plain(words)


def _are_people(words: str) -> bool:
    """Tell whether words read as the names of people: handles, or each part in capitals."""
    return all(_OWNER.fullmatch(one) or is_name(one) for one in BETWEEN.split(words))
