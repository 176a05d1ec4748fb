"""Which places of a template are filled and which are left to people, section by section."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.template_names import Column, Names, Section, Slot
from worker.content.name_matching import label
from worker.document.fill_template import prompts_of
from worker.document.merge.merge_values import ACTION_ITEMS, TIMELINE, TITLE
from worker.document.outline import Outline, outline


@dataclass(frozen=True, slots=True)
class SlotFinding:
    """What becomes of one place of a template: a sentence, and its line (from 1) if it is there."""

    place: str
    filled: bool
    sentence: str
    line: int | None = None


def survey(template: str, names: Names) -> tuple[SlotFinding, ...]:
    """Say what in a template will be filled and what will not.

    First come the places that the program knows, in the built-in template's order, then bullets
    of the template that it does not know. Raises ``DocumentError`` for a broken front matter.
    """
    found = outline(template, names)
    title = found.title if TITLE in prompts_of(found) else None
    timeline = found.timeline(())
    task, headings = names.columns[Column.TASK], names.headings
    return (
        _finding(TITLE, title.line if title else None, "first heading with a [placeholder]"),
        *_slots(found, names),
        _finding(
            TIMELINE,
            timeline.table.header.line if timeline else None,
            f"table of two columns under a heading '{headings[Section.TIMELINE]}'",
        ),
        _finding(
            ACTION_ITEMS,
            found.actions[0].table.header.line if found.actions else None,
            f"table with a column '{task}' under a heading '{headings[Section.ACTION_ITEMS]}'",
        ),
        *_strangers(found),
    )


@dataclass(frozen=True, slots=True)
class SectionFinding:
    """What becomes of a section of a template: which of its places are filled, which are left.

    ``left`` are its bullets that the program does not know; both empty is a section that is left
    to people as a whole.
    """

    heading: str
    filled: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say it in a few words."""
        parts = [f"filled: {', '.join(self.filled)}"] if self.filled else []
        parts += [f"left: {', '.join(self.left)}"] if self.left else []
        return "; ".join(parts) or "left to people"


def summed_up(findings: Sequence[SlotFinding]) -> str:
    """Say in one line how many of the places that the program knows a template has."""
    filled = sum(one.filled for one in findings)
    lacking = sum(one.line is None for one in findings)
    if not lacking:
        return f"all {filled} places are filled"
    return f"{filled} of {filled + lacking} places are filled"


def by_section(
    template: str, findings: Sequence[SlotFinding], names: Names
) -> tuple[SectionFinding, ...]:
    """Sort what a survey found by the template's headings, in their order.

    A heading with others below it and nothing of its own is left out, as the title is.
    """
    found = outline(template, names)
    labels = {slot.value: name for slot, name in names.labels.items()}
    headings = [one for one in found.blocks.headings if one is not found.title]
    sections = []
    for at, heading in enumerate(headings):
        after = headings[at + 1] if at + 1 < len(headings) else None
        end = after.line if after else len(found.blocks.source.starts)
        own = [one for one in findings if one.line and heading.line < one.line - 1 < end]
        if not own and after is not None and after.level > heading.level:
            continue
        sections.append(
            SectionFinding(
                _flat(heading.text),
                tuple(_called(one.place, labels) for one in own if one.filled),
                tuple(one.place for one in own if not one.filled),
            )
        )
    return tuple(sections)


def lacking(findings: Sequence[SlotFinding], names: Names) -> tuple[str, ...]:
    """Name the places that the program would fill and a template does not have."""
    labels = {slot.value: name for slot, name in names.labels.items()}
    return tuple(_called(one.place, labels) for one in findings if one.line is None)


def _called(place: str, labels: Mapping[str, str]) -> str:
    return labels.get(place, place.replace("_", " "))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _slots(found: Outline, names: Names) -> Iterator[SlotFinding]:
    for slot in Slot:
        bullet = found.bullets.get(slot)
        wanted = f"bullet with the label '{names.labels[slot]}:'"
        yield _finding(slot.value, bullet.item.line if bullet else None, wanted)


def _finding(place: str, line: int | None, wanted: str) -> SlotFinding:
    if line is None:
        return SlotFinding(place, False, f"{place} is not filled: there is no {wanted}.")
    return SlotFinding(place, True, f"{place} is filled on line {line + 1}.", line + 1)


def _strangers(found: Outline) -> Iterator[SlotFinding]:
    known = {bullet.item.line for bullet in found.bullets.values()}
    for item in found.blocks.all_items():
        named = label(item.text)
        if named is not None and item.line not in known:
            sentence = (
                f"'{named[0]}' on line {item.line + 1} is not filled: the program knows no bullet "
                "of that name. People may fill it, or [document_names] may map it."
            )
            yield SlotFinding(named[0], False, sentence, item.line + 1)
