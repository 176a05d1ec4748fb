"""Any order of what people and the program do to a store, held against a plain dictionary."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.integration.places import DirectoryPlace, GitPlace, Place
from worker.store.document_store import Changed, DocumentMissing, Version

NAMES = st.sampled_from(["a.md", "b.md", "2026/c.md"])
TEXTS = st.sampled_from(["one\n", "two\n", "six\n", "three\r\n", "\ufeffé\n"])


@dataclass(frozen=True)
class Look:
    """A document as the program once saw it; without a version there was none."""

    name: str
    text: str | None
    version: Version | None


class PeopleAndProgram(RuleBasedStateMachine):
    """A store, beside ``documents``, which says what must be in it.

    ``meant`` keeps what a document was under each fingerprint that was ever told of it: no
    fingerprint may mean two contents, or a change would be overlooked for good.
    """

    looks = Bundle("looks")

    def __init__(self, make: Callable[[Path], Place]) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.place = make(Path(self.folder.name))
        self.documents: dict[str, str] = {}
        self.meant: dict[tuple[str, str], str] = {}

    def teardown(self) -> None:
        self.folder.cleanup()

    def told(self, name: str, fingerprint: str) -> None:
        text = self.documents[name]
        assert self.meant.setdefault((name, fingerprint), text) == text

    @rule(name=NAMES, text=TEXTS)
    def a_person_saves(self, name: str, text: str) -> None:
        self.place.put(name, text.encode())
        self.documents[name] = text

    @rule(name=NAMES)
    def a_person_removes(self, name: str) -> None:
        if self.documents.pop(name, None) is not None:
            self.place.remove(name)

    @rule(target=looks, name=NAMES)
    def the_program_reads(self, name: str) -> Look:
        if name not in self.documents:
            with pytest.raises(DocumentMissing):
                self.place.store.read(name)
            return Look(name, None, None)
        stored = self.place.store.read(name)
        assert stored.text == self.documents[name]
        self.told(name, stored.version.fingerprint)
        return Look(name, stored.text, stored.version)

    @rule(target=looks, look=looks, text=TEXTS)
    def the_program_writes(self, look: Look, text: str) -> Look:
        if self.documents.get(look.name) != look.text:
            with pytest.raises(Changed):
                self.place.store.write(look.name, text, look.version)
            return look
        version = self.place.store.write(look.name, text, look.version)
        self.documents[look.name] = text
        self.told(look.name, version.fingerprint)
        return Look(look.name, text, version)

    @invariant()
    def people_see_what_must_be_there(self) -> None:
        for name in ("a.md", "b.md", "2026/c.md"):
            data = self.place.get(name)
            assert (None if data is None else data.decode()) == self.documents.get(name)

    @invariant()
    def the_listing_names_every_document(self) -> None:
        listed = self.place.store.list()
        assert [one.name for one in listed] == sorted(self.documents)
        for one in listed:
            self.told(one.name, one.fingerprint)


@pytest.mark.parametrize(
    ("make", "examples", "steps"),
    [(DirectoryPlace.make, 60, 30), (GitPlace.make, 3, 12)],
    ids=["directory", "git"],
)
def test_a_store_holds_what_was_saved_last_and_refuses_whatever_was_not_read(
    make: Callable[[Path], Place], examples: int, steps: int
) -> None:
    run_state_machine_as_test(
        lambda: PeopleAndProgram(make),
        settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None),
    )
