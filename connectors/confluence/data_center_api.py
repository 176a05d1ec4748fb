"""Data Center's API for pages: ``/rest/api`` below whatever path the server has.

Source: its OpenAPI document, version 10.0.3.
"""

from collections.abc import Iterator
from itertools import islice
from urllib.parse import quote

from connectors.confluence.connection import ConfluenceConnection, Query
from connectors.confluence.payloads import (
    Space,
    data_center_comment,
    data_center_note,
    data_center_page,
    incident_marked,
    note_value,
    says,
    space,
)
from connectors.errors import NotFound, Rejected, Unreachable
from connectors.json_fields import JsonValue
from connectors.pages import (
    PROPERTY,
    Attachment,
    KeptNote,
    NewPage,
    Page,
    PageChange,
    PageComment,
    PageId,
    PageNote,
)

_CONTENT = "/rest/api/content"
_NOTE = f"metadata.properties.{PROPERTY},metadata.properties.{PROPERTY}.version"
_EXPAND = f"body.storage,version,space,{_NOTE}"
_EACH_STATUS = [("status", "current"), ("status", "trashed"), ("status", "archived")]
_MOST = 100


class DataCenterApi:
    """Requests of Confluence Data Center; its answers as records."""

    def __init__(self, connection: ConfluenceConnection) -> None:
        self._connection = connection
        self._base = connection.access.base

    def space(self, key: str) -> Space:
        """Read a space. Raises ``NotFound``."""
        path = f"/rest/api/space/{quote(key, safe='')}"
        return space(
            self._ask(f"read the space {key}", "GET", path, query=[("expand", "homepage")])
        )

    def spaces(self) -> list[Space]:
        """List the spaces that can be seen."""
        return [space(one) for one in self._listed("list the spaces", "/rest/api/space", [])]

    def creation(self, page: NewPage, into: Space, parent: str) -> tuple[str, object]:
        """Give where to post a new page, and what: its property comes with it."""
        body: dict[str, object] = {
            "type": "page",
            "status": "current",
            "title": page.title,
            "space": {"key": into.key},
            "body": {"storage": {"value": page.body, "representation": "storage"}},
            "metadata": {"properties": {PROPERTY: {"value": note_value(page.note)}}},
        }
        if above := parent or into.home:
            body["ancestors"] = [{"id": above}]
        return f"{_CONTENT}?expand={_EXPAND}", body

    def page(self, answer: JsonValue) -> Page:
        """Read a page of an answer."""
        return data_center_page(answer, self._base)

    def read(self, page: PageId) -> Page:
        """Read a page, in the trash and archived too. Raises ``NotFound``.

        Any status is not quite any: archived pages are not among it.
        """
        doing, path = f"read page {page}", f"{_CONTENT}/{page}"
        expand = ("expand", _EXPAND)
        try:
            return self.page(self._ask(doing, "GET", path, query=[*_EACH_STATUS, expand]))
        except Rejected:  # a server that archives no pages
            return self.page(self._ask(doing, "GET", path, query=[("status", "any"), expand]))

    def titled(self, title: str, into: Space) -> list[Page]:
        """Give the pages of exactly this title, with body and property."""
        query = [("type", "page"), ("spaceKey", into.key), ("title", title), ("status", "any")]
        listed = self._listed(
            "look for a page of that title", _CONTENT, [*query, ("expand", _EXPAND)]
        )
        return [self.page(one) for one in listed]

    def noted(self, into: Space, mark: str) -> Iterator[tuple[str, PageId]]:
        """Give incident and id of each page of the space with our property or mark."""
        for page in self._pages_of(into, f"body.storage,{_NOTE}"):
            told = page.kept.note.incident if page.kept else ""
            marked = incident_marked(page.body, mark)
            for incident in dict.fromkeys(filter(None, (told, marked))):
                yield incident, page.id

    def propertied(self, into: Space) -> Iterator[tuple[str, PageId]]:  # noqa: ARG002 - as above
        """Give nothing: the list above tells properties."""
        return iter(())

    def mentioning(self, word: str) -> list[Page]:
        """Give pages of any space that say a word. Raises ``NotFound`` without a search."""
        query = [("cql", says(word)), ("expand", _EXPAND)]
        found = self._listed("search the pages", f"{_CONTENT}/search", query)
        return [self.page(one) for one in islice(found, _MOST)]

    def has_title(self, title: str, into: Space) -> bool:
        """Tell whether a page that can be seen has a title, in whatever case."""
        pages = self._pages_of(into, "version")
        return any(one.title.casefold() == title.casefold() for one in pages)

    def comments(self, page: PageId) -> list[PageComment]:
        """Give the comments at words of a page."""
        path = f"{_CONTENT}/{page}/child/comment"
        query = [("location", "inline"), ("expand", "extensions.inlineProperties,version")]
        found = self._listed(f"read the comments on page {page}", path, query)
        return [data_center_comment(one) for one in found]

    def body_of(self, page: PageId, version: int) -> str:
        """Give what a page said in a version. Raises ``NotFound``."""
        query: Query = [
            ("status", "historical"),
            ("version", version),
            ("expand", "body.storage,version"),
        ]
        doing = f"read version {version} of page {page}"
        return self.page(self._ask(doing, "GET", f"{_CONTENT}/{page}", query=query)).body

    def _pages_of(self, into: Space, expand: str) -> Iterator[Page]:
        """Go through the pages of a space, those in the trash too where the server can do that."""
        doing = "list the pages of the space"
        asked: Query = [("spaceKey", into.key), ("type", "page"), ("status", "any")]
        asked = [*asked, ("expand", expand), ("limit", _MOST)]
        cursor = ""
        while True:
            query: Query = [*asked, ("cursor", cursor)] if cursor else asked
            try:
                answer = self._ask(doing, "GET", f"{_CONTENT}/scan", query=query)
            except (NotFound, Rejected):
                if cursor:
                    raise
                break  # an older server: the space's own list has the current ones
            yield from map(self.page, answer["results"].objects())
            cursor = answer["nextCursor"].text_or_none() or ""
            if not cursor:
                return
        path = f"/rest/api/space/{quote(into.key, safe='')}/content/page"
        yield from map(self.page, self._listed(doing, path, [("depth", "all"), ("expand", expand)]))

    def update(self, page: PageId, change: PageChange) -> Page:
        """Write a page, where it is: who names no ancestors moves nothing."""
        body = {
            "id": page,
            "type": "page",
            "status": "current",
            "title": change.title,
            "body": {"storage": {"value": change.body, "representation": "storage"}},
            "version": {
                "number": change.version + 1,
                "message": change.message,
                "minorEdit": change.quiet,
            },
        }
        answer = self._ask(
            f"write page {page}",
            "PUT",
            f"{_CONTENT}/{page}",
            body=body,
        )
        return self.page(answer)

    def keep(self, page: PageId, kept: KeptNote | None, note: PageNote) -> KeptNote:
        """Write a property; where another has done so meanwhile, over what that one wrote."""
        try:
            return self._keep(page, kept, note)
        except Rejected:  # 409 for an old version, 400 for a key that is there
            path = f"{_CONTENT}/{page}/property/{PROPERTY}"
            answer = self._ask(f"read the property of page {page}", "GET", path)
            return self._keep(page, data_center_note(answer), note)

    def _keep(self, page: PageId, kept: KeptNote | None, note: PageNote) -> KeptNote:
        path, doing = f"{_CONTENT}/{page}/property", f"write the property of page {page}"
        body: dict[str, object] = {"key": PROPERTY, "value": note_value(note)}
        if kept is None:
            answer = self._ask(doing, "POST", path, body=body)
        else:
            body |= {"id": kept.id, "version": {"number": kept.version + 1}}
            answer = self._ask(doing, "PUT", f"{path}/{PROPERTY}", body=body)
        return data_center_note(answer) or KeptNote(kept.id if kept else "", 1, note)

    def attach(self, page: PageId, file: Attachment, *, is_first: bool = False) -> None:
        """Put a file on a page: a post makes it, another at its own address a new version.

        A first upload that fails may leave a broken file behind, so its size is compared.
        """
        try:
            self._upload(page, file, None if is_first else self._attached(page, file.name))
        except Rejected:  # there is one all the same
            if not is_first:
                raise
            self._upload(page, file, self._attached(page, file.name))
        except Unreachable:
            left = self._attached(page, file.name)
            if left is None or left["extensions"]["fileSize"].number_or_none() != len(file.data):
                self._upload(page, file, left)

    def _upload(self, page: PageId, file: Attachment, there: JsonValue | None) -> None:
        path = f"{_CONTENT}/{page}/child/attachment"
        if there is not None:
            path += f"/{there['id'].identifier()}/data"
        self._connection.ask(
            f"attach {file.name} to page {page}",
            "POST",
            path,
            files={
                "file": (file.name, file.data, file.media_type),
                "minorEdit": (None, "true", "text/plain"),
            },
            repeatable=False,
        )

    def _attached(self, page: PageId, name: str) -> JsonValue | None:
        path, query = f"{_CONTENT}/{page}/child/attachment", [("filename", name)]
        answer = self._ask(f"look for {name} on page {page}", "GET", path, query=query)
        return next(iter(answer["results"].objects()), None)

    def name_of(self, account: str) -> str:
        """Give the name of an account by its key, "" where it is not told."""
        doing, query = "read who is mentioned", [("key", account)]
        answer = self._ask(doing, "GET", "/rest/api/user", query=query)
        return answer["displayName"].text_or_none() or ""

    def lacking(self, into: Space) -> list[str]:  # noqa: ARG002 - the other kind asks about it
        """Give nothing: Data Center tells what is permitted to its administrators alone."""
        return []

    def _listed(self, doing: str, path: str, query: Query) -> Iterator[JsonValue]:
        """Go through a list; its link to the next page may be missing where there is more."""
        start = 0
        while True:
            asked = [*query, ("start", start), ("limit", _MOST)]
            answer = self._ask(doing, "GET", path, query=asked)
            found = answer["results"].objects()
            yield from found
            limit = answer["limit"].number_or_none() or _MOST
            if not found or (len(found) < limit and not answer["_links"]["next"]):
                return
            start += len(found)

    def _ask(
        self, doing: str, method: str, path: str, *, query: Query = (), body: object = None
    ) -> JsonValue:
        return self._connection.ask(doing, method, path, query=query, body=body)
