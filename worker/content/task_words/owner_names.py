"""Whom the words of a task name as its owner, where they use a name that is known."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from worker.content.inline_markdown import plain
from worker.content.month_names import month, weekday

_FRONT = re.compile(
    r"(?P<who>[^\s:][^\n]{1,79}?)(?::[*_]{0,3}\s|[*_]{0,3}:\s|\s+(?:\u2014|\u2013|--?)\s)"
)
_BRACKETS = re.compile(r"[*_]{0,3}(?:\\?\[([^\[\]\\]+)\\?\]|\(([^()]+)\))[*_]{0,3}\s+(?=\S)")
_BEHIND = re.compile(
    r"\s(?:\(([^()]{2,80})\)|\\?\[([^\[\]\\]{2,80})\\?\]"
    r"|(?:\u2014|\u2013|--?>?|=>|\u2192)\s+([^\n()\[\]\u2014\u2013]{2,80}?))[.;]?\s*$"
)
_LONGEST_END = 120
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MACHINE = re.compile(
    r"(?:git|root|(?:no|do-?not)-?reply|postmaster|mailer-daemon)@", re.IGNORECASE
)
_MAIL_LINK = re.compile(r"\[[^\[\]]*\]\(mailto:([^()\s?]+)[^()\s]*\)")
_HANDLE = re.compile(r"@([\w.-]*\w)((?:\s[A-Z][\w'\u2019.-]*){0,3})")
_WRITTEN_HANDLE = re.compile(r"@\\?\[([^\[\]\\]+)\\?\]")
BETWEEN = re.compile(r"\s*(?:[,&/+]|\band\b)\s*")
"""What stands between the names of several people."""
_MOST_NAMES = 4
_PARTICLES = frozenset(
    ("von", "van", "de", "der", "den", "del", "da", "di", "du", "la", "le", "al")
)
_NO_NAMES = frozenset(
    (
        *("high", "highest", "medium", "low", "lowest", "normal", "critical", "urgent", "blocker"),
        *("major", "minor", "trivial", "open", "done", "todo", "due", "deadline", "date"),
        *("created", "updated", "since", "until", "by", "on"),
    )
)


_OF_THE_YEAR = frozenset(
    ("january", "march", "april", "may", "june", "july", "august", "summer", "autumn", "winter")
)
_WORDS_TOO = frozenset(
    (
        *("art", "basil", "bill", "bob", "chance", "chase", "chip", "clay", "cliff", "crystal"),
        *(
            "dash",
            "dawn",
            "dean",
            "dot",
            "drew",
            "eve",
            "faith",
            "frank",
            "gene",
            "ginger",
            "grace",
        ),
        *("grant", "guy", "harmony", "heath", "hope", "hunter", "iris", "ivy", "jack", "jade"),
        *("jasmine", "joy", "julia", "lance", "lane", "major", "mark", "mason", "max", "merit"),
        *("miles", "min", "nick", "page", "parker", "pat", "pearl", "penny", "pierce", "piper"),
        *(
            "porter",
            "quest",
            "ray",
            "reed",
            "rich",
            "rob",
            "robin",
            "rose",
            "ruby",
            "sage",
            "sandy",
        ),
        *("scala", "sky", "skip", "star", "storm", "sue", "sum", "trace", "trip", "victor", "wade"),
        *("will", "woody"),
        *("ada", "apollo", "artemis", "athena", "atlas", "aurora", "cassandra", "delta", "hermes"),
        *("loki", "luna", "nova", "pascal", "phoenix", "swift", "travis"),  # as programs are called
    )
)
"""First names that before a colon may be words of the task: ``Grace: period for retries``."""
_OF_A_SENTENCE = re.compile(
    r"\b(?:with|to|from|for|of|by|via|and|or|than|like|about|without|after|before|see"
    r"|cc|ask|tell|ping)\s*$",
    re.IGNORECASE,
)
"""Behind such a word a name is one of the task's own: ``ask @ann``, ``cc @bo``."""
_LOOSE_END = re.compile(
    r"(?:\s|[,;](?<!\\[,;])(?<!&[mn]dash;)(?<!&rarr;)(?<!&#\d\d;)|(?<=\s)(?:\u2014|\u2013|--?|->|=>|[|\u00b7\u2192])"
    r"|(?:[,;|]|\s(?:\u2014|\u2013|--?))\s*+[*_]{0,3}"
    r"(?:owners?|assignees?|assigned\s+to|responsible|dri|due|deadline):[*_]{0,3})$",
    re.IGNORECASE,
)
"""What joined the owner or the deadline behind it to a task."""
_LONGEST_JOINT = 40


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """Whom a document names for sure, and the day ``since`` which it is written, if that is known.

    ``names`` are folded, with the first name of each that has more than one.
    """

    names: frozenset[str] = frozenset()
    since: date | None = None

    @classmethod
    def of(
        cls, names: Iterable[str], since: date | None, others: Iterable[str] = ()
    ) -> "KnownPeople":
        """Know people by their full names, and by first ones that mean one of them and no other.

        ``others`` are called so too: services, and teams with each of their words.
        """
        taken = {" ".join(one.split()).casefold() for one in others}
        whole = {" ".join(one.split()).casefold() for one in names} - taken - {""}
        words = {word for one in taken for word in one.split()} | _OF_THE_YEAR
        first = Counter(one.split()[0] for one in whole if " " in one)
        alone = {one for one, times in first.items() if times == 1 and one not in words}
        return cls(frozenset(whole | alone), since)

    def owner(self, text: str) -> str:
        """Give whom a task names before or behind its words: ``Ann: watch the disk``, "" for none.

        Several are separated by commas.
        """
        return self.opening(text) or self._behind(text)

    def opening(self, text: str) -> str:
        """Give whom a task opens with: a mention, an address, or a name that is known."""
        found = _FRONT.match(text)
        if found and (named := self._certain(found["who"]) or self._known(found["who"])):
            return "" if named.casefold() in _WORDS_TOO and "@" not in found["who"] else named
        found = _BRACKETS.match(text)
        return self._known(found[1] or found[2]) if found else ""

    def _behind(self, text: str) -> str:
        found = _BEHIND.search(text, max(0, len(text) - _LONGEST_END)) if self.names else None
        return self._known(found[1] or found[2] or found[3]) if found else ""

    def _known(self, words: str) -> str:
        if not self.names:
            return ""
        if words.endswith("\\"):  # what stands behind is escaped: it is no mark of an owner's
            return ""
        people = [one.strip() for one in BETWEEN.split(plain(words.strip(" *_[]()")))]
        known = all(" ".join(one.split()).casefold() in self.names for one in people)
        is_word = len(people) == 1 and people[0] in _WORDS_TOO  # in small letters
        return ", ".join(people) if known and not is_word else ""

    def _certain(self, words: str) -> str:
        """Give the handles or addresses that words are, where they are nothing else."""
        people = (_handle(one) for one in BETWEEN.split(words.strip("*_ ")))
        found = [*people]
        return ", ".join(found) if all(found) else ""


