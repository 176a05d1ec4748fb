"""The chart of an incident is written beside its document while the document shows it, else not."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.world import World, world

PICTURE = re.compile(r"!\[(?:\\.|[^\]])*\]\(<(?P<name>[^>]+)>\)(?:\n  - \[Include charts.*)?")
"""The picture, and the prompt below it, which would go once people wrote in its place."""


@pytest.fixture
def drafted(tmp_path: Path) -> Iterator[World]:
    """Give a world with a document that shows its chart."""
    with world(tmp_path) as here:
        here.sync()
        assert chart(here).is_file()
        yield here


def chart(here: World) -> Path:
    return here.documents / f"{here.id('quick fix')}-timeline.svg"


def shown_as(here: World, words: str) -> bool:
    """Tell whether the chart is written where a person put these words in the picture's place."""
    chart(here).unlink()
    here.edit(lambda text: PICTURE.sub(lambda found: words.format(**found.groupdict()), text))
    before = here.text()
    assert not here.sync().failures
    assert here.text() == before
    return chart(here).is_file()


@pytest.mark.parametrize(
    "words",
    [
        "nothing",
        "it was in {name}",
        "see `{name}`",
        "![elsewhere](charts/{name})",
        "![elsewhere](../{name})",
        "![another](old-{name})",
        "![another]({name}.png)",
    ],
)
def test_a_chart_that_the_document_does_not_show_is_not_written(drafted: World, words: str) -> None:
    assert not shown_as(drafted, words)


@pytest.mark.parametrize(
    "words",
    [
        "![as Prettier has it]({name})",
        "![here](./{name})",
        '![with a title](<{name}> "Timeline")',
        "[linked]({name})",
        '<img src="{name}" width="600">',
        "<img SRC={name}>",
        "![[{name}]]",
        "![by reference][chart]\n\n[chart]: <{name}>",
    ],
)
def test_a_chart_that_the_document_shows_is_written(drafted: World, words: str) -> None:
    assert shown_as(drafted, words)


def test_a_template_without_a_place_for_it_gets_no_chart(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        template = re.sub(r"^- \*\*Metrics:.*\n", "", here.policy.template, flags=re.MULTILINE)
        here.policy = replace(here.policy, template=template)
        assert not here.sync().failures
        assert not chart(here).exists()
        assert here.path().is_file()
