"""What a preflight finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a preflight looked at; ``problem`` is empty where all is well.

    ``subject`` is what was looked at ("Jira project OPS"), ``detail`` what was found, ``problem``
    and ``remedy`` whole sentences.
    """

    subject: str
    detail: str = ""
    problem: str = ""
    remedy: str = ""