NOBODY = KnownPeople()


def is_name(words: str) -> bool:
    """Tell whether words read as the name of somebody: each part in capitals, but for particles."""
    names = words.split()
    if not 0 < len(names) <= _MOST_NAMES or (len(names) == 1 and _is_of_a_calendar(words)):
        return False
    return all(name in _PARTICLES or _is_capital(name) for name in names)


def _is_of_a_calendar(word: str) -> bool:
    return month(word.casefold()) is not None or weekday(word) is not None


def _is_capital(name: str) -> bool:
    letters = re.sub(r"['\u2019.-]", "", name)
    return (
        len(letters) > 1
        and letters.isalpha()
        and not name[0].islower()
        and name.casefold() not in _NO_NAMES
    )


def _handle(words: str) -> str:
    if link := _MAIL_LINK.fullmatch(words):
        return link[1]
    said = plain(words).strip()
    if _MAIL.fullmatch(said):
        return "" if _MACHINE.match(said) else said
    if wrapped := _WRITTEN_HANDLE.fullmatch(words):
        return plain(wrapped[1])
    found = _HANDLE.fullmatch(said)
    return found[1] + found[2] if found else ""


def goes_on_with_a_name(words: str) -> bool:
    """Tell whether a name behind these words is no owner's, but one of the task's own."""
    return _OF_A_SENTENCE.search(words, max(0, len(words) - _LONGEST_JOINT)) is not None


def joined(text: str, end: int) -> int:
    """Give where a task ends before what joins its owner or deadline to it."""
    while end and (found := _LOOSE_END.search(text, max(0, end - _LONGEST_JOINT), end)):
        end = found.start()
    return end
