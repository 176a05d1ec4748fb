"""What a reviewer asks for besides: a cause that can be checked, items that say what to do.

Both judge words, by what English reviewers object to, so a document is held to them where somebody
wishes it. They are wrong of some good sentences.
"""

import re
from collections.abc import Iterator

from config.template_names import Names, Slot
from worker.content.inline_markdown import plain
from worker.content.placeholders import is_placeholder, says_nothing
from worker.document.action_item_values import shortened
from worker.document.action_items import ActionItem
from worker.document.lint.findings import Flaw, LintRule
from worker.document.lint.word_rules import is_over
from worker.document.outline import Bullet, Outline

_CAUSES = (Slot.ROOT_CAUSE, Slot.PRIMARY_CAUSE, Slot.CONTRIBUTING_FACTORS)
_EVIDENCE = re.compile(r"\]\(|https?://|`|\d|\"|“")
"""A link, code, a number, or a quotation: what a reader can look up or count."""
_NO_VERBS = frozenset(
    [
        "a",
        "an",
        "the",
        "our",
        "this",
        "these",
        "some",
        "more",
        "less",
        "better",
        "fewer",
        "new",
        "no",
        "missing",
        "lack",
        "proper",
        "additional",
        "improved",
        "enhanced",
        "automated",
        "automatic",
        "faster",
        "stronger",
        "clearer",
        "stricter",
        "need",
        "needs",
        "should",
        "must",
        "runbook",
        "documentation",
        "monitoring",
        "alerting",
        "training",
    ]
)
"""What stands first where an item names a thing, or a wish, and nothing that somebody does."""
_FIRST_WORD = re.compile(r"[^\W\d_]+")


def evidence_faults(found: Outline, names: Names) -> Iterator[Flaw]:
    """Find that a cause is told with nothing in it that could be looked up."""
    told = [
        (bullet, words)
        for slot in _CAUSES
        if (bullet := found.bullets.get(slot)) is not None
        for words in _said(bullet, names)
    ]
    if told and not any(_EVIDENCE.search(words) for _, words in told):
        bullet, words = told[0]
        yield Flaw(
            bullet.item.line,
            LintRule.NO_EVIDENCE,
            f"The cause {shortened(words)!r} names nothing that can be looked up: no link, no "
            "number, no code.",
        )


def verb_faults(item: ActionItem) -> Iterator[Flaw]:
    """Find that an action item which is still to do does not say what is to be done."""
    words = _FIRST_WORD.findall(plain(item.task))
    if is_over(item) or not words:
        return
    if len(words) == 1 or words[0].casefold() in _NO_VERBS:
        told = f"The action item {shortened(item.task)!r} does not begin with what is to be done."
        yield Flaw(item.place.line, LintRule.NO_VERB, told)


def _said(bullet: Bullet, names: Names) -> Iterator[str]:
    for words in (bullet.text, *(point.text for one in bullet.points for point in one.walk())):
        if not is_placeholder(words) and not says_nothing(plain(words), names.nothing):
            yield words
