"""How good the drafts of known incidents are: the facts in them, and what a reader would correct.

Run: ``python -m bench.quality``. Every incident of the golden documents and every scenario of the
sandbox is drafted, and its document held against a table written by hand
(``tests/incidents/expected_facts.py``): what must be said and where, and what would be untrue.
Besides are counted the rows of the timeline, the prompts in brackets that wait for people (and
those that share a line with a value), and sentences that are said more than once outside of the
timeline. A row with more than the aim is marked.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from rich.console import Console
from rich.table import Table

from config.template_names import Names
from connectors.incidents import IncidentId, IncidentRecord
from connectors.pagerduty.client import PagerDuty
from connectors.pagerduty.sandbox.scenarios import big, load
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from tests.incidents.documents import INCIDENTS, POLICY, TEMPLATE
from tests.incidents.expected_facts import GOLDEN, SANDBOX, Expected
from worker.document.fill_template import fill
from worker.document.lint.findings import LintRule
from worker.document.lint.lint import LintedDocument, lint
from worker.document.unread.unfinished_text import open_prompts
from worker.drafting.draft import draft

ROWS_AIM = 60
TIMELINE = "Timeline of Events"
ACTIONS = "Action Items"
ANYWHERE = "*"
_FEWEST_QUOTED, _FEWEST_OWN = 3, 4
"""Words of a sentence that may not be said again: of people's, of the program's."""
_OF_TIMES = {
    LintRule.TIME_ORDER,
    LintRule.OUTSIDE_INCIDENT,
    LintRule.DURATION,
    LintRule.ACK_AFTER_RESOLVE,
}
_LABEL = re.compile(r"- \*\*(?P<label>[^*]+):\*\*")
_QUOTE = re.compile(r'"([^"]*)"')
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"\[])|;\s+|\s/\s")
_PROMPT = re.compile(r"(?<![!\w\]\\])\[[A-Z#e\d][^\]]*\](?!\()")
_SOURCE = re.compile(r"\([^()]*\d\d:\d\d[^()]*\)|\((?:from )?the field[^()]*\)|\bCandidate:")
_LINK = re.compile(r"!?\[([^\]]*)\]\(<?[^)]*>?\)")


@dataclass(frozen=True)
class Quality:
    """What a document holds of what it should, and what a reader would correct in it."""

    name: str
    expected: int
    lacking: tuple[str, ...]
    untrue: tuple[str, ...]
    rows: int
    brackets: int
    beside_values: tuple[str, ...]
    repeated: tuple[str, ...]
    contradicting: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether it keeps every aim."""
        wrong = (*self.lacking, *self.untrue, *self.beside_values, *self.repeated)
        return not (wrong or self.contradicting) and self.rows <= ROWS_AIM


def places(document: str) -> Mapping[str, str]:
    """Give what stands in each place of a document: a bullet with its list, a table, the title."""
    found: dict[str, list[str]] = {ANYWHERE: []}
    here = ANYWHERE
    for line in document.splitlines():
        if line.startswith("#"):
            here = line.lstrip("# 0123456789.")
        elif label := _LABEL.match(line):
            here = label["label"]
        found.setdefault(here, []).append(line)
        found[ANYWHERE].append(line)
    return {place: "\n".join(lines) for place, lines in found.items()}


def rate(name: str, record: IncidentRecord, expected: Expected) -> Quality:
    """Draft an incident, and hold the document against what is expected of it."""
    document = fill(TEMPLATE, draft(record, POLICY).content, Names()).text
    told = places(document)
    return Quality(
        name,
        len(expected.facts),
        tuple(f"{at}: {words}" for at, words in expected.facts if words not in told.get(at, "")),
        tuple(f"{at}: {words}" for at, words in expected.untrue if words in told.get(at, "")),
        sum(line.startswith("| ") for line in told[TIMELINE].splitlines()) - 1,
        open_prompts(document),
        tuple(beside_values(document)),
        tuple(repeated(told)),
        tuple(contradicting(document)),
    )


