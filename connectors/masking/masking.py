"""Hides secrets in other people's text, before it is parsed, kept, shown or logged.

It stands at the edge, where a service's answer is read, so that whatever is made of the text (a
title, a file's name, a ticket, a row of the database) never held them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from connectors.masking.escapes import decoded
from connectors.masking.named_secrets import is_secret_name, is_secret_value, named
from connectors.masking.own_credentials import NO_CREDENTIALS, OwnCredentials
from connectors.masking.request_secrets import in_requests
from connectors.masking.token_forms import FORMS, Secret, TokenForm, forms_hinted_at, tokens

IN_ADDRESS = "\u2039hidden\u203a"
"""What stands for a secret in an address, where a space would end it; nothing in Markdown."""
_COVERED = re.compile(r"\u2039hidden(?:: [^\u2039\u203a]{1,40})?\u203a")
_SHORTEST = 6
"""No text that is shorter holds a secret and what tells that it is one."""
_HARMLESS = re.compile(
    r"[A-Z0-9]{1,14}+|[a-z_]++|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]++(?:Z|[+-][0-9:]{4,6})"
    r"|https://(?!hook)[a-z0-9.-]++(?:/[a-z_]{1,30}+/[A-Z0-9]{1,14}+){1,2}"
)
"""Ids, types, times, and the addresses of things: most of what a service answers."""
_PIECE, _OVERLAP = 2_000, 500
"""A team's pattern may take time that grows with the square of a text's length."""
_NAMES = ("name", "display_name", "field", "field_name", "label", "key", "title")
_NAMED = frozenset(_NAMES)
_VALUES = ("value", "values", "old", "new", "old_value", "new_value", "from", "to", "default_value")
T = TypeVar("T")


def substitute(kind: str) -> str:
    """Give what stands in the place of a secret."""
    return f"\u2039hidden: {kind}\u203a"


@dataclass(slots=True)
class Hidden:
    """What was hidden, each secret once however often it stands there; none of them is kept.

    What was noted first makes no difference: an incident's parts are read side by side.
    """

    _seen: dict[int, set[str]] = field(default_factory=dict, repr=False)

    def note(self, secret: str, kind: str) -> None:
        """Count a secret, unless it was counted before."""
        self._seen.setdefault(hash(secret), set()).add(kind)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the secrets are called, one word for each, sorted; of several, the first of them."""
        return tuple(sorted(map(min, self._seen.values())))


