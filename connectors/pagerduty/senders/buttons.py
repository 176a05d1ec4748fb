"""Links of monitors that are for something else than reading what happened.

Some act: who follows one mutes a monitor or takes an alert, and thinks to look at what happened.
Some are to be rid of mails, or of a program's own.
"""

import re

_NOISE = re.compile(
    r"unsubscrib|signing ?cert|opt[-_ ]?out|privacy[-_ ]policy"
    r"|manage (?:your )?(?:preferences|notifications)|view (?:it )?in (?:your )?browser"
    r"|/schemas?\.|w3\.org/"
)
_NOISE_IN_ANY = re.compile(_NOISE.pattern, re.IGNORECASE)
"""What is in plain letters is searched in small ones, four times as fast."""
_ACT = r"ack(?:nowledge)?|silence|snooze|(?:un)?mute"
_WHAT = r"alert|incident|issue|monitor|notification|problem|rule|violation"
_BUTTON = re.compile(
    rf"(?:{_ACT})(?: (?:this |the )?(?:{_WHAT})s?)?(?: for \d+ ?(?:m|h|min\w*|hours?|days?))?"
    rf"|(?:close|resolve|escalate|reassign) (?:this |the )?(?:{_WHAT})"
    rf"|(?:{_WHAT}) (?:{_ACT}|close|resolve)",
    re.IGNORECASE,
)
_ACTS = re.compile(
    rf"/silences?/new\b|/(?:{_WHAT})s?/[^/?#\s]+/(?:{_ACT}|close|resolve)(?:[?#]|$)"
    r"|[?&]action=(?:ack(?:nowledge)?|close|resolve|silence|snooze|mute)\b",
    re.IGNORECASE,
)


def is_button(text: str, url: str) -> bool:
    """Tell whether a link that is called so acts, or leads to a form that does."""
    named = text.strip(" []()!.\u2192\u00bb")
    return bool(_BUTTON.fullmatch(named) or _ACTS.search(url))


def tells_nothing(text: str, url: str) -> bool:
    """Tell whether a link that is called so leads to nothing that is about an alert."""
    told = f"{text} {url}"
    return bool(_NOISE.search(told.lower()) if told.isascii() else _NOISE_IN_ANY.search(told))
