"""The documents that hold given words, read as they are now."""

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.errors import PostmortemError
from connectors.incidents import IncidentId
from worker.content.inline_markdown import plain
from worker.content.word_search import find, may_hold, words_in
from worker.document.front_matter import body_line
from worker.document.outline import title
from worker.document.text_edits import SourceText
from worker.jobs.catalogue import look
from worker.jobs.context import JobContext

MOST_SHOWN = 300
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A document that holds the words; ``line`` (from 1) is where most of them stand."""

    incident: IncidentId
    document: str
    title: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, and why some documents could not be read for it."""

    found: tuple[FoundDocument, ...]
    unread: tuple[str, ...]


def search_documents(context: JobContext, words: str) -> SearchResult:
    """Give the documents that hold all of the words, best first, then the latest.

    Raises ``PostmortemError`` where the store cannot be listed.
    """
    wanted = words_in(words)
    known = sorted(look(context).documents.values(), key=lambda one: one.name, reverse=True)
    found: list[tuple[int, FoundDocument]] = []
    unread: list[str] = []
    for one in known if wanted else ():
        if one.incident:
            try:
                found += _found_in(context, wanted, one.incident, one.name)
            except PostmortemError as error:
                unread.append(str(error))
    best = tuple(one for _, one in sorted(found, key=lambda each: -each[0]))
    return SearchResult(best, tuple(unread))


def _found_in(
    context: JobContext, wanted: list[str], incident: IncidentId, name: str
) -> Iterator[tuple[int, FoundDocument]]:
    text = context.store.read(name).text
    if not may_hold(wanted, text):
        return
    source = SourceText.of(text)
    first, called = body_line(source), title(text)
    lines = [source.line(number) for number in range(first, len(source.starts))]
    fits = find(wanted, called, lines)
    if fits is not None:
        words = plain(lines[fits.line])[:MOST_SHOWN] if lines else ""
        yield fits.score, FoundDocument(incident, name, called, first + fits.line + 1, words)
