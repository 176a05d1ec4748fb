"""What an alert says besides its summary, in its monitor's own words.

No monitor says where its words stand, so they are known by what they are: sentences, wherever a
field holds them; without a figure in those, the fields that hold one; without any sentence, the
fields themselves. What names and numbers only programs read is left out, and so is what the
summary says already.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from connectors.json_fields import JsonValue, json_in
from connectors.pagerduty.common_payloads import NESTS, OFTEN, Pairs, flat, plain
from connectors.pagerduty.senders.words_as_sent import mail_words, plain_words
from connectors.pagerduty.written_text import is_html

_MOST_SENTENCES, _MOST_FIELDS, _MOST_ANNOTATED, _MOST_PAIRS = 3, 8, 3, 300
_MARKUP = 2
_LONGEST_VALUE = 120
_FEW_WORDS, _SOME_WORDS = 3, 5
_SAID_BEFORE = 0.8
"""Of whose words so many were told says the same: in HTML once more, or shortened."""

_WORD = re.compile(r"[^\W\d_\u0e00-\u0eff\u3040-\u9fff]{2,}|[\u0e00-\u0eff]{4}|[\u3040-\u9fff]{2}")
"""Some scripts have no spaces: so many of their letters count as a word."""
_ANY_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_FIGURE = re.compile(r"(?<![\w:-])\d+(?:[.,]\d+)*(?:%|[a-z]{0,3})(?![\w:])", re.IGNORECASE)
"""No time of day, and no part of a name."""
_MEASURED = re.compile(r"value|observed|actual|current|count$")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_SAYS = re.compile(
    r"descri|reason|message|msg$|body|text$|summary|details?$|notes?$|output|cause|error|logs?$"
    r"|exception|status$|condition$|response$|tip$|operational|trace|stack|html|beschreibung|nachricht|meldung"
)
"""What a field is called that holds a sentence, or a short one."""
_TELLS_MOST = re.compile(r"descri|beschreibung|nachricht|body|message|text$|details?$|summary")
"""What tells more than why a rule matched."""
_OTHER_WORDS = re.compile(
    r"quer(?:y|ies)$|query text|sql|^search|expr|json$|header|subject$|title$|user ?agent|polic"
    r"|rule$|schema|language|workflow|documentation|original"
)
"""What a field is called that holds words of something else than what happened."""
_FOR_PROGRAMS = re.compile(
    r"\b(?:u?u?ids?|arn|token|key|sid|sha|hash|etag|version|time|date|datetime|timestamp|ur[li]s?"
    r"|links?|href|tags?|e ?mail|account|subscription|owner|org|organization|signature|fingerprint"
    r"|nonce|severity|priority|urgency|client|platform|size|type|contact|ack|ip|pd|num|port|zone"
    r"|updated|actions|perfdata|contactpager|dashboard|payload)\b"
    r"|\bat$|^(?:event value|total incidents)$"
)
_NOTHING = re.compile(
    r"(?:no|without) (?:a )?(?:description|details?|message|summary|value)s?(?: \w+)?\W*"
    r"|n/?a|none|null|nil|unknown|true|false|test|-+|\[\]|\{\}",
    re.IGNORECASE,
)
_FOR_MACHINES = re.compile(
    r"https?://|arn:|/subscriptions/|[0-9a-f]{8}-?[0-9a-f]{4}-?|\d{4}-\d\d-\d\dT|\d{9,}$"
    r"|[\w.-]+@[\w-]+\.",
    re.IGNORECASE,
)

_ANNOTATED = re.compile(r"^[ \t]*Annotations:[ \t]*$", re.MULTILINE)
_BLOCK_ENDS = re.compile(
    r"^[ \t]*(?:Source|Silence|Dashboard|Panel|Labels|Value):", re.MULTILINE | re.IGNORECASE
)
_ANNOTATION = re.compile(r"^[ \t]*- ([\w.-]+) = ", re.MULTILINE)
_OWN_ANNOTATIONS = ("description", "message", "summary")

_NO_WORDS: frozenset[str] = frozenset()
_LONGEST_KEPT = 300
"""Characters of a text whose words are kept."""


@dataclass(frozen=True, slots=True)
class _Field:
    """What a field's name tells of what it holds; ``called`` is its last part in words.

    The lower the ``rank``, the more its sentences tell; what is in HTML is told elsewhere as well.
    """

    called: str
    says: bool
    rank: int
    is_other: bool
    for_programs: bool
    is_measured: bool


def own_words(details: object, pairs: Pairs, summary: str) -> str:
    """Give what the details of an alert say that its summary does not, "" for nothing.

    ``pairs`` are the details, flattened.
    """
    if (mail := _mail(details)) is not None:
        return _new(mail_words(mail, summary), [summary])
    if not NESTS.isdisjoint(
        map(type, details.values() if isinstance(details, dict) else [details])
    ):
        pairs = flat(_by_name(details))
    pairs = _with_inner(pairs)[:_MOST_PAIRS]
    told: list[str] = []
    for text, rank in sorted(_sentences(pairs), key=lambda one: one[1]):
        is_wanted = not told if rank == _MARKUP else len(told) < _MOST_SENTENCES
        if is_wanted and (new := _new(text, [summary, *told])):
            told = [*(one for one in told if _new(one, [new])), new]
    fields = "; ".join(_fields(pairs, summary, told))
    return "\n".join(filter(None, (*told, f"- {fields}" if told and fields else fields)))


def with_place(words: str, summary: str, common: JsonValue) -> str:
    """Add where it happened, as PagerDuty's own fields have it, to what an alert says.

    Many a monitor names the host nowhere else; others repeat their own name there.
    """
    client = (common.optional_text("client") or "").casefold()
    found = []
    for name, called in (("source_origin", "source"), ("source_component", "component")):
        if (told := common.members().get(name)) is None:
            continue
        place = " ".join(plain(told).split())
        known = place.casefold() in ("", client) or _names(summary, place)
        if not known and not _FOR_MACHINES.match(place) and _new(place, [summary, words]):
            found.append(f"{called}: {place}")
    place = "; ".join(found)
    return f"{words}\n- {place}" if words and place else words or place


def _names(text: str, place: str) -> bool:
    """Tell whether a text names a place itself, and no ``db-30`` for ``db-3``."""
    before, *others = text.casefold().split(place.casefold())
    for behind in others:  # each storm has places of its own: none is worth a pattern
        if not any(one.isascii() and one.isalnum() for one in (before[-1:], behind[:1])):
            return True
        before = behind
    return False


def _mail(details: object) -> str | None:
    """Give the body of a mail, with how it was sent or alone in HTML; None for anything else."""
    if isinstance(details, str):
        return details if is_html(details) else None
    body = details.get("body") if isinstance(details, dict) else None
    if not isinstance(details, dict) or not isinstance(body, str):
        return None
    return body if details.keys() & {"subject", "from", "to"} else None


def _with_inner(pairs: Pairs) -> list[tuple[str, str]]:
    """Give names and texts, those of JSON in a text too."""
    found: list[tuple[str, str]] = []
    for name, text in pairs:
        inner = json_in(text) if text[:1] in ("{", "[") else None
        if inner is not None:
            found += _with_inner(flat(_by_name(inner), name))
        else:
            found += _labels(text) or ((name, text),)
    return found


def _by_name(value: object, depth: int = 12) -> object:
    """Give lists of ``{"key": …, "value": …}`` as the objects that they stand for."""
    if not depth:
        return value
    if isinstance(value, dict):
        return {name: _by_name(one, depth - 1) for name, one in value.items()}
    if not isinstance(value, list):
        return value
    named = {
        str(one.get("key") or one.get("name")): one["value"]
        for one in value
        if isinstance(one, dict) and "value" in one and (one.get("key") or one.get("name"))
    }
    return named if value and len(named) == len(value) else [_by_name(o, depth - 1) for o in value]


def _sentences(pairs: Pairs) -> Iterator[tuple[str, int]]:
    """Give each text that is made of words, and its rank."""
    for name, text in pairs:
        field = _field(name)
        if "Annotations:" in text and (annotated := _annotated(text)):
            yield annotated, 0
            continue
        fewest = _FEW_WORDS if field.says else _SOME_WORDS
        if field.is_other or (field.for_programs and not field.says):
            continue
        is_short = "<" not in text and _count(text, is_short=True) < fewest
        if is_short or _NOTHING.fullmatch(text):
            continue
        words = plain_words(text)
        if _count(words, is_short=field.says) >= fewest:
            yield words, field.rank


def _count(text: str, *, is_short: bool) -> int:
    """Count words; where a text may be short, a number or a name of programs' is one as well."""
    spaced = len(text.split())
    if is_short and text.isascii():
        return spaced
    words = len(_WORD.findall(text))
    has_no_spaces = not text.isascii() and words > spaced
    return words if has_no_spaces else spaced if is_short else min(spaced, words)


