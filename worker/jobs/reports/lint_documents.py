"""The documents of a store, read as they are now and held against the rules for a final one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from connectors.errors import PostmortemError
from connectors.incidents import IncidentId
from worker.document.lint.findings import LintFinding
from worker.document.lint.lint import LintedDocument, lint
from worker.document.outline import outline
from worker.document.unread.unfinished_text import refuse_conflicts
from worker.jobs.catalogue import look
from worker.jobs.context import JobContext
from worker.journal.records import KnownDocument


@dataclass(slots=True)
class Linted:
    """What was found in how many documents, and what could not be looked at, in sentences."""

    documents: int = 0
    findings: list[LintFinding] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def lint_documents(
    context: JobContext,
    incidents: Sequence[IncidentId] = (),
    names: Collection[str] = (),
    *,
    strict: bool = False,
) -> Linted:
    """Hold the documents of the incidents and of these names against the rules, or all.

    The latest come first. A name that is no document's is passed over.

    All documents are read, since an action item may be planned in another one already. Raises
    ``PostmortemError`` where the store cannot be listed.
    """
    catalogue = look(context)
    linted = Linted()
    linted.failures += [
        f"Incident {one} has no document. Run `postmortem draft {one}` to write it."
        for one in incidents
        if not catalogue.by_incident.get(one)
    ]
    linted.documents = len(catalogue.by_incident)
    known = sorted(catalogue.documents.values(), key=lambda one: one.name, reverse=True)
    every = not incidents and not names
    wanted = {one.name for one in known if every or one.incident in incidents or one.name in names}
    policy = context.policy
    templates = [policy.template, *(one.text for one in policy.templates)]
    each = (
        _read(context, one, linted.failures if one.name in wanted else [])
        for one in known
        if one.incident or one.problem
    )
    linted.findings += lint(
        filter(None, each), templates, policy.names, context.clock(), strict=strict, wanted=wanted
    )
    return linted


def _read(
    context: JobContext, document: KnownDocument, failures: list[str]
) -> LintedDocument | None:
    """Read a document that the rules can be held against, None where none can."""
    try:
        text = context.store.read(document.name).text
        refuse_conflicts(text)
        outline(text, context.policy.names)
    except PostmortemError as error:
        told = document.problem or str(error)
        failures.append(told if document.name in told else f"{document.name}: {told}")
        return None
    return LintedDocument(document.incident, document.name, text)
