"""Cloud's API for pages: version 2, and of version 1 the upload of files, which 2 lacks.

Source: "The Confluence Cloud REST API v2" and its OpenAPI document.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from connectors.confluence.connection import ConfluenceConnection, Query
from connectors.confluence.payloads import (
    Space,
    cloud_comment,
    cloud_note,
    cloud_page,
    data_center_page,
    incident_marked,
    note_value,
    says,
    space,
    within,
)
from connectors.errors import NotFound
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
    StaleVersion,
)

_V2 = "/api/v2"
_EVERY_STATUS = tuple(("status", one) for one in ("current", "archived", "trashed"))
_MOST = 250
"""Results in one answer, by the documentation."""
_SOME = 50
"""Results in one answer that come with their bodies."""
_FOUND = 100
"""Pages in one answer of the search."""
_MOST_ASKED = 25
"""Pages whose property is asked for one by one."""
_SEARCH = "/rest/api/content/search"
_NOTES = f"metadata.properties.{PROPERTY},version"
WHOLE: Query = (("body-format", "storage"), ("include-properties", "true"))
"""What a page is read with: its body and its properties."""
_NEEDED = {("create", "page"): "create pages", ("create", "attachment"): "attach files"}


class CloudApi:
    """Requests of Confluence Cloud; its answers as records."""

    def __init__(self, connection: ConfluenceConnection) -> None:
        self._connection = connection
        self._base = connection.access.base

    def space(self, key: str) -> Space:
        """Read a space. Raises ``NotFound``."""
        query: Query = [("keys", key), ("limit", 1)]
        answer = self._ask(f"read the space {key}", "GET", "/spaces", query=query)
        found = [space(one) for one in answer["results"].objects()]
        if not found:
            raise NotFound(f"Confluence shows these credentials no space {key}.")
        return found[0]

    def spaces(self) -> list[Space]:
        """List the spaces that can be seen."""
        found = self._listed("list the spaces", "/spaces", [("limit", _MOST)])
        return [space(one) for one in found]

    def creation(self, page: NewPage, into: Space, parent: str) -> tuple[str, object]:
        """Give where to post a new page, and what; it goes below the space's home by itself."""
        body: dict[str, object] = {
            "spaceId": into.id,
            "status": "current",
            "title": page.title,
            "body": _body(page.body),
        }
        if parent:
            body["parentId"] = parent
        return f"{_V2}/pages", body

    def page(self, answer: JsonValue) -> Page:
        """Read a page of an answer."""
        return cloud_page(answer, self._base)

    def read(self, page: PageId) -> Page:
        """Read a page, in the trash too. Raises ``NotFound``."""
        return self.page(self._ask(f"read page {page}", "GET", f"/pages/{page}", query=WHOLE))

    def titled(self, title: str, into: Space) -> list[Page]:
        """Give the pages of exactly this title, with body and property."""
        query: Query = [("space-id", into.id), ("title", title), *_EVERY_STATUS, ("limit", _MOST)]
        found = self._listed("look for a page of that title", "/pages", query)
        return [self.read(self.page(one).id) for one in found]

    def noted(self, into: Space, mark: str) -> Iterator[tuple[str, PageId]]:
        """Give incident and id of each page with our mark."""
        query: Query = [("limit", _SOME), ("body-format", "storage")]
        for page in self._pages_of(into, query):
            if incident := incident_marked(page.body, mark):
                yield incident, page.id

    def propertied(self, into: Space) -> Iterator[tuple[str, PageId]]:
        """Give incident and id of each page with our property.

        Version 2 tells properties page by page alone, so version 1's search is asked, which knows
        current pages. Those elsewhere, or all where it is not there, are looked at one by one:
        the first that sound like ours.
        """
        seen = set[PageId]()
        with suppress(NotFound):  # a site without that search
            for page in self._found(within(into), _NOTES):
                seen.add(page.id)
                if page.kept is not None and page.kept.note.incident:
                    yield page.kept.note.incident, page.id
        unseen = (
            page.id
            for page in self._pages_of(into, [("limit", _MOST)])
            if page.id not in seen and "ostmortem" in page.title
        )
        for page_id in islice(unseen, _MOST_ASKED):
            for note in self._properties(page_id):
                if note is not None and note.note.incident:
                    yield note.note.incident, page_id

    def mentioning(self, word: str) -> list[Page]:
        """Give pages of any space that say a word. Raises ``NotFound`` without a search."""
        return list(islice(self._found(says(word), _NOTES + ",body.storage"), _SOME))

    def has_title(self, title: str, into: Space) -> bool:
        """Tell whether a page that can be seen has a title, in whatever case."""
        pages = self._pages_of(into, [("limit", _MOST)])
        return any(one.title.casefold() == title.casefold() for one in pages)

    def comments(self, page: PageId) -> list[PageComment]:
        """Give the comments at words of a page."""
        path, query = f"/pages/{page}/inline-comments", [("limit", _MOST)]
        found = self._listed(f"read the comments on page {page}", path, query)
        return [cloud_comment(one) for one in found]

    def body_of(self, page: PageId, version: int) -> str:
        """Give what a page said in a version. Raises ``NotFound``."""
        query: Query = [("version", version), ("body-format", "storage")]
        doing = f"read version {version} of page {page}"
        return self.page(self._ask(doing, "GET", f"/pages/{page}", query=query)).body

    def _pages_of(self, space: Space, query: Query) -> Iterator[Page]:
        listed = self._listed(
            "list the pages of the space", f"/spaces/{space.id}/pages", [*query, *_EVERY_STATUS]
        )
        return map(self.page, listed)

    def _found(self, cql: str, expand: str) -> Iterator[Page]:
        """Search by version 1, whose pages look like Data Center's."""
        query: Query = [("cql", cql), ("limit", _FOUND), ("expand", expand)]
        while True:
            answer = self._connection.ask("search the pages", "GET", _SEARCH, query=query)
            for one in answer["results"].objects():
                yield data_center_page(one, self._base)
            link = answer["_links"]["next"].text_or_none()
            if not link:
                return
            query = parse_qsl(urlsplit(link).query)

    def update(self, page: PageId, change: PageChange) -> Page:
        """Write a page; version 2 knows no write without mail, and no parent leaves its place."""
        body = {
            "id": page,
            "status": "current",
            "title": change.title,
            "body": _body(change.body),
            "version": {"number": change.version + 1, "message": change.message},
        }
        return self.page(self._ask(f"write page {page}", "PUT", f"/pages/{page}", body=body))

    def keep(self, page: PageId, kept: KeptNote | None, note: PageNote) -> KeptNote:
        """Write a property; where another has done so meanwhile, over what that one wrote."""
        try:
            return self._keep(page, kept, note)
        except StaleVersion:
            now = next((one for one in self._properties(page) if one is not None), None)
            return self._keep(page, now, note)

    def _keep(self, page: PageId, kept: KeptNote | None, note: PageNote) -> KeptNote:
        path, doing = f"/pages/{page}/properties", f"write the property of page {page}"
        body: dict[str, object] = {"key": PROPERTY, "value": note_value(note)}
        if kept is None:
            answer = self._ask(doing, "POST", path, body=body)
        else:
            body["version"] = {"number": kept.version + 1}
            answer = self._ask(doing, "PUT", f"{path}/{kept.id}", body=body)
        return cloud_note(answer) or KeptNote(kept.id if kept else "", 1, note)

    def attach(self, page: PageId, file: Attachment, *, is_first: bool = False) -> None:  # noqa: ARG002 - one request does either
        """Put a file on a page: a PUT makes it, or a new version of it."""
        path = f"/rest/api/content/{page}/child/attachment"
        self._connection.ask(
            f"attach {file.name} to page {page}",
            "PUT",
            path,
            files={
                "file": (file.name, file.data, file.media_type),
                "minorEdit": (None, "true", "text/plain"),
            },
        )

    def name_of(self, account: str) -> str:
        """Give the name of an account, "" where it is not told."""
        doing, body = "read who somebody is", {"accountIds": [account]}
        answer = self._ask(doing, "POST", "/users-bulk", body=body)
        people = answer["results"].objects()
        told = [
            one["displayName"].text_or_none() or one["publicName"].text_or_none() for one in people
        ]
        return next(filter(None, told), "")

    def lacking(self, into: Space) -> list[str]:
        """Give what the account may not do in the space."""
        path = f"/spaces/{into.id}/operations"
        answer = self._ask("read what is permitted in the space", "GET", path)
        held = {
            (one["operation"].text_or_none() or "", one["targetType"].text_or_none() or "")
            for one in answer["operations"].objects()
        }
        return [what for needed, what in _NEEDED.items() if needed not in held]

    def _properties(self, page: PageId) -> list[KeptNote | None]:
        query = [("key", PROPERTY)]
        path = f"/pages/{page}/properties"
        answer = self._ask(f"read the property of page {page}", "GET", path, query=query)
        return [cloud_note(one) for one in answer["results"].objects()]

    def _listed(self, doing: str, path: str, query: Query) -> Iterator[JsonValue]:
        """Go through a list, by the cursor that each answer's link to the next has."""
        while True:
            answer = self._ask(doing, "GET", path, query=query)
            yield from answer["results"].objects()
            link = answer["_links"]["next"].text_or_none()
            if not link:
                return
            query = parse_qsl(urlsplit(link).query)

    def _ask(
        self, doing: str, method: str, path: str, *, query: Query = (), body: object = None
    ) -> JsonValue:
        return self._connection.ask(doing, method, _V2 + path, query=query, body=body)


def _body(value: str) -> Mapping[str, str]:
    """Give a body; without its representation Cloud answers 500."""
    return {"representation": "storage", "value": value}
