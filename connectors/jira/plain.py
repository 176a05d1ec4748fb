"""What may stand in a text that goes to Jira, and which addresses may become links."""

import re

_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LINK = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)


def clean(text: str) -> str:
    """Leave out what is no text in XML 1.0 (control characters, halves of characters).

    Jira answers 500 to some of it, and its export cannot hold the rest.
    """
    return _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def is_link(url: str | None) -> bool:
    """Tell whether an address may become a link: on the web or to a mailbox, nothing that runs."""
    return url is not None and _LINK.fullmatch(url) is not None
