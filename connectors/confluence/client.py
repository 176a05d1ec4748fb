"""Pages in Confluence, Cloud and Data Center: a :class:`PagePublisher`."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from connectors.atlassian.site_answers import FORBIDDEN, NOT_FOUND, UNAUTHORIZED
from connectors.confluence import payloads
from connectors.confluence.checks import PARENT_REMEDY, findings, space_remedy
from connectors.confluence.cloud_api import CloudApi
from connectors.confluence.connection import ConfluenceAccess, ConfluenceConnection
from connectors.confluence.data_center_api import DataCenterApi
from connectors.confluence.payloads import CONFLUENCE, Space
from connectors.errors import (
    ConnectorError,
    Finding,
    NotFound,
    NotFoundByStray,
    NotPermitted,
    OutOfQuota,
    PayloadError,
    Rejected,
)
from connectors.json_fields import JsonValue
from connectors.pacing.rate_limit import NoPace, Pace
from connectors.pages import (
    Attachment,
    KeptNote,
    NewPage,
    Page,
    PageChange,
    PageComment,
    PageId,
    PageMade,
    PageMaybeMade,
    PageNote,
    PageNotMade,
    PageOutcome,
    TitleTaken,
)
from connectors.retry import Circuit, RetryPolicy
from connectors.tls import Authorities

BAD_REQUEST = 400


class PagesApi(Protocol):
    """What the two kinds of Confluence do each in its own way."""

    def space(self, key: str) -> Space: ...
    def creation(self, page: NewPage, into: Space, parent: str) -> tuple[str, object]: ...
    def page(self, answer: JsonValue) -> Page: ...
    def read(self, page: PageId) -> Page: ...
    def titled(self, title: str, into: Space) -> list[Page]: ...
    def noted(self, into: Space, mark: str) -> Iterator[tuple[str, PageId]]: ...
    def propertied(self, into: Space) -> Iterator[tuple[str, PageId]]: ...
    def mentioning(self, word: str) -> list[Page]: ...
    def has_title(self, title: str, into: Space) -> bool: ...
    def comments(self, page: PageId) -> list[PageComment]: ...
    def body_of(self, page: PageId, version: int) -> str: ...
    def update(self, page: PageId, change: PageChange) -> Page: ...
    def keep(self, page: PageId, kept: KeptNote | None, note: PageNote) -> KeptNote: ...
    def attach(self, page: PageId, file: Attachment, *, is_first: bool = False) -> None: ...
    def name_of(self, account: str) -> str: ...
    def lacking(self, into: Space) -> list[str]: ...


class Confluence:
    """A :class:`PagePublisher`. Safe to share between threads."""

    def __init__(
        self,
        access: ConfluenceAccess,
        space: str,
        parent: str = "",
        *,
        policy: RetryPolicy | None = None,
        circuit: Circuit | None = None,
        pace: Pace | None = None,
        authorities: Authorities | None = None,
    ) -> None:
        """Make no request yet. ``parent`` is "" for the space's home."""
        self._connection = ConfluenceConnection(
            access, policy or RetryPolicy(), circuit or Circuit(), pace or NoPace(), authorities
        )
        kind = CloudApi if access.is_cloud else DataCenterApi
        self._api: PagesApi = kind(self._connection)
        self._key, self._parent = space, parent
        self._lock = threading.Lock()
        self._known: Space | None = None

    def create(self, page: NewPage) -> PageOutcome:
        doing = f"create the page '{page.title}'"
        path, body = self._api.creation(page, self._space(), self._parent)
        answer = self._connection.exchange(doing, path, body)
        if isinstance(answer, ConnectorError):
            return PageMaybeMade(str(answer))
        if answer.ok:
            try:
                return PageMade(self._api.page(JsonValue(answer.data, CONFLUENCE)))
            except PayloadError as error:
                return PageMaybeMade(str(error))
        refusal = self._connection.refusal(answer, doing)
        if isinstance(refusal, OutOfQuota) or answer.status in {UNAUTHORIZED, FORBIDDEN}:
            raise refusal
        said = payloads.problem(answer.data).casefold()
        if answer.status == BAD_REQUEST and "title" in said and "exist" in said:
            return TitleTaken(str(refusal))
        if answer.status in {BAD_REQUEST, NOT_FOUND} or "too large" in str(refusal):
            by_parent = self._parent and (answer.status == NOT_FOUND or "parent" in said)
            return PageNotMade(f"{refusal} {PARENT_REMEDY}" if by_parent else str(refusal))
        return PageMaybeMade(str(refusal))

    def read(self, page: PageId) -> Page:
        return self._api.read(page)

    def titled(self, title: str) -> Sequence[Page]:
        return self._api.titled(title, self._space())

    def noted(self, mark: str) -> Iterator[tuple[str, PageId]]:
        return self._api.noted(self._space(), mark)

    def propertied(self) -> Iterator[tuple[str, PageId]]:
        return self._api.propertied(self._space())

    def mentioning(self, incident: str) -> Sequence[Page]:
        return self._api.mentioning(incident) if incident.isalnum() else ()

    def has_title(self, title: str) -> bool:
        return self._api.has_title(title, self._space())

    def comments(self, page: PageId) -> Sequence[PageComment]:
        return self._api.comments(page)

    def body_of(self, page: PageId, version: int) -> str:
        return self._api.body_of(page, version)

    def update(self, page: PageId, change: PageChange) -> Page:
        with _seen_just_now(page):
            return self._api.update(page, change)

    def keep(self, page: Page, note: PageNote) -> KeptNote:
        with _seen_just_now(page.id):
            return self._api.keep(page.id, page.kept, note)

    def attach(self, page: PageId, file: Attachment, *, is_first: bool = False) -> None:
        with _seen_just_now(page):
            self._api.attach(page, file, is_first=is_first)

    def author_name(self, page: Page) -> str:
        if page.author_name or not page.author:
            return page.author_name or "somebody"
        try:
            return self._api.name_of(page.author) or page.author
        except ConnectorError:
            return page.author  # that somebody edited it is told all the same

    def name_of(self, account: str) -> str:
        try:
            return self._api.name_of(account)
        except ConnectorError:
            return ""  # what else a page says is told all the same

    def page_named(self, address: str) -> PageId | None:
        return payloads.page_named(address)

    def check(self) -> Sequence[Finding]:
        return list(findings(self._connection.access, self._api, self._key, PageId(self._parent)))

    def close(self) -> None:
        self._connection.close()

    def _space(self) -> Space:
        """Give the space, read once."""
        with self._lock:
            if self._known is None:
                try:
                    self._known = self._api.space(self._key)
                except NotFoundByStray:
                    raise
                except NotFound as error:
                    raise Rejected(error.what, space_remedy(self._connection.access)) from error
            return self._known


@contextmanager
def _seen_just_now(page: PageId) -> Iterator[None]:
    """Say of a page that is not to be found to be written, though it could be read, what it lacks.

    Raises ``NotPermitted``.
    """
    try:
        yield
    except NotFoundByStray:
        raise
    except NotFound as error:
        raise NotPermitted(
            f"Confluence does not let these credentials write page {page}, which they can see.",
            "Let the account edit it: look at the page's restrictions and the space's permissions.",
        ) from error
