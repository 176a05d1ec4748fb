"""Secrets that are known by their form, wherever they stand: tokens, keys, signed tokens.

The forms are those that the services document, most of them collected by gitleaks. A token that
was cut short is still one, so fewer characters are asked for than there would be.

Every pattern is linear: each begins with letters of its own, what it repeats is bounded or
possessive, and what a value must hold besides is looked at afterwards.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret stands in a text, and what it is called; ``in_address`` tells of its place."""

    start: int
    end: int
    kind: str
    in_address: bool = False


@dataclass(frozen=True, slots=True)
class TokenForm:
    """One form: one of its ``hints`` is in every text that has it, ``fits`` looks at the whole.

    Its ``pattern`` is compiled when a text has a hint: most forms are met by nobody.
    """

    kind: str
    hints: tuple[str, ...]
    pattern: str
    fits: Callable[[str], bool]


def has_digit(token: str) -> bool:
    """Tell a token from a word."""
    return any(letter.isdigit() for letter in token)


def is_mixed(token: str) -> bool:
    """Tell whether there are digits, small letters and capitals: no word, no name, no hash."""
    return has_digit(token) and any(map(str.islower, token)) and any(map(str.isupper, token))


def _anything(_token: str) -> bool:
    return True


def _is_signed(token: str) -> bool:
    """Tell a JSON web token, or its head alone, from other JSON in base64."""
    return "." in token or token.startswith(("eyJhbGciOi", "eyJ0eXAiOi", "eyJraWQiOi"))


def _is_cased(token: str) -> bool:
    return has_digit(token) or any(map(str.isupper, token))


def _form(
    kind: str, hints: str, pattern: str, fits: Callable[[str], bool] = has_digit
) -> TokenForm:
    return TokenForm(kind, tuple(hints.split()), rf"(?<![A-Za-z0-9])(?:{pattern})", fits)


compiled = cache(re.compile)
"""Compiles a pattern once, with its flags."""


