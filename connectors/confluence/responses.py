"""What an answer of Confluence's means, where it is not what every site of Atlassian's means.

A page may have been changed meanwhile, or be too large, and which remedy helps turns on the kind of
site.
"""

from connectors.atlassian import site_answers
from connectors.atlassian.site_access import GATEWAY_HOST
from connectors.atlassian.site_answers import CONFLICT, TOO_LARGE, SiteAnswer, SiteWords, quoted
from connectors.confluence.payloads import problem
from connectors.errors import ConnectorError, Rejected
from connectors.pages import StaleVersion
from connectors.retry import Retryable

SCOPES = (
    "read:space:confluence",
    "read:page:confluence",
    "write:page:confluence",
    "read:hierarchical-content:confluence",
    "read:attachment:confluence",
    "write:confluence-file",
    "read:user:confluence",
    "read:comment:confluence",
    "search:confluence",
)
"""What a token with scopes needs."""
GATEWAY = f"https://{GATEWAY_HOST}/ex/confluence/"
LOOK = "Look whether CONFLUENCE_URL is right and Confluence is up, then run the command again."

_AT_GATEWAY = (
    "A token with scopes is taken at the gateway alone: for one, set CONFLUENCE_URL to "
    f"{GATEWAY} and the site's cloudId, which https://YOUR-SITE.atlassian.net/_edge/tenant_info "
    "tells."
)
_RENEW = "Make a new API token and set CONFLUENCE_API_TOKEN (with CONFLUENCE_EMAIL). " + _AT_GATEWAY
_RENEW_PERSONAL = (
    "Make a new personal access token (your settings in Confluence) and set "
    "CONFLUENCE_PERSONAL_TOKEN."
)
_SCOPES = f"Make an API token with the scopes {', '.join(SCOPES[:-1])} and {SCOPES[-1]}."


def words_of(host: str, *, is_cloud: bool) -> SiteWords:
    """Give what sentences say of a site."""
    return SiteWords(
        "Confluence",
        host,
        renew=_RENEW if is_cloud else _RENEW_PERSONAL,
        scopes=_SCOPES if host == GATEWAY_HOST else f"{_AT_GATEWAY} {_SCOPES}",
        address="CONFLUENCE_URL",
    )


def error_for(answer: SiteAnswer, site: SiteWords, doing: str) -> ConnectorError | Retryable:
    """Give what to raise for an answer that is not a success; ``doing`` completes "could not …"."""
    said = problem(answer.data)
    if answer.status == CONFLICT:
        return StaleVersion(f"Confluence would not {doing}: it was changed meanwhile{quoted(said)}")
    if answer.status == TOO_LARGE:
        return Rejected(
            f"Confluence would not {doing}: it is too large{quoted(said)}",
            "Shorten what the document quotes, such as logs.",
        )
    return site_answers.error_for(answer, site, doing, said)
