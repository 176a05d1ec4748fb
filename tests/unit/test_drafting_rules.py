"""A team's own rules, from the words of its settings to what the timeline does with entries."""

from pathlib import Path

import pytest

from connectors.log_entry_kinds import EntryKind
from connectors.pagerduty.common_payloads import ENTRY_KINDS
from worker.app.composition import policy
from worker.app.registry import Services, load_settings
from worker.drafting.policy import Handling, OutsideLog, Rules

KEY = {"PAGERDUTY_API_KEY": "secret"}


def _rules(tmp_path: Path, *words: str, environ: dict[str, str]) -> Rules:
    file = tmp_path / "settings.toml"
    file.write_text("".join(f"[drafts.rules.{word}]\naction = 'drop'\n" for word in words), "utf-8")
    settings = load_settings(file, environ)
    services = Services.under(settings)
    return policy(settings, services.source, services.tracker).drafting.rules


@pytest.mark.parametrize(("word", "kind"), ENTRY_KINDS.items())
def test_a_rule_is_found_by_the_word_that_the_log_has(
    tmp_path: Path, word: str, kind: EntryKind
) -> None:
    rules = _rules(tmp_path, word, environ=KEY)
    assert {about: rule.handling for about, rule in rules.items()} == {kind: Handling.DROP}


def test_a_rule_may_be_for_what_is_beside_the_log(tmp_path: Path) -> None:
    beside = ("alert", "fired_again", "change_event", "responder", "message")
    names = (*beside, "task", "role", "automation")
    assert set(_rules(tmp_path, *names, environ=KEY)) == set(OutsideLog)


def test_a_rule_may_be_for_a_type_that_no_kind_is_made_for(tmp_path: Path) -> None:
    assert set(_rules(tmp_path, "workflow_run_log_entry", environ=KEY)) == {"workflow run"}


def test_without_a_source_the_words_of_rules_are_kept(tmp_path: Path) -> None:
    assert set(_rules(tmp_path, "notify_log_entry", environ={})) == {"notify_log_entry"}
