"""Drafting tells things apart by kinds, and no source by its words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import worker.drafting
from connectors.log_entry_kinds import EntryKind
from connectors.pagerduty import common_payloads
from worker.drafting.policy import DEFAULT_RULES

FOLDER = Path(worker.drafting.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
WORDS = frozenset(
    {
        *common_payloads.ENTRY_KINDS,
        *common_payloads.CHANNEL_KINDS,
        *common_payloads.MEDIA,
        *common_payloads.ANSWERS,
    }
)


def _told_apart(tree: ast.AST) -> Iterator[str]:
    """Give each text that code tells things apart by: compared, matched, a key or a member."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare():
                held: list[ast.AST | None] = [node.left, *node.comparators]
            case ast.Dict():
                held = [*node.keys]
            case ast.Set():
                held = [*node.elts]
            case ast.MatchValue():
                held = [node.value]
            case ast.Call(func=ast.Attribute(attr="startswith" | "endswith" | "removesuffix")):
                held = [*node.args]
            case _:
                continue
        for one in held:
            for part in ast.walk(one) if one is not None else ():
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_module_of_drafting_knows_a_sources_words(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "_log_entry" not in text
    assert "pagerduty" not in text.lower()
    assert WORDS.isdisjoint(_told_apart(ast.parse(text)))


def test_words_that_are_told_apart_are_found() -> None:
    code = 'a == "auto"; b in {"joined"}; {"sms": 1}; c.endswith("email")\nmatch d:\n case "x": ...'
    assert set(_told_apart(ast.parse(code))) == {"auto", "joined", "sms", "email", "x"}


def test_every_kind_of_log_entry_has_a_rule_but_what_there_is_no_kind_for() -> None:
    assert {kind for kind in EntryKind if kind not in DEFAULT_RULES} == {EntryKind.OTHER}
    assert set(common_payloads.ENTRY_KINDS.values()) == set(EntryKind) - {EntryKind.OTHER}
