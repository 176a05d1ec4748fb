"""What must hold before pages can be made: every problem at once, each with its remedy."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Protocol

from connectors.confluence.connection import ConfluenceAccess
from connectors.confluence.payloads import Space
from connectors.confluence.responses import GATEWAY
from connectors.errors import (
    AccessDenied,
    ConnectorError,
    Finding,
    NotFound,
    NotFoundByStray,
    looked_at,
)
from connectors.pages import Page, PageId, PageState

_NOTHING = "postmortemworkerlooksfornothing"
PARENT_REMEDY = "Set CONFLUENCE_PARENT to the id of a page that can be seen (its address has it)."


class _Spaces(Protocol):
    def space(self, key: str) -> Space: ...
    def read(self, page: PageId) -> Page: ...


class _Api(_Spaces, Protocol):
    def lacking(self, into: Space) -> list[str]: ...
    def mentioning(self, word: str) -> list[Page]: ...


def findings(access: ConfluenceAccess, api: _Api, key: str, parent: PageId) -> Iterator[Finding]:
    """Look at the site, the space, the parent page, and what the account may do there."""
    subject = f"Confluence space {key}"
    try:
        space = api.space(key)
    except NotFoundByStray as error:
        yield Finding.of(access.server, error)
        return
    except NotFound as error:
        yield known_site(access)
        yield _no_space(access, subject, error)
        return
    except ConnectorError as error:
        yield Finding.of(access.server, error)
        return
    yield known_site(access)
    yield Finding(subject, space.name)
    yield from looked_at("Confluence parent page", lambda: parent_page(api, space, parent))
    yield from looked_at(f"Permissions in {subject}", lambda: _permissions(access, api, space))
    yield from looked_at(f"Search in Confluence at {access.host}", lambda: _search(access, api))


def known_site(access: ConfluenceAccess) -> Finding:
    """Say what answered."""
    kind = "Cloud" if access.is_cloud else "Data Center"
    return Finding(access.server, f"{kind}, answers")


def known_space(access: ConfluenceAccess, api: _Spaces, key: str) -> Finding:
    """Say whether a space can be seen. Raises ``ConnectorError`` where it was not looked at."""
    subject = f"Confluence space {key}"
    try:
        return Finding(subject, api.space(key).name)
    except NotFound as error:
        return _no_space(access, subject, error)


def _no_space(access: ConfluenceAccess, subject: str, error: NotFound) -> Finding:
    return Finding(subject, problem=error.what, remedy=space_remedy(access))


def space_remedy(access: ConfluenceAccess) -> str:
    """Say what to do where the space cannot be seen."""
    remedy = (
        "Set CONFLUENCE_SPACE to the key of one that can be seen (it stands in the space's "
        "address), or let the account see this one."
    )
    if access.is_cloud:
        remedy += (
            f" A token with scopes sees none at the site's own address: for one, set "
            f"CONFLUENCE_URL to {GATEWAY} and the site's cloudId."
        )
    return remedy


def parent_page(api: _Spaces, space: Space, parent: PageId) -> Iterator[Finding]:
    """Say whether pages can be made below the parent. Raises ``ConnectorError``."""
    subject = f"Confluence parent page {parent}".rstrip()
    above = parent or PageId(space.home)
    if not above:
        yield Finding(
            subject,
            problem="The space has no home, so nothing says below which page pages go.",
            remedy="Set CONFLUENCE_PARENT to the id of a page.",
        )
        return
    try:
        page = api.read(above)
    except NotFound as error:
        yield Finding(subject, problem=error.what, remedy=PARENT_REMEDY)
        return
    if page.state is not PageState.CURRENT:
        told = f"'{page.title}' is {page.state.value}, so no page can be made below it."
        yield Finding(subject, problem=told, remedy=PARENT_REMEDY)
        return
    home = "" if parent else ", the space's home"
    yield Finding(subject, f"'{page.title}'{home}")


def _permissions(access: ConfluenceAccess, api: _Api, space: Space) -> Iterator[Finding]:
    subject = f"Permissions in Confluence space {space.key}"
    if not access.is_cloud:
        yield Finding(subject, "Data Center does not tell; the first page shows")
        return
    if lacking := api.lacking(space):
        yield Finding(
            subject,
            problem=f"The account may not {' and '.join(lacking)} there.",
            remedy="Give the account these permissions in the space's settings.",
        )
    else:
        yield Finding(subject, "all that are needed: pages and attachments")


def _search(access: ConfluenceAccess, api: _Api) -> Iterator[Finding]:
    """Say where pages cannot be searched for, which matters once a database is lost."""
    with suppress(NotFound):  # a site without that search
        try:
            api.mentioning(_NOTHING)
        except AccessDenied as error:
            yield Finding(
                f"Search in Confluence at {access.host}",
                f"{error.what} So no page is made for a document that the database does not know, "
                "for its own may be in another space. All else works.",
            )