@dataclass(frozen=True, slots=True)
class Masking:
    """What hides secrets: the built-in rules, and ``patterns`` of the team's own.

    Of a pattern with a group that group alone is the secret. Hiding twice is hiding once. The
    process's ``own`` credentials are hidden also where it is not ``enabled``.
    """

    patterns: tuple[re.Pattern[str], ...] = ()
    enabled: bool = True
    own: OwnCredentials = NO_CREDENTIALS

    def text(self, text: str, hidden: Hidden | None = None) -> str:
        """Give a text with a substitute in the place of each secret."""
        text = self.own.hide(text)
        return text if self._is_harmless(text) else self._without_secrets(text, hidden, FORMS)

    def json(self, value: object, hidden: Hidden | None = None) -> object:
        """Give JSON with the secrets hidden in each of its texts, names of fields included.

        ``value`` is of the types that ``json.loads`` makes. Where it holds none, as nearly all
        answers do, it is given back as it is.
        """
        if not (self.enabled or self.own):
            return value
        texts, is_named = _texts(value)
        masked = self.own.hide_in_each(texts)
        rest = {text: told for text, told in masked.items() if not self._is_harmless(told)}
        forms = forms_hinted_at("\n".join(rest.values()))  # of a whole answer few
        masked |= {text: self._without_secrets(told, hidden, forms) for text, told in rest.items()}
        if all(text is told for text, told in masked.items()) and not (is_named and self.enabled):
            return value
        return self._json(value, hidden, masked)

    def record(self, value: T, hidden: Hidden | None = None) -> T:
        """Give a record with the secrets hidden in each of its texts, however deep they are."""
        return cast("T", self._record(value, hidden)) if self.enabled or self.own else value

    def _is_harmless(self, text: str) -> bool:
        """Tell of a text at once that nothing in it is to be hidden, as of most."""
        if not self.enabled or len(text) < _SHORTEST:
            return True
        return not self.patterns and _HARMLESS.fullmatch(text) is not None

    def _without_secrets(self, text: str, hidden: Hidden | None, forms: Sequence[TokenForm]) -> str:
        """Hide the secrets in a text that, but for what is escaped, holds tokens of few forms."""
        plain = decoded(text)
        found = [
            replace(one, start=place[0], end=place[1])
            for one in self._secrets(plain.text, FORMS if plain.starts else forms)
            for place in [plain.place(one.start, one.end)]
        ]
        if plain.starts:  # an address is also read as it stands: %40 and %2F in it end nothing
            found += [*tokens(text), *in_requests(text, addresses_only=True)]
        return _covered(text, found, hidden) if found else text

    def _secrets(self, text: str, forms: Sequence[TokenForm]) -> Iterator[Secret]:
        yield from tokens(text, forms)
        yield from in_requests(text)
        yield from named(text)
        for pattern in self.patterns:
            yield from _of_pattern(pattern, text)

    def _json(self, value: object, hidden: Hidden | None, shown: Mapping[str, str]) -> object:
        """Put what is ``shown`` for each text in its place, and hide what a field's name tells."""
        if isinstance(value, str):
            return shown[value]
        if isinstance(value, list):
            return [self._json(one, hidden, shown) for one in value]
        if not isinstance(value, dict):
            return value
        is_named = self.enabled and _is_named_secret(value)
        masked = {}
        for key, inner in value.items():
            told = self._json(inner, hidden, shown)
            if (is_named and key in _VALUES) or (self.enabled and is_secret_name(key)):
                told = _whole(key, inner, told, hidden)
            masked[shown[key]] = told
        return masked

    def _record(self, value: object, hidden: Hidden | None) -> object:
        if type(value) is str:
            return self.text(value, hidden)
        if isinstance(value, tuple):
            return tuple(self._record(one, hidden) for one in value)
        if isinstance(value, dict):
            return {key: self._record(one, hidden) for key, one in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            told = {one.name: getattr(value, one.name) for one in fields(value) if one.init}
            masked = {name: self._record(one, hidden) for name, one in told.items()}
            return value if masked == told else replace(value, **masked)
        return value


def _texts(value: object) -> tuple[set[str], bool]:
    """Give the different texts in JSON, and whether anything in it has the name of a secret."""
    texts: set[str] = set()
    keys: set[str] = set()
    is_named = False
    waiting: list[Iterable[Any]] = [[value]]
    while waiting:  # half a million values a storm: no call for each
        for one in waiting.pop():
            kind = type(one)
            if kind is str:
                texts.add(one)
            elif kind is dict:
                keys.update(one)
                waiting.append(one.values())
                is_named = is_named or _is_named_secret(one)
            elif kind is list:
                waiting.append(one)
    return texts | keys, is_named or any(map(is_secret_name, keys))


def _is_named_secret(value: dict[str, object]) -> bool:
    """Tell whether an object holds a value beside a name that says that it is a secret."""
    if _NAMED.isdisjoint(value):  # a storm has 50,000 objects, and hardly one has such a name
        return False
    for key in _NAMES:
        name = value.get(key)
        if isinstance(name, str) and is_secret_name(name):
            return True
    return False


def _whole(key: str, value: object, told: object, hidden: Hidden | None) -> object:
    """Hide the whole of a value whose name says that it is a secret."""
    plain = str(value) if type(value) in (str, int) else ""
    if plain and told == value and is_secret_value(key, plain):
        if hidden is not None:
            hidden.note(plain, "secret")
        return substitute("secret")
    if isinstance(value, list):
        pairs = zip(value, cast("list[object]", told), strict=True)
        return [_whole(key, one, masked, hidden) for one, masked in pairs]
    return told


def _of_pattern(pattern: re.Pattern[str], text: str) -> Iterator[Secret]:
    group = 1 if pattern.groups else 0
    for at in range(0, max(len(text) - _OVERLAP, 1), _PIECE - _OVERLAP):
        for found in pattern.finditer(text, at, at + _PIECE):
            start, end = found.span(group)
            if end > start:
                yield Secret(start, end, "secret")


def _covered(text: str, found: Sequence[Secret], hidden: Hidden | None) -> str:
    """Put a substitute in the place of each secret; of two that overlap, of the first found."""
    ranks = {id(one): rank for rank, one in enumerate(found)}
    kept = [one.span() for one in _COVERED.finditer(text)]
    pieces: list[str] = []
    at = 0
    for start, end, best in _joined(found, ranks, kept):
        if hidden is not None:
            hidden.note(decoded(text[start:end]).text, best.kind)
        pieces += text[at:start], IN_ADDRESS if best.in_address else substitute(best.kind)
        at = end
    return "".join([*pieces, text[at:]])


def _joined(
    found: Iterable[Secret], ranks: dict[int, int], kept: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, Secret]]:
    """Join what overlaps; what lies in a substitute is hidden already."""
    joined: tuple[int, int, Secret] | None = None
    covered = iter([*kept, (1 << 62, 1 << 62)])
    from_, to = next(covered)
    for one in sorted(found, key=lambda secret: (secret.start, -secret.end)):
        while to <= one.start:
            from_, to = next(covered)
        if from_ < one.end:
            continue
        if joined is not None and one.start < joined[1]:
            best = min(joined[2], one, key=lambda secret: ranks[id(secret)])
            joined = (joined[0], max(joined[1], one.end), best)
            continue
        if joined is not None:
            yield joined
        joined = (one.start, one.end, one)
    if joined is not None:
        yield joined


def counted(kinds: Iterable[str]) -> str:
    """Say how many secrets of each kind there are: ``2 passwords, 1 GitHub token``."""
    counts = Counter(kinds)
    return ", ".join(f"{count} {_many(kind, count)}" for kind, count in counts.items())


def _many(kind: str, count: int) -> str:
    if count == 1 or kind.endswith("credentials"):
        return kind
    return f"{kind}es" if kind.endswith("s") else f"{kind}s"