def _annotated(text: str) -> str:
    """Give what the annotations say of the first alerts that Alertmanager lists."""
    found: dict[str, None] = {}
    for block in _ANNOTATED.split(text)[1:]:
        parts = _ANNOTATION.split(_BLOCK_ENDS.split(block, maxsplit=1)[0])[1:]
        known = dict(zip(parts[::2], parts[1::2], strict=True))
        said = next((known[one] for one in _OWN_ANNOTATIONS if known.get(one, "").strip()), "")
        if words := plain_words(said):
            found[words] = None
    more = len(found) - _MOST_ANNOTATED
    rest = [f"And {more:,} more, in the alert"] if more > 0 else []
    return "\n".join([*list(found)[:_MOST_ANNOTATED], *rest])


def _labels(text: str) -> tuple[tuple[str, str], ...]:
    """Give the labels of the first alert that Alertmanager lists, where none is annotated."""
    if (
        not text.startswith(("Labels:", "Value:"))
        or not _ANNOTATED.search(text)
        or _annotated(text)
    ):
        return ()
    parts = _ANNOTATION.split(_ANNOTATED.split(text, maxsplit=1)[0])[1:]
    return tuple(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))


def _words_of(text: str) -> frozenset[str]:
    """Give the words of a text; of one that may come again, as a title does, they are kept."""
    return _read_words(text) if len(text) <= _LONGEST_KEPT else _read_words.__wrapped__(text)


