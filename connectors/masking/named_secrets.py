"""Secrets that are known by the name before them: ``password=…``, ``api_key: …``, ``"token": "…"``.

What is called a password is one only if it looks like one: "password: reset needed" is a sentence.
Every pattern is linear, as in ``token_forms``.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from connectors.masking.token_forms import Secret, has_digit, holds_any

_PASSWORDS = (
    r"passw(?:or[dt]|d)|pass[ _-]?phrase|passcode|pwd|kennwort|contrase(?:ñ|n)a|mot de passe|senha"
    r"|wachtwoord|l(?:ö|o)senord|has(?:ł|l)o|\u043f\u0430\u0440\u043e\u043b\u044c"
    r"|\u30d1\u30b9\u30ef\u30fc\u30c9|\u5bc6[\u7801\u78bc]|\ube44\ubc00\ubc88\ud638"
)
_KEYS = (
    r"(?:api|access|account|auth|encryption|integration|license|master|private|routing|service|"
    r"shared[ _-]?access|signing|subscription)[ _-]?key"
)
_NAME = (
    rf"(?P<password>{_PASSWORDS})|secret(?:[ _-]?access)?(?:[ _-]?key(?:_base)?)?|{_KEYS}"
    r"|token|credentials?|(?<![A-Za-z0-9])(?:pass|pw|psk)"
)
_NUMBER = "(?:_?[0-9]{1,3})?"
_SIGN = (
    r"(?:[\"'`]{0,2},?\s{0,12}[\"'`]{0,2}(?P<pair>value)[\"'`]{0,2}[ \t]{0,4}[:=]"
    r"|[\"'`*_)\]]{0,6}[ \t]{0,4}"
    r"(?P<sign>=>|->|:=|={1,2}|[:\uff1a\uff1d]|>|[|\u2013\u2014]|(?:</?[a-z]{1,10}>\s{0,4}){2})"
    r"|[ \t]{1,4}(?P<is>is|was|ist|lautet):?(?=\s)|(?=[ \t]))[*_]{0,3}(?P<gap>\s{0,6})[*_]{0,3}"
)
_BARE = (
    r"(?:[^\s\"'`<>;&,\u2039\u203a]"
    r"|[;&,](?![\s\"']|$|[\w.-][\w .-]{0,39}[=:])"  # a further name may follow, else it is part
    r"|[\"'`](?![\s,;:.)\]}&|]|$)|<(?![/\w]))++"
)
_NAMED = re.compile(
    rf"(?:{_NAME}){_NUMBER}{_SIGN}(?:"
    r"\"(?P<double>[^\"\n]{1,300})\"|'(?P<single>[^'\n]{1,300})'|`(?P<code>[^`\n]{1,300})`"
    rf"|“(?P<curly>[^”\n]{{1,300}})”|[\"'`]?(?P<bare>{_BARE}))",
    re.IGNORECASE,
)
_QUOTED = ("double", "single", "code", "curly")
_IS_NAME = re.compile(rf"(?:{_NAME}){_NUMBER}$", re.IGNORECASE)
_IS_PASSWORD = re.compile(_PASSWORDS, re.IGNORECASE)
_KEY_LIKE = re.compile(r"[0-9a-f]{32,128}|(?=[^0-9]{0,40}[0-9])(?=[^A-Z]{0,40}[A-Z])[\w-]{20,512}")
_LOOSE = ("|", "\u2013", "\u2014", "<")
"""What stands between cells, or words, rather than between a name and its value."""
_NEVER_A_WORD = re.compile(r"secret|token|api", re.IGNORECASE)
"""What a word may be the value of: of a password, and of these, but not of a ``service_key``."""
_STEMS = (
    *("pass", "pwd", "pw", "psk", "secret", "key", "token", "creden", "kennw", "senha", "contr"),
    *("wachtw", "senord", "hasło", "haslo", "\u043f\u0430\u0440\u043e\u043b\u044c"),
    *("\u30d1\u30b9\u30ef\u30fc\u30c9", "\u5bc6", "\ube44\ubc00"),
)
_ENDS = re.compile(r"[\s\"'`.,;)\]}|*_]*(?:$|\n|,|;|\))")

_PLACEHOLDER = re.compile(r"[*•xX.…#?_-]+$|[$%]?\{|\$\w|\$\(|<|\[|\u2039|%[sdv]\b|\{\{|%\(")
_WORDS = """
null none nil undefined true false yes no on off empty blank unset set ok bad good new old expired
expires expiry invalid valid wrong incorrect correct mismatch missing required optional needed
necessary unknown changed change changes rotated rotate rotation rotating reset resets resetting
revoked revoke renewed refresh refreshed failed fails failure failing error errors denied rejected
accepted locked unlocked forgotten lost leaked exposed compromised redacted hidden masked removed
deleted protected encrypted hashed disabled enabled default policy rules not is was has had the a an
in at see via per our your their and or for from with to by of it vault manager store provider auth
authentication login user username pass password passwd secret token tokens key string text value
type name bearer basic digest md5 sha1 sha256 sha512 base64 utf8 oauth oauth2 2fa mfa sso jwt saml
abgelaufen falsch geändert zurückgesetzt fehlt
"""
NO_VALUES = frozenset(_WORDS.split())
"""Words that stand where a secret could, and are none."""
_NAME_LIKE = re.compile(r"[a-z][a-z0-9]{0,20}(?:[-_./:][a-z0-9]{1,20}){1,9}$")
_ADDRESS = re.compile(r"(?:https?|ftp|file|arn|vault|projects)[:/]", re.IGNORECASE)
_LONG, _STRONG, _SHORTEST, _LONGEST_NAME = 16, 6, 3, 80


def named(text: str) -> Iterator[Secret]:
    """Find values that stand behind a name which says that they are secret."""
    low = text.lower()
    if holds_any(low, _STEMS):
        for found in _NAMED.finditer(text):
            yield from _value_of(found)


@lru_cache(maxsize=4096)  # the fields of an answer have few names
def is_secret_name(name: str) -> bool:
    """Tell whether a field of this name holds a secret: ``db_password``, ``API key``."""
    return len(name) <= _LONGEST_NAME and _IS_NAME.search(name.strip()) is not None


def is_secret_value(name: str, value: str) -> bool:
    """Tell whether a field's value is a secret, where its name says that it may be."""
    text = value.strip()
    if not text or "\n" in text:
        return False
    is_password = _IS_PASSWORD.search(name) is not None
    return _fits(text, "=", name, is_password=is_password, is_quoted=True, is_last=True)


