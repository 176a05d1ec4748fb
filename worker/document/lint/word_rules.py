"""Whether a document still asks for words: open prompts, an empty cause, items that nobody owns."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from config.template_names import Names, Section, Slot
from worker.content.inline_markdown import plain
from worker.content.name_matching import label
from worker.content.placeholders import is_bracketed, is_placeholder, is_struck_out, says_nothing
from worker.document.action_item_values import left_out, shortened
from worker.document.action_items import ActionItem
from worker.document.lint.findings import Flaw, LintRule
from worker.document.outline import Bullet, Extent, Outline
from worker.document.unread.unfinished_text import prompt_lines, prompt_passages

FINAL = "final"
_PROMPT = re.compile(r"\[([^\[\]]+)\](?!\()")
_OVER_ELSEWHERE = """
fertig erledigt abgeschlossen geschlossen gelöst abgelehnt terminé terminée fermé fermée résolu
résolue listo lista hecho cerrado cerrada resuelto resuelta finalizado finalizada concluído
concluída fechado fechada resolvido feito completato chiuso risolto fatto
gereed gesloten opgelost voltooid klaar klar stängd löst färdig færdig udført lukket løst ferdig
fullført valmis suljettu ratkaistu
gotowe zrobione ukończone zamknięte rozwiązane hotovo uzavřeno vyřešeno kész lezárva tamam
bitti готово закрыт закрыто выполнено решено виконано закрито
完成 已完成 已关闭 已關閉 已解决 已解決 完了 解決済み クローズ 완료 완료됨 닫힘 해결됨
released deployed shipped abandoned rejected declined
"""
_OVER = frozenset(_OVER_ELSEWHERE.split())
"""What trackers call a status in which nothing is to do any more, beyond what rows are read by."""
_CAUSES = (Slot.ROOT_CAUSE, Slot.PRIMARY_CAUSE)


def prompts_in(template: str) -> frozenset[str]:
    """Give what a template asks for, each as it stands between its brackets."""
    return frozenset(_PROMPT.findall(template))


def prompt_faults(text: str, status: str, asked: AbstractSet[str]) -> Iterator[Flaw]:
    """Find the template's prompts that nobody has answered, and what is nothing but brackets.

    Other words in brackets are people's: ``[sic]``, ``[RFC 7231]``. In running text and headings
    they may be nothing else, so there only the template's own words are told.
    """
    is_final = status.strip().casefold() == FINAL
    rule = LintRule.FINAL_WITH_PROMPTS if is_final else LintRule.OPEN_PROMPT
    final = ", and the document says that it is final" if is_final else ""
    for line, words in _open_places(text, asked):
        yield Flaw(line, rule, f"Nobody has answered {shortened(words)!r} yet{final}.")


def _open_places(text: str, asked: AbstractSet[str]) -> Iterator[tuple[int, str]]:
    for line, cells in prompt_lines(text):
        if open_cells := [one for one in cells if _asks(one, asked)]:
            yield line, " ".join(open_cells)
    for line, words in prompt_passages(text):
        if not asked.isdisjoint(_PROMPT.findall(words)):
            yield line, words.lstrip("#> \t")


def cause_faults(found: Outline, names: Names) -> Iterator[Flaw]:
    """Find that a document which asks for its root cause says nothing of it anywhere."""
    asked = [found.bullets[slot] for slot in _CAUSES if slot in found.bullets]
    section = found.sections.get(Section.ROOT_CAUSE)
    if asked and not any(_is_told(one, names) for one in asked):
        line = asked[0].item.line
        yield Flaw(line, LintRule.NO_ROOT_CAUSE, "It does not say what the cause was.")
    elif not asked and section is not None and _is_empty(found, section):
        line = section.heading.line
        yield Flaw(line, LintRule.NO_ROOT_CAUSE, "The section of the root cause is empty.")


def item_faults(item: ActionItem) -> Iterator[Flaw]:
    """Find that an action item which is still to do has no owner, or no deadline to be held to."""
    if is_over(item):
        return
    named = f"The action item {shortened(item.task)!r}"
    if not item.owner:
        yield Flaw(item.place.line, LintRule.NO_OWNER, f"{named} has no owner.")
    if item.deadline is None:
        told = item.deadline_problem or f"{named} has no deadline."
        yield Flaw(item.place.line, LintRule.NO_DEADLINE, told)


def is_over(item: ActionItem) -> bool:
    """Tell whether nothing is to be done for an item any more, by its own words or its status."""
    if item.left_out is not None or item.checked:
        return True
    status = item.status_text.partition("(")[0]
    if status.strip().casefold() in _OVER:
        return True
    words = next(filter(str.strip, item.source.split("|")), "")
    return is_struck_out(words) or left_out("", status=status) is not None


def _asks(words: str, asked: AbstractSet[str]) -> bool:
    found = label(words)
    behind = words[found[1] :] if found else words
    return is_bracketed(behind) or not asked.isdisjoint(_PROMPT.findall(words))


def _is_told(bullet: Bullet, names: Names) -> bool:
    words = [bullet.text, *(point.text for one in bullet.points for point in one.walk())]
    return any(_is_said(one, names) for one in words)


def _is_said(words: str, names: Names) -> bool:
    return not is_placeholder(words) and not says_nothing(plain(words), names.nothing)


def _is_empty(found: Outline, section: Extent) -> bool:
    lines = map(found.blocks.source.line, range(section.heading.behind, section.behind))
    return all(is_placeholder(line.strip("-*_ \t")) for line in lines)