@lru_cache(OFTEN)
def _read_words(text: str) -> frozenset[str]:
    return frozenset(_ANY_WORD.findall(text.lower()))


def _new(text: str, told: Sequence[str]) -> str:
    """Give a text, "" where what is told says most of it; a further figure is always new."""
    words = _words_of(text)
    known = _NO_WORDS.union(*map(_words_of, told))
    further = any(_FIGURE.fullmatch(word) for word in words - known)
    return text if further or len(words & known) < _SAID_BEFORE * len(words) else ""


def _fields(pairs: Pairs, summary: str, sentences: Sequence[str]) -> list[str]:
    """Give short fields as ``name: value``: all, or beside sentences those that hold a figure.

    Beside a figure, those alone that say what was measured.
    """
    found: dict[str, None] = {}
    has_figure = any(map(_FIGURE.search, sentences))
    for name, text in pairs:
        field = _field(name)
        if field.for_programs or field.is_other or (has_figure and not field.is_measured):
            continue
        if len(text) > _LONGEST_VALUE or "://" in text or _FOR_MACHINES.match(text):
            continue
        wanted = (not sentences or _FIGURE.search(text)) and not _NOTHING.fullmatch(text)
        if wanted and _new(text, [summary, *sentences]):
            told = " ".join(text.split())
            found[f"{field.called}: {told}" if field.called else told] = None
    return list(found)[:_MOST_FIELDS]


@lru_cache(OFTEN)
def _field(name: str) -> _Field:
    """Tell what a name such as ``Trigger.1.NewStateReason`` means: the last part, no number."""
    parts = [part for part in name.split(".") if part and not part.isdigit()]
    if len(parts) > 1 and parts[-1].lower() in ("number", "amount"):
        parts.pop()
    last = re.sub(r"[_-]", " ", _HUMP.sub(" ", parts[-1])) if parts else ""
    called = " ".join(last.lower().split())
    says = not called or bool(_SAYS.search(called))
    return _Field(
        called=called,
        says=says,
        rank=_MARKUP if "html" in called else 1 - (says and bool(_TELLS_MOST.search(called))),
        is_other=bool(_OTHER_WORDS.search(called)) or "documentation" in name.lower(),
        for_programs=bool(_FOR_PROGRAMS.search(called)),
        is_measured=bool(_MEASURED.search(called)),
    )
