"""Links of monitors that tell nothing: to do something by, to be rid of mails, of a program's own.

Who follows one that acts mutes a monitor or takes an alert, and thinks to look at what happened.
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
    rf"|(?:{_WHAT}) (?:{_ACT}|close|resolve)"
    r"|(?:view|open|see|show)(?: (?:it|this|alert|incident))? (?:in|on) pagerduty",
    re.IGNORECASE,
)
_ACTS = re.compile(
    rf"/silences?/new\b|/(?:{_WHAT})s?/[^/?#\s]+/(?:{_ACT}|close|resolve)(?:[?#]|$)"
    r"|[?&]action=(?:ack(?:nowledge)?|close|resolve|silence|snooze|mute)\b",
    re.IGNORECASE,
)


def tells_nothing(text: str, url: str) -> bool:
    """Tell whether a link that is called so leads to nothing that one reads."""
    named = text.strip(" []()!.\u2192\u00bb")
    is_button = _BUTTON.fullmatch(named) or _ACTS.search(url)
    told = f"{text} {url}"
    return bool(
        is_button or (_NOISE.search(told.lower()) if told.isascii() else _NOISE_IN_ANY.search(told))
    )
