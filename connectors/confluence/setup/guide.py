"""What Confluence shows while it is being set up, by the requests of its check."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from connectors.confluence import checks
from connectors.confluence.cloud_api import CloudApi
from connectors.confluence.connection import ConfluenceAccess, ConfluenceConnection
from connectors.confluence.data_center_api import DataCenterApi
from connectors.confluence.payloads import Space
from connectors.errors import Finding, NotFound, PostmortemError
from connectors.pacing.rate_limit import NoPace
from connectors.pages import Page, PageId
from connectors.retry import Circuit, RetryPolicy
from connectors.setup_steps import Offer
from connectors.tls import Authorities


class _SpacesApi(Protocol):
    """What the guide asks of either kind of Confluence."""

    def space(self, key: str) -> Space: ...
    def spaces(self) -> list[Space]: ...
    def read(self, page: PageId) -> Page: ...


class ConfluenceGuide:
    """A :class:`~connectors.setup_steps.Guide`."""

    def __init__(
        self,
        access: ConfluenceAccess,
        api: _SpacesApi,
        space: str,
        parent: str,
        close: Callable[[], None],
    ) -> None:
        self._access, self._api = access, api
        self._space, self._parent = space, PageId(parent)
        self.close = close

    def prove(self, step: str) -> Finding:
        """Look at the site by its spaces, at the space, or at the page above."""
        looks: Mapping[str, tuple[str, Callable[[], Finding]]] = {
            "site": (self._access.server, self._site),
            "space": (f"Confluence space {self._space}", self._is_there),
            "parent": (f"Confluence parent page {self._parent}".rstrip(), self._above),
        }
        subject, look = looks[step]
        try:
            return look()
        except PostmortemError as error:
            return Finding.of(subject, error)

    def offers(self, field: str) -> Sequence[Offer]:  # noqa: ARG002 - there is one
        """List the spaces."""
        return [Offer(one.key, one.name) for one in self._api.spaces()]

    def _site(self) -> Finding:
        with suppress(NotFound):
            if self._space:
                self._api.space(self._space)
            else:
                self._api.spaces()
        return checks.known_site(self._access)

    def _is_there(self) -> Finding:
        return checks.known_space(self._access, self._api, self._space)

    def _above(self) -> Finding:
        return next(checks.parent_page(self._api, self._api.space(self._space), self._parent))


def guide_of(
    access: ConfluenceAccess, space: str, parent: str, authorities: Authorities
) -> ConfluenceGuide:
    """Open the guide of a site, with the space and the parent page as far as they are named."""
    connection = ConfluenceConnection(access, RetryPolicy(), Circuit(), NoPace(), authorities)
    api = (CloudApi if access.is_cloud else DataCenterApi)(connection)
    return ConfluenceGuide(access, api, space, parent, connection.close)