def contradicting(document: str) -> Iterator[str]:
    """Give what lint tells of the times of a draft that nobody has touched."""
    linted = LintedDocument("Q", "draft.md", document)
    for one in lint([linted], TEMPLATE, Names(), datetime.max.replace(tzinfo=UTC)):
        if one.rule in _OF_TIMES:
            yield one.message


def beside_values(document: str) -> Iterator[str]:
    """Give the bullets that hold a prompt and something else."""
    for line in document.splitlines():
        bullet = line.strip().removeprefix("- ")
        said = _LABEL.sub("", f"- {bullet}").strip().removeprefix("- ")
        if line.lstrip().startswith("- ") and _PROMPT.search(said):
            left = _PROMPT.sub("", said).strip(" -")
            if left and not left.startswith("("):
                yield bullet


def repeated(told: Mapping[str, str]) -> Iterator[str]:
    """Give the sentences that are said more than once outside of the timeline."""
    said: Counter[str] = Counter()
    for place, text in told.items():
        if place not in {ANYWHERE, TIMELINE}:
            for line in text.splitlines():
                said.update(_sentences(line))
    yield from (sentence for sentence, number in said.items() if number > 1)


def _sentences(line: str) -> Iterator[str]:
    """Split a line into what it says: each quoted sentence, and each of the program's own."""
    shown = _LINK.sub(r"\1", _PROMPT.sub("", _LABEL.sub("", line)))
    own = _SOURCE.sub(" ", _QUOTE.sub(" ", shown))
    texts = [(text, _FEWEST_QUOTED) for text in _QUOTE.findall(shown)]
    for text, fewest in (*texts, (own, _FEWEST_OWN)):
        for part in _END.split(text):
            words = re.sub(r"[^\w%]+", " ", part).strip().casefold()
            if len(words.split()) >= fewest:
                yield words


def golden() -> Iterator[Quality]:
    """Rate the incidents of the golden documents."""
    for name, make in INCIDENTS.items():
        yield rate(name, make(), GOLDEN[name])


def sandbox() -> Iterator[Quality]:
    """Rate the scenarios of the sandbox, read over HTTP as PagerDuty's own."""
    with PagerDutySandbox() as server:
        scripts = load(server.account)
        scripts["big"] = big(server.account)
        source = PagerDuty(server.api_key, server.url)
        for name, incident in scripts.items():
            if name in SANDBOX:
                record = source.record(IncidentId(incident.id))
                yield rate(f"sandbox: {name}", record, SANDBOX[name])
        source.close()


def main() -> int:
    """Print a line for each incident, the totals, and what is wrong; 1 where an aim is missed."""
    rated = [*golden(), *sandbox()]
    table = Table(title="Drafts held against what is known of their incidents")
    table.add_column("incident")
    for heading in ("facts", "present", "untrue", "rows", "brackets", "beside", "repeated", "aims"):
        table.add_column(heading, justify="right")
    for one in rated:
        table.add_row(one.name, *map(str, _figures(one)), "kept" if one.is_good else "missed")
    totals = map(sum, zip(*map(_figures, rated), strict=True))
    table.add_section()
    table.add_row("all", *map(str, totals), f"{sum(one.is_good for one in rated)}/{len(rated)}")
    print_all = partial(Console(width=110).print)
    print_all(table)
    for one in rated:
        for kind in ("lacking", "untrue", "beside_values", "repeated", "contradicting"):
            for words in getattr(one, kind):
                print(f"{one.name}: {kind.replace('_', ' ')}: {words}")
    return int(not all(one.is_good for one in rated))


def _figures(one: Quality) -> tuple[int, ...]:
    present = one.expected - len(one.lacking)
    beside, said = len(one.beside_values), len(one.repeated)
    return (one.expected, present, len(one.untrue), one.rows, one.brackets, beside, said)


if __name__ == "__main__":
    sys.exit(main())
