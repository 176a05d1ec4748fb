"""What is wrong with settings taken together, though each may be right alone.

These look only at which settings are given, not at their values, so that they are told at once
with the problems of single values.
"""

from collections.abc import Callable, Iterator

from config.variables import Place, variable_of

Given = Callable[[Place], bool]
"""Tells whether the setting at a place is given at all."""

_URL, _EMAIL = ("jira", "url"), ("jira", "email")
_API_TOKEN, _PERSONAL_TOKEN = ("jira", "api_token"), ("jira", "personal_token")
_PROJECT = ("jira", "project")


def contradictions(given: Given) -> Iterator[str]:
    """Give a sentence for each setting that lacks its other half, or excludes another."""
    yield from _pagerduty(given)
    yield from _jira(given)


def _pagerduty(given: Given) -> Iterator[str]:
    if given(("pagerduty", "webhook_secrets")) and not given(("pagerduty", "api_key")):
        yield (
            "There is a secret for PagerDuty's webhooks but no API key, and a webhook only says "
            f"that there is something to read. Set {_name(('pagerduty', 'api_key'))}."
        )


def _jira(given: Given) -> Iterator[str]:
    settings = (_URL, _EMAIL, _API_TOKEN, _PERSONAL_TOKEN, _PROJECT, ("jira", "webhook_secrets"))
    if not any(given(place) for place in settings):
        return
    if not given(_URL):
        yield f"There are settings of Jira but no address. Set {_name(_URL)}."
    if given(_PERSONAL_TOKEN):
        if given(_EMAIL) or given(_API_TOKEN):
            yield (
                "There are two kinds of Jira credentials. Keep either the personal token (Data "
                "Center) or the e-mail address and API token (Cloud)."
            )
    elif not given(_EMAIL) and not given(_API_TOKEN):
        yield (
            f"Jira has no credentials. Set {_name(_EMAIL)} and {_name(_API_TOKEN)} (Cloud) or "
            f"{_name(_PERSONAL_TOKEN)} (Data Center)."
        )
    elif not given(_EMAIL):
        yield f"There is an API token for Jira, but not whose. Set {_name(_EMAIL)}."
    elif not given(_API_TOKEN):
        yield f"There is an e-mail address for Jira, but no API token. Set {_name(_API_TOKEN)}."
    if not given(_PROJECT) and not given(("routes",)):
        yield f"Nothing says into which Jira project tickets go. Set {_name(_PROJECT)}, or a route."


def _name(place: Place) -> str:
    return f"{variable_of(place)} (in the file: {'.'.join(place)})"