FORMS = (
    _form("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{4,255}"),
    _form("GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9_]{6,255}"),
    _form(
        "GitLab token",
        "glpat- glptt- gldt- glrt- glcbt- glft- glimt- glsoat- glagent- gloas- glffct-",
        r"gl(?:pat|ptt|dt|rt|cbt|ft|imt|soat|agent|oas|ffct)-[A-Za-z0-9_.=-]{8,255}",
        _anything,
    ),
    _form("Slack token", "xox", r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{6,255}"),
    _form("Slack token", "xapp-", r"xapp-[0-9]-[A-Za-z0-9-]{6,255}"),
    _form("AWS key", "AKIA ASIA ABIA ACCA", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,124}"),
    _form("Google key", "AIza", r"AIza[A-Za-z0-9_-]{16,255}"),
    _form("Google token", "GOCSPX- ya29.", r"(?:GOCSPX-|ya29\.)[A-Za-z0-9_-]{12,2048}"),
    _form("Google token", "1//0", r"1//0[A-Za-z0-9_-]{30,255}"),
    _form(
        "Stripe key",
        "sk_live_ sk_test_ rk_live_ rk_test_",
        r"[rs]k_(?:live|test)_[A-Za-z0-9]{6,255}",
        _anything,
    ),
    _form("Stripe key", "whsec_", r"whsec_[A-Za-z0-9+/=]{12,255}"),
    _form(
        "JSON web token", "eyJ", r"eyJ[A-Za-z0-9_-]{6,}+(?:\.[A-Za-z0-9_-]*+){0,4}=*", _is_signed
    ),
    _form("npm token", "npm_", r"npm_[A-Za-z0-9]{12,255}"),
    _form("PyPI token", "pypi-AgE", r"pypi-AgE[A-Za-z0-9_-]{6,1024}", _anything),
    _form("PyPI token", "pypi-", r"pypi-[A-Za-z0-9_-]{24,1024}", is_mixed),
    _form(
        "Atlassian token",
        "ATATT ATCTT ATSTT ATBB",
        r"AT(?:ATT|CTT|STT|BB)[A-Za-z0-9_=.-]{8,512}",
    ),
    _form("PagerDuty key", "+", r"pd[a-z]{2}\+_?[A-Za-z0-9_+-]{8,255}", _anything),
    _form("PagerDuty key", "u+", r"u\+[A-Za-z0-9_-]{14,24}(?![A-Za-z0-9_@-])", _is_cased),
    _form("PagerDuty key", "_ +", r"[yuwe][_+][A-Za-z0-9_+-]{18}(?![A-Za-z0-9_@+-])", is_mixed),
    _form("API key", "sk-", r"sk-[A-Za-z0-9_-]{18,512}", is_mixed),
    _form("Twilio key", "SK", r"SK[0-9a-f]{16,32}(?:(?<=[0-9a-f]{32})|(?=…|\.\.\.))"),
    _form("Twilio key", "AC", r"AC[0-9a-f]{32}:[0-9a-f]{16,32}"),
    _form("SendGrid key", "SG.", r"SG\.[A-Za-z0-9_-]{8,128}(?:\.[A-Za-z0-9_-]{1,255}+)?", is_mixed),
    _form("Azure secret", "Q~", r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{16,64}"),
    _form("Mailchimp key", "-us", r"[0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9])"),
    _form("Mailgun key", "key-", r"key-[0-9a-f]{32}(?![A-Za-z0-9])"),
    _form("Telegram token", ":AA", r"[0-9]{8,10}:AA[A-Za-z0-9_-]{20,64}"),
    _form(
        "Discord token",
        "MT MD Mj Mz ND NT Nj Nz OD OT",
        r"[MNO][A-Za-z0-9]{22,27}\.[\w-]{6}\.[\w-]{20,80}",
        is_mixed,
    ),
    _form("Vault token", "hv", r"hv[sbr]\.[A-Za-z0-9_-]{16,255}"),
    _form("Terraform token", ".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{16,255}"),
    _form("Airtable token", "pat", r"pat[A-Za-z0-9]{14}\.[0-9a-f]{16,64}"),
    _form("Databricks token", "dapi", r"dapi[0-9a-f]{32}"),
    _form("Shopify token", "shp", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{12,64}"),
    _form("Square token", "sq0", r"sq0[a-z]{3}-[A-Za-z0-9_-]{16,64}"),
    _form("New Relic key", "NR", r"NR(?:AK|JS|II|RA)-[A-Za-z0-9-]{16,64}"),
    _form("Sentry token", "sntry", r"sntry[su]_[A-Za-z0-9_=+/-]{16,512}"),
    _form("Doppler token", "dp.", r"dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9_.-]{16,128}"),
    _form("Grafana token", "glc_ glsa_", r"gl(?:c|sa)_[A-Za-z0-9+/=_]{16,512}"),
    _form("Tailscale key", "tskey-", r"tskey-[a-z]{2,12}-[A-Za-z0-9-]{8,128}"),
    _form("age key", "AGE-SECRET-KEY-", r"AGE-SECRET-KEY-1[A-Z0-9]{16,64}"),
    _form("Alibaba key", "LTAI", r"LTAI[A-Za-z0-9]{12,24}(?![A-Za-z0-9])"),
    _form("Artifactory key", "AKCp", r"AKCp[A-Za-z0-9]{24,128}"),
    _form(
        "token",
        "hf_ dop_v1_ doo_v1_ dor_v1_ dckr_pat_ dckr_oat_ lin_api_ ntn_ PMAK- sbp_ rubygems_ HRKU- "
        "figd_ bkua_ CCIPAT_ pul- fo1_ dt0c01. xkeysib- pscale_ pplx-",
        r"(?:hf_|do[opr]_v1_|dckr_[po]at_|lin_api_|ntn_|PMAK-|sbp_|rubygems_|HRKU-|figd_|bkua_|"
        r"CCIPAT_|pul-|fo1_|dt0c01\.|xkeysib-|pscale_(?:tkn|pw|oauth)_|pplx-)"
        r"[A-Za-z0-9_.-]{16,512}",
    ),
)

_AWS_SECRET = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_MOST_SLASHES = 4
"""A path that happens to have the length of a key has more of them."""

_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}+(?<=PRIVATE KEY)(?: BLOCK)?-----")
_KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]{0,40}+-----")
_KEY_LINES = re.compile(
    r"(?:(?:\s|[>|\"',.…-]|<br ?/?>)*+(?:(?:Proc-Type|DEK-Info|Version|Comment): [^\n]{0,120}"
    r"|[A-Za-z0-9+/=]{16,}+))*+(?:\s*+[A-Za-z0-9+/]{1,64}=*+(?=\s*(?:…|\.\.\.|$)))?"
)
_IN_KEYS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \n\r\t>|"
_KEY_LINE = re.compile(r"[A-Za-z0-9+/=]{24,}")
_LONGEST_KEY = 16_000


def holds_any(text: str, hints: tuple[str, ...]) -> bool:
    """Tell whether one of the hints is in a text. An incident has 100,000 texts: no generator."""
    for hint in hints:  # noqa: SIM110 - as above
        if hint in text:
            return True
    return False


def forms_hinted_at(text: str) -> Sequence[TokenForm]:
    """Give the forms whose tokens may be in a text, or in one that is a part of it."""
    return [form for form in FORMS if holds_any(text, form.hints)]


def tokens(text: str, forms: Sequence[TokenForm] = FORMS) -> Iterator[Secret]:
    """Find what is a secret by its form alone, one of ``forms`` or a key of several lines."""
    for form in forms:
        if holds_any(text, form.hints):
            for found in compiled(form.pattern).finditer(text):
                if form.fits(found[0]):
                    yield Secret(found.start(), found.end(), form.kind)
    if "PRIVATE KEY" in text:
        yield from _private_keys(text)
    if "AKIA" in text or "ASIA" in text or "aws" in text.lower():
        yield from _aws_secrets(text)


def _private_keys(text: str) -> Iterator[Secret]:
    """Find private keys, whole or cut short at either end."""
    begun: int | None = None
    last = 0
    marks = [*_KEY_BEGINS.finditer(text), *_KEY_ENDS.finditer(text)]
    for mark in sorted(marks, key=lambda found: found.start()):
        if mark[0].startswith("-----BEGIN"):
            if begun is not None:
                yield Secret(begun, _end_of_lines(text, begun), "private key")
            begun = mark.start()
        elif "PRIVATE KEY" in mark[0]:
            start = _start_of_lines(text, last, mark.start()) if begun is None else begun
            yield Secret(start, mark.end(), "private key")
            begun = None
        last = mark.end()
    if begun is not None:
        yield Secret(begun, _end_of_lines(text, begun), "private key")


def _end_of_lines(text: str, begun: int) -> int:
    head = text.index("-----", begun + 5) + 5
    lines = _KEY_LINES.match(text, head)
    return lines.end() if lines else head


def _start_of_lines(text: str, after: int, end: int) -> int:
    """Give where the lines of a key begin that has lost its head."""
    before = text[max(after, end - _LONGEST_KEY) : end]
    lines = before[len(before.rstrip(_IN_KEYS)) :]
    first = _KEY_LINE.search(lines)
    return end - len(lines) + first.start() if first else end


def _aws_secrets(text: str) -> Iterator[Secret]:
    for found in _AWS_SECRET.finditer(text):
        if is_mixed(found[0]) and found[0].count("/") <= _MOST_SLASHES:
            yield Secret(found.start(), found.end(), "AWS key")
