"""Cloud's API for pages: version 2, and of version 1 the upload of files, which 2 lacks.

Source: "The Confluence Cloud REST API v2" and its OpenAPI document.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from connectors.confluence.connection import Query, SiteConnection
from connectors.confluence.payloads import (
    Space,
    cloud_note,
    cloud_page,
    incident_marked,
    note_value,
    space,
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
WHOLE: Query = (("body-format", "storage"), ("include-properties", "true"))
"""What a page is read with: its body and its properties."""
_NEEDED = {("create", "page"): "create pages", ("create", "attachment"): "attach files"}


class CloudApi:
    """Requests of Confluence Cloud; its answers as records."""

    def __init__(self, connection: SiteConnection) -> None:
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
        """Give incident and id of each page with our mark, then of those with our property.

        Of the latter those that sound like ours come first, for each takes a request.
        """
        query: Query = [("limit", _SOME), ("body-format", "storage"), *_EVERY_STATUS]
        listed = self._listed("list the pages of the space", f"/spaces/{into.id}/pages", query)
        others = []
        for page in map(self.page, listed):
            if incident := incident_marked(page.body, mark):
                yield incident, page.id
            else:
                others.append(page)
        for page in sorted(others, key=lambda one: "ostmortem" not in one.title):
            for note in self._properties(page.id):
                if note is not None and note.note.incident:
                    yield note.note.incident, page.id

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

    def attach(self, page: PageId, file: Attachment) -> None:
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
        doing, body = "read who wrote a page", {"accountIds": [account]}
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
