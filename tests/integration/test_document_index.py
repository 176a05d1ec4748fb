"""The index of documents in the journal, on every database."""

from dataclasses import replace

from config.template_names import Names
from connectors.incidents import IncidentId
from tests.integration.test_journal import clock, journal, postgres, url
from tests.unit.test_indexed_document import BODY, HEAD
from worker.document.index.indexed_document import IndexedDocument, rules
from worker.document.index.read_for_index import read
from worker.journal.journal import Journal
from worker.journal.records import KnownDocument

__all__ = ["journal", "postgres", "url"]
RULES = rules(Names())


def known(name: str, fingerprint: str = "f1") -> KnownDocument:
    return KnownDocument(name, fingerprint, IncidentId("Q1ABCDEF2GHIJK"), clock())


def indexed(name: str, fingerprint: str = "f1") -> IndexedDocument:
    return read(name, fingerprint, HEAD + BODY, Names())


def test_what_documents_say_comes_out_as_it_went_in(journal: Journal) -> None:
    journal.index.put([indexed("a.md"), indexed("b.md")])
    assert journal.index.of() == {"a.md": indexed("a.md"), "b.md": indexed("b.md")}
    fewer = replace(indexed("a.md", "f2"), items=indexed("a.md").items[:1], title="A\0B")
    journal.index.put([fewer])
    assert journal.index.of(["a.md", "c.md"]) == {"a.md": replace(fewer, title="A\ufffdB")}


def test_a_row_of_another_text_or_of_other_rules_is_no_reading(journal: Journal) -> None:
    journal.remember([known("a.md"), known("b.md", "f2"), known("c.md"), known("d.md", "")])
    old = replace(indexed("c.md"), rules="old")
    journal.index.put([indexed("a.md"), indexed("b.md"), old])
    assert set(journal.index.unread(RULES, 9)) == {"b.md", "c.md"}
    assert len(journal.index.unread(RULES, 1)) == 1
    assert journal.index.progress(RULES) == (1, 3)


def test_a_document_that_is_forgotten_says_nothing_any_more(journal: Journal) -> None:
    journal.remember([known("a.md"), known("b.md")])
    journal.index.put([indexed("a.md"), indexed("b.md")])
    journal.forget(["a.md"])
    assert set(journal.index.of()) == {"b.md"}
    journal.index.put([replace(indexed("a.md"), items=())])
    assert journal.index.of()["a.md"].items == ()
