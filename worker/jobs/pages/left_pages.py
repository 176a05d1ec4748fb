"""Pages whose document somebody has deleted: they are left where they are, and told once."""

from collections.abc import Iterator
from dataclasses import replace

from worker.jobs.context import JobContext


def left_pages(context: JobContext) -> Iterator[str]:
    """Say of each page without a document that it was left; of each once, unless it comes again.

    The documents must have been listed just now.
    """
    if context.publisher is None:
        return
    for known in context.journal.pages.without_document():
        sentence = (
            f'The document of incident {known.incident} was removed, so its page "{known.called}" '
            f"({known.address}) was left as it is. Delete it there if nobody needs it."
        )
        if known.told == sentence:
            continue
        if not context.dry_run:
            context.journal.pages.put(replace(known, told=sentence))
        yield sentence
