"""Secrets are hidden in whatever spelling, what is none stays, and no text takes long."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from config.groups import MaskingSettings
from connectors.incidents import Incident, IncidentId, IncidentRecord, IncidentStatus, Note
from connectors.masking import Hidden, Masking, counted
from tests.incidents.planted import ADDRESSES, EVERY, HARMLESS, SPELLED, TOKENS, Planted

MASKING = Masking()
LONG, MEGABYTE = 100_000, 1_000_000
AT = datetime(2026, 10, 7, 1, 12, tzinfo=UTC)
AROUND = ("{}", "({})", "`{}`", "x={}&y=1", '"{}",', "see {}, then", "<b>{}</b>", "… {}.")


def shown(text: str) -> str:
    return MASKING.text(text)


@pytest.mark.parametrize("planted", EVERY, ids=lambda one: one.text[:30].strip())
def test_a_secret_is_hidden_and_its_mark_is_seen(planted: Planted) -> None:
    for around in ("{}", "It broke at 03:12.\n{}\nThen it went on.", "1. {}", "| {} |"):
        said = shown(around.format(planted.text))
        assert not [one for one in planted.secrets if one in said], said
        assert "\u2039hidden" in said
        assert shown(said) == said


@pytest.mark.parametrize("planted", TOKENS, ids=lambda one: one.text[19:30])
@pytest.mark.parametrize("around", AROUND)
def test_a_token_is_one_wherever_it_stands(planted: Planted, around: str) -> None:
    token = planted.text.split(" ")[4]
    for spelled in (token, token.replace("_", "\\_").replace("-", "\\-"), token[:-4] + "…"):
        assert planted.secrets[0] not in shown(around.format(spelled))


def escaped(text: str) -> str:
    """Spell it so that no part of a token stands there as it is."""
    return "".join(f"%{ord(one):02X}" if one in "_-.+AIhox" else one for one in text)


@pytest.mark.parametrize("planted", EVERY, ids=lambda one: one.text[:30].strip())
def test_json_hides_what_a_text_by_itself_does(planted: Planted) -> None:
    for text in (planted.text, escaped(planted.text), planted.text.replace("_", "\\u005f")):
        plain = {"id": "P1", "note": [{"lines": [text, 7, None, "all is well again"]}]}
        told = MASKING.json(plain)
        assert told == {
            "id": "P1",
            "note": [{"lines": [shown(text), 7, None, "all is well again"]}],
        }
        assert MASKING.json(told) is told


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays(text: str) -> None:
    assert shown(text) == text


def test_a_mark_names_what_was_hidden_and_leaves_the_rest() -> None:
    token = TOKENS[0].text.split(" ")[4]
    assert shown(f"Used {token}, sorry") == "Used \u2039hidden: GitHub token\u203a, sorry"
    assert shown("password=hunter2 and on") == "password=\u2039hidden: password\u203a and on"
    assert shown(ADDRESSES[0].text) == (
        "https://deploy:\u2039hidden\u203a@registry.example.com/v2/"
    )
    assert shown("AccountName=x;AccountKey=abcDEF123+/==;EndpointSuffix=core") == (
        "AccountName=x;AccountKey=\u2039hidden: secret\u203a;EndpointSuffix=core"
    )
    assert shown("see https://x.example/?a=1&token=abcdef.") == (
        "see https://x.example/?a=1&token=\u2039hidden\u203a."
    )


def test_one_secret_in_several_places_is_called_the_same_whichever_is_read_first() -> None:
    places = [f"{before}Zx9Yw8Vu7Qq1" for before in ("api_key=", "Bearer ", "password=")]
    for order in (places, places[::-1], places[1:] + places[:1]):
        hidden = Hidden()
        for text in order:
            MASKING.text(text, hidden)
        assert hidden.kinds == ("credentials",)


def test_the_same_secret_is_counted_once_and_the_kinds_are_told() -> None:
    hidden = Hidden()
    token = TOKENS[0].text
    MASKING.json({"note": token, "log": [f"again: {token}", "password=hunter2"]}, hidden)
    assert counted(hidden.kinds) == "1 GitHub token, 1 password"
    assert counted(["password"] * 3) == "3 passwords"
    assert "hunter2" not in repr(hidden)


def test_a_field_that_is_called_a_password_holds_one() -> None:
    told = MASKING.json(
        {
            "details": {"db_password": "open sesame now", "clientSecret": ["abcd", "efgh1"]},
            "pin": {"name": "api_token", "value": "k9k9k9k9", "old_value": "k8k8k8k8"},
            "number": {"password": 12345678},
            "state": {"password": "reset needed", "secret": "payments-db", "token": None},
        }
    )
    secret = "\u2039hidden: secret\u203a"
    assert told == {
        "details": {"db_password": secret, "clientSecret": [secret, secret]},
        "pin": {"name": "api_token", "value": secret, "old_value": secret},
        "number": {"password": secret},
        "state": {"password": "reset needed", "secret": "payments-db", "token": None},
    }


def test_a_record_is_hidden_in_all_its_texts() -> None:
    incident = Incident(IncidentId("Q1"), 1, "password=hunter2", IncidentStatus.RESOLVED, "", AT)
    record = IncidentRecord(incident, notes=(Note("N1", "token=abc123def", AT),))
    told = MASKING.record(record)
    assert "hunter2" not in repr(told)
    assert "abc123def" not in repr(told)
    assert told.notes[0].created_at == AT
    assert MASKING.record(told) is told


def test_masking_can_be_switched_off() -> None:
    off = replace(MASKING, enabled=False)
    assert off.text("password=hunter2") == "password=hunter2"
    assert off.json({"password": "hunter2"}) == {"password": "hunter2"}


def test_a_teams_own_pattern_hides_its_group_or_all_of_it() -> None:
    masking = Masking((re.compile(r"ACME-[0-9a-f]{8}"), re.compile(r"door code (\d{4})")))
    assert masking.text("ACME-0a1b2c3d, door code 4711") == (
        "\u2039hidden: secret\u203a, door code \u2039hidden: secret\u203a"
    )
    long = "x " * 5000 + "ACME-0a1b2c3d" + " y" * 5000
    assert "0a1b2c3d" not in masking.text(long)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("[", "not a regular expression"),
        ("x*", "matches where there is nothing"),
        ("(a)(b)", "2 groups"),
        ("(a+)+$", "longer and longer"),
        (r"team-[a-z]{3}-(?:\d+)+$", "longer and longer"),
        (r"(?:a|aa)+!", "longer and longer"),
        (r"(?:[a-z]+-?)+;", "longer and longer"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_with_a_sentence(pattern: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        MaskingSettings(patterns=(pattern,))


@pytest.mark.parametrize(
    "pattern", [r"ACME-[0-9a-f]{32}", r"(?i)key=(\S+)", r"(?:\w+\.)+internal", r"\b[A-Z]{4}\d{8}\b"]
)
def test_an_ordinary_pattern_is_taken(pattern: str) -> None:
    assert MaskingSettings(patterns=(pattern,)).patterns == (pattern,)


UNITS = (
    "a",
    "-",
    "\\",
    "%25",
    "&amp;",
    "://a:",
    "x:y@",
    "eyJ-",
    "sk-",
    "ghp_",
    "u+",
    "password=",
    "password: ",
    'password="',
    "pass:\n",
    "?token=a&",
    "--a",
    "bearer ",
    "mysql -",
    "token | ",
    "cookie:=",
    "authorization: ",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "MIIEowIBAAKCAQEA7bq1nXkVMIIEow ",
    "discord",
)
"""What provokes one pattern or another, said again and again."""


def work(text: str) -> float:
    """Give the seconds that hiding takes, without those of whatever else runs here."""
    began = time.thread_time()
    MASKING.text(f"{text} PRIVATE KEY token= AKIA maker.ifttt.com/trigger/")
    return time.thread_time() - began


@pytest.mark.parametrize("unit", UNITS)
def test_a_text_takes_as_long_as_it_is(unit: str) -> None:
    assert work(unit * (LONG // len(unit))) < 2  # what grows with the square takes minutes


def test_a_line_of_a_megabyte_is_no_burden() -> None:
    part = MEGABYTE // len(UNITS)
    assert work("".join(unit * (part // len(unit)) for unit in UNITS)) < 20


def test_all_spellings_are_hidden_in_one_text() -> None:
    said = shown("\n\n".join(one.text for one in SPELLED))
    assert not [secret for one in SPELLED for secret in one.secrets if secret in said]
