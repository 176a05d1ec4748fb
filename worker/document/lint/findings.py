"""What is found in a document that keeps it from being final, and the rules by which it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class LintRule(StrEnum):
    """What a document should keep to; the value is the word by which people name it."""

    OPEN_PROMPT = "open-prompt"
    NO_OWNER = "no-owner"
    NO_DEADLINE = "no-deadline"
    NO_ROOT_CAUSE = "no-root-cause"
    TIME_ORDER = "time-order"
    OUTSIDE_INCIDENT = "outside-incident"
    DURATION = "duration"
    ACK_AFTER_RESOLVE = "ack-after-resolve"
    REPEATS_OPEN_ITEM = "repeats-open-item"
    FINAL_WITH_PROMPTS = "final-with-prompts"
    NO_EVIDENCE = "no-evidence"
    NO_VERB = "no-verb"


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing that a document should not say, or lacks; ``line`` counts from 1."""

    incident: str
    document: str
    line: int
    rule: LintRule
    message: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """A finding before it is known whose document it is in; ``line`` counts from 0."""

    line: int
    rule: LintRule
    message: str


def placed(faults: Iterable[Flaw], incident: str, document: str) -> list[LintFinding]:
    """Name the incident and the document of faults, in the order in which they stand there."""
    ordered = sorted(faults, key=lambda one: one.line)
    return [LintFinding(incident, document, one.line + 1, one.rule, one.message) for one in ordered]
