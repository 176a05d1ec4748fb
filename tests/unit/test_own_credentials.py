"""The process's own credentials in others' words, and what a terminal would obey there."""

import base64
import html
import json
import re
from urllib.parse import quote

import pytest

from connectors.masking import Masking, OwnCredentials, without_controls
from connectors.masking.own_credentials import OURS

TOKEN = "hT7/kq+2&Zw\"w'9<é%=x"
OTHER = "ordinary-token-0815"
OWN = OwnCredentials.of([TOKEN, OTHER, "short", ""])


def basic(token: str, user: str) -> str:
    return base64.b64encode(f"{user}:{token}".encode()).decode()


def every(mark: str, token: str) -> str:
    return "".join(mark.format(ord(letter)) for letter in token)


@pytest.mark.parametrize("token", [TOKEN, OTHER])
@pytest.mark.parametrize(
    "form",
    [
        pytest.param(str, id="as it is"),
        pytest.param(lambda token: f"Bearer {token}", id="Bearer"),
        pytest.param(lambda token: f"Basic {basic(token, 'a@b.example')}", id="Basic"),
        pytest.param(
            lambda token: f"Basic {basic(token, 'ab@b.example')}", id="Basic, a letter on"
        ),
        pytest.param(lambda token: f"Basic {basic(token, 'abc@b.example')}", id="Basic, two on"),
        pytest.param(
            lambda token: base64.urlsafe_b64encode(f"x:{token}".encode()).decode(),
            id="base64 for addresses",
        ),
        pytest.param(quote, id="percent-encoded"),
        pytest.param(lambda token: quote(token, ""), id="percent-encoded, all of it"),
        pytest.param(
            lambda token: re.sub("%..", lambda found: found[0].lower(), quote(token, "")),
            id="percent-encoded in small letters",
        ),
        pytest.param(lambda token: quote(quote(token, ""), ""), id="percent-encoded twice"),
        pytest.param(json.dumps, id="in JSON"),
        pytest.param(lambda token: json.dumps(json.dumps({"a": token})), id="in JSON in JSON"),
        pytest.param(lambda token: json.dumps(token).replace("/", "\\/"), id="in PHP's JSON"),
        pytest.param(lambda token: every("\\u{:04x}", token), id="in JSON, each letter escaped"),
        pytest.param(html.escape, id="in HTML"),
        pytest.param(lambda token: every("&#{};", token), id="in HTML, each letter escaped"),
        pytest.param(lambda token: html.escape(json.dumps(token)), id="in JSON in HTML"),
    ],
)
def test_a_credential_is_hidden(token: str, form) -> None:
    own, told = OWN, form(token)
    text = f"The server said: {told}, and went on."
    hidden = own.hide(text)
    assert OURS in hidden
    assert hidden.startswith("The server said: ")
    assert hidden.endswith(", and went on.")
    assert told.strip('"') not in hidden
    assert own.hide(hidden) == hidden
    assert Masking(enabled=False, own=own).json({"a": [text]}) == {"a": [hidden]}


@pytest.mark.parametrize("text", ["", "short", "100 % of it", "a & b", "C:\\new", "aGVsbG8="])
def test_other_words_stay(text: str) -> None:
    assert OWN.hide(text) == text


def test_credentials_are_not_shown_by_what_hides_them() -> None:
    assert OTHER not in repr(OWN)
    assert OTHER not in repr(Masking(own=OWN))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;a title\x07rest", "rest"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jgone", "gone"),
        ("\x9d0;title\x9crest", "rest"),
        ("\x1bPq#0\x1b\\rest", "rest"),
        ("\x1bcreset", "reset"),
        ("\x1b(0line", "line"),
        ("unfinished \x1b[", "unfinished "),
        ("unfinished \x1b]0;no end\nnext line", "unfinished \nnext line"),
        ("over\rwritten\x08\x08", "overwritten"),
        ("a\u202ecod.exe\u202c", "acod.exe"),
        ("\u2066a\u2069\u200f", "a"),
        ("bell\x07 nul\x00", "bell nul"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("Grüße, 日本 👩\u200d🚒", "Grüße, 日本 👩\u200d🚒"),
    ],
)
def test_a_terminal_is_given_nothing_to_obey(text: str, seen: str) -> None:
    assert without_controls(text) == seen
