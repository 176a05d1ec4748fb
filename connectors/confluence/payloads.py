"""Confluence's JSON, of Cloud and of Data Center, into the records of pages, and back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from connectors.json_fields import JsonValue, Sender
from connectors.pages import (
    PROPERTY,
    KeptNote,
    Page,
    PageComment,
    PageId,
    PageNote,
    PageState,
)

CONFLUENCE = Sender("Confluence")
_STATES = {
    "current": PageState.CURRENT,
    "archived": PageState.ARCHIVED,
    "trashed": PageState.TRASHED,
    "deleted": PageState.TRASHED,
}
_IN_PATH = re.compile(r"/pages/(?:edit-v2/)?(\d+)(?:/|$)")


@dataclass(frozen=True, slots=True)
class Space:
    """A space: its id (Cloud alone), key, name, and the id of its home."""

    id: str
    key: str
    name: str
    home: str


def problem(data: object) -> str:
    """Give what an answer says was wrong, "" where it says nothing; any shape is understood."""
    if not isinstance(data, dict):
        return ""
    errors = data.get("errors")
    listed = errors if isinstance(errors, list) else []
    said = [
        ": ".join(str(one[name]) for name in ("title", "detail") if one.get(name))
        for one in listed
        if isinstance(one, dict)
    ]
    whole = "; ".join(filter(None, said)) or data.get("message") or data.get("reason") or ""
    return " ".join(str(whole).split())


def cloud_page(answer: JsonValue, base: str) -> Page:
    """Read a page as Cloud's v2 has it."""
    version = answer["version"]
    author = version["authorId"].text_or_none() or ""
    page = PageId(answer["id"].identifier())
    links = answer["_links"]
    path = links["webui"].text_or_none() or f"/pages/viewpage.action?pageId={page}"
    kept = [
        cloud_note(one)
        for one in answer["properties"]["results"].objects()
        if one["key"].text_or_none() == PROPERTY
    ]
    return Page(
        id=page,
        title=answer["title"].text_or_none() or "",
        state=_STATES.get(answer["status"].text_or_none() or "", PageState.OTHER),
        version=version["number"].number_or_none() or 0,
        address=(links["base"].text_or_none() or base) + path,
        body=answer["body"]["storage"]["value"].text_or_none() or "",
        author=author,
        written_at=version["createdAt"].time_or_none(),
        kept=next((one for one in kept if one is not None), None),
    )


def data_center_page(answer: JsonValue, base: str) -> Page:
    """Read a page as Data Center has it; its address is one that a new title leaves as it is."""
    version, page = answer["version"], PageId(answer["id"].identifier())
    by = version["by"]
    account = by["userKey"].text_or_none() or by["username"].text_or_none() or ""
    address = answer["_links"]["base"].text_or_none() or base
    return Page(
        id=page,
        title=answer["title"].text_or_none() or "",
        state=_STATES.get(answer["status"].text_or_none() or "", PageState.OTHER),
        version=version["number"].number_or_none() or 0,
        address=f"{address}/pages/viewpage.action?pageId={page}",
        body=answer["body"]["storage"]["value"].text_or_none() or "",
        author=account,
        author_name=by["displayName"].text_or_none() or account,
        written_at=version["when"].time_or_none(),
        kept=data_center_note(answer["metadata"]["properties"][PROPERTY]),
    )


def cloud_comment(answer: JsonValue) -> PageComment:
    """Read a comment at words of a page as Cloud has it."""
    told = answer["properties"]
    return PageComment(
        told["inlineMarkerRef"].text_or_none() or "",
        told["inlineOriginalSelection"].text_or_none() or "",
        answer["version"]["createdAt"].time_or_none(),
    )


def data_center_comment(answer: JsonValue) -> PageComment:
    """Read a comment at words of a page as Data Center has it."""
    told = answer["extensions"]["inlineProperties"]
    return PageComment(
        told["markerRef"].text_or_none() or "",
        told["originalSelection"].text_or_none() or "",
        answer["version"]["when"].time_or_none(),
    )


def cloud_note(answer: JsonValue) -> KeptNote | None:
    """Read a property as Cloud has it; it names no incident where somebody made junk of it."""
    if not answer:
        return None
    note = _note(answer["value"])
    return KeptNote(answer["id"].identifier(), answer["version"]["number"].number(), note)


def data_center_note(answer: JsonValue) -> KeptNote | None:
    """Read a property as Data Center has it, None where there is none; see :func:`cloud_note`."""
    if not answer:
        return None
    note = _note(answer["value"])
    return KeptNote(PROPERTY, answer["version"]["number"].number_or_none() or 1, note)


def _note(value: JsonValue) -> PageNote:
    """Read what a property remembers; everybody may write it, so nothing is taken on trust."""
    told = value.value if isinstance(value.value, dict) else {}
    incident = told.get("incident")
    if not isinstance(incident, str) or not incident:
        return PageNote("")
    texts = {
        name: found if isinstance(found := told.get(name), str) else ""
        for name in ("mark", "title", "digest", "shown")
    }
    number, files = told.get("version"), told.get("files")
    listed = files.items() if isinstance(files, dict) else ()
    return PageNote(
        incident=incident,
        version=number if isinstance(number, int) and not isinstance(number, bool) else 0,
        files=tuple((str(name), str(digest)) for name, digest in listed),
        **texts,
    )


def note_value(note: PageNote) -> Mapping[str, object]:
    """Give what a property is to hold."""
    return {
        "incident": note.incident,
        "mark": note.mark,
        "version": note.version,
        "title": note.title,
        "digest": note.digest,
        "shown": note.shown,
        "files": dict(note.files),
    }


def space(answer: JsonValue) -> Space:
    """Read a space: Cloud tells its home's id, Data Center the home itself."""
    home = answer["homepageId"].value or answer["homepage"]["id"].value
    return Space(
        id=str(answer["id"].value or ""),
        key=answer["key"].text(),
        name=answer["name"].text_or_none() or answer["key"].text(),
        home=str(home or ""),
    )


def page_named(address: str) -> PageId | None:
    """Give the id of the page that an address names, None where it names none."""
    parts = urlsplit(address)
    if found := _IN_PATH.search(parts.path):
        return PageId(found[1])
    named = parse_qs(parts.query).get("pageId", [""])[0]
    return PageId(named) if named.isdigit() else None


def says(word: str) -> str:
    """Give the query for pages of any space that say a word, which has letters and digits alone."""
    return f'type = page and text ~ "{word}"'


def within(space: Space) -> str:
    """Give the query for the pages of a space."""
    key = space.key.replace("\\", "").replace('"', "")
    return f'type = page and space = "{key}"'


def incident_marked(body: str, mark: str) -> str:
    """Give the incident in the name of an anchor that begins with ``mark``, "" for none."""
    found = re.search(rf">{re.escape(mark)}([A-Za-z0-9]+)-", body)
    return found[1] if found else ""