def is_placeholder(value: str) -> bool:
    """Tell what stands for a value: ``***``, ``${NAME}``, a word for none."""
    return _PLACEHOLDER.match(value) is not None or value.lower() in NO_VALUES


def _value_of(found: re.Match[str]) -> Iterator[Secret]:
    group = next((name for name in (*_QUOTED, "bare") if found[name]), "bare")
    value, start = found[group], found.start(group)
    if group == "bare":
        value = _unclosed(value)
    end = start + len(value)
    is_last = _ENDS.match(found.string[end : end + 40]) is not None
    sign = "=" if found["pair"] else found["sign"] or found["is"] or ""
    if sign[:1] in _LOOSE:
        sign = ""
    is_password = found["password"] is not None
    if "\n" in found["gap"] and not (is_last and sign):
        return
    if found[0][:3].lower() == "pwd" and value.startswith(("/", "~", ".")):
        return  # the working directory
    is_quoted, name = group != "bare", found[0][: found.start(group) - found.start()]
    if _fits(value, sign, name, is_password=is_password, is_quoted=is_quoted, is_last=is_last):
        yield Secret(start, end, "password" if is_password else "secret")


def _unclosed(value: str) -> str:
    """Leave out what ends the sentence, or closes a bracket that stands before."""
    pairs = {")": "(", "]": "[", "}": "{"}
    while value and (
        value[-1] in ".,;:…"
        or value.count(value[-1]) > value.count(pairs.get(value[-1], value[-1]))
    ):
        value = value[:-1]
    return value


def _fits(
    value: str, sign: str, name: str, *, is_password: bool, is_quoted: bool, is_last: bool
) -> bool:
    """Tell a secret from a word about one."""
    if _says_nothing(value):
        return False
    if not sign:  # "the password hunter2 was used"
        strong = is_strong(value) and not _NAME_LIKE.match(value)
        return strong and (is_password or _KEY_LIKE.fullmatch(value) is not None)
    if value.isdigit():
        return is_password and len(value) > _SHORTEST
    is_name = _NAME_LIKE.match(value) is not None
    if is_strong(value):
        return is_password or not is_name or (len(value) >= _LONG and has_digit(value))
    if is_password:
        return is_quoted or is_last or sign.startswith("=")
    may_be_a_word = _NEVER_A_WORD.search(name) is None
    return not (may_be_a_word or " " in value or is_name) and (is_quoted or sign.startswith("="))


def _says_nothing(value: str) -> bool:
    words = re.findall(r"[^\W_]+", value.lower())[:30]
    if len(value) < _SHORTEST or not words or _PLACEHOLDER.match(value) or _ADDRESS.match(value):
        return True
    return 2 * sum(word in NO_VALUES for word in words) >= len(words) and not is_strong(value)


def is_strong(value: str) -> bool:
    """Tell what nobody takes for a word: letters with digits or marks in it, capitals inside."""
    if " " in value or len(value) < _STRONG:
        return False
    inside = value.strip(".,;:!?()\"'")
    has_marks = not inside.replace("-", "").replace("/", "").isalnum()
    if any(map(str.isalpha, value)) and (has_digit(value) or has_marks):
        return True
    return inside[1:] != inside[1:].lower() and inside != inside.upper()
