"""Emoji by the names that Slack gives them, as characters. Pure.

The names are Slack's own. Most are in the table that comes with Rich; what that lacks of them is
here. A custom one has no character, and is left to its name.
"""

import re
from functools import cache

_TONE = re.compile(r"skin-tone-([2-6])")
_FLAG = re.compile(r"flag-([a-z]{2})")
_GENDERED = re.compile(r"(man|woman)-([a-z_-]+)")
_FIRST_TONE, _FIRST_FLAG = 0x1F3FB, 0x1F1E6
_JOINER, _PRESENTATION = "\u200d", "\ufe0f"
_SIGNS = {"man": "\u2642", "woman": "\u2640"}
_ACTS = {
    "shrugging": "\U0001f937",
    "facepalming": "\U0001f926",
    "raising_hand": "\U0001f64b",
    "running": "\U0001f3c3",
    "walking": "\U0001f6b6",
    "gesturing-ok": "\U0001f646",
    "gesturing-no": "\U0001f645",
    "tipping-hand": "\U0001f481",
    "bowing": "\U0001f647",
    "detective": "\U0001f575",
    "superhero": "\U0001f9b8",
    "mage": "\U0001f9d9",
}
_WORK = {
    "technologist": "\U0001f4bb",
    "firefighter": "\U0001f692",
    "mechanic": "\U0001f527",
    "scientist": "\U0001f52c",
    "pilot": "\u2708\ufe0f",
    "health_worker": "\u2695\ufe0f",
}
_PEOPLE = {"man": "\U0001f468", "woman": "\U0001f469"}
_LACKING = {
    "shrug": "\U0001f937",
    "facepalm": "\U0001f926",
    "face_palm": "\U0001f926",
    "large_green_circle": "\U0001f7e2",
    "large_yellow_circle": "\U0001f7e1",
    "large_orange_circle": "\U0001f7e0",
    "large_red_circle": "\U0001f534",
    "large_purple_circle": "\U0001f7e3",
    "large_brown_circle": "\U0001f7e4",
    "large_blue_circle": "\U0001f535",
    "large_green_square": "\U0001f7e9",
    "large_yellow_square": "\U0001f7e8",
    "large_red_square": "\U0001f7e5",
    "us": "\U0001f1fa\U0001f1f8",
    "gb": "\U0001f1ec\U0001f1e7",
    "uk": "\U0001f1ec\U0001f1e7",
    "de": "\U0001f1e9\U0001f1ea",
    "melting_face": "\U0001fae0",
    "saluting_face": "\U0001fae1",
    "face_with_peeking_eye": "\U0001fae3",
    "thinking_face": "\U0001f914",
    "slightly_smiling_face": "\U0001f642",
    "upside_down_face": "\U0001f643",
    "hugging_face": "\U0001f917",
    "face_with_rolling_eyes": "\U0001f644",
    "rolling_on_the_floor_laughing": "\U0001f923",
    "exploding_head": "\U0001f92f",
    "partying_face": "\U0001f973",
    "hammer_and_wrench": "\U0001f6e0\ufe0f",
    "heavy_check_mark": "\u2714\ufe0f",
    "male-technologist": "\U0001f468\u200d\U0001f4bb",
    "female-technologist": "\U0001f469\u200d\U0001f4bb",
}


def character(name: str) -> str:
    """Give an emoji's character, with its skin tone, "" where its name is none of Slack's own."""
    base, _, rest = name.strip(":").lower().partition("::")
    found = _LACKING.get(base) or _composed(base) or _table().get(base, "")
    tone = _TONE.fullmatch(rest)
    if not found or not tone:
        return found
    shade = chr(_FIRST_TONE + int(tone[1]) - 2)
    return f"{found[0]}{shade}{found[1:].removeprefix(_PRESENTATION)}"


def _composed(name: str) -> str:
    if flag := _FLAG.fullmatch(name):
        return "".join(chr(_FIRST_FLAG + ord(letter) - ord("a")) for letter in flag[1])
    if gendered := _GENDERED.fullmatch(name):
        who, what = gendered.groups()
        if what in _ACTS:
            return f"{_ACTS[what]}{_JOINER}{_SIGNS[who]}{_PRESENTATION}"
        if what in _WORK:
            return f"{_PEOPLE[who]}{_JOINER}{_WORK[what]}"
    return ""


def from_code(code: str) -> str:
    """Give the character of a code such as ``1f525`` or ``1f468-200d-1f4bb``, "" for none."""
    try:
        return "".join(chr(int(part, 16)) for part in code.split("-")) if code else ""
    except (ValueError, OverflowError):
        return ""


@cache
def _table() -> dict[str, str]:
    """Give Rich's table, which is loaded at the first emoji that is met."""
    from rich._emoji_codes import EMOJI  # noqa: PLC0415 - 3,600 names; there is no public way

    return EMOJI
