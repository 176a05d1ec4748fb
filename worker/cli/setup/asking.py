"""Asks questions at a terminal, or reads the answers line by line where there is none."""

import getpass
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from rich.markup import escape

from connectors.setup_steps import Offer
from worker.cli.screen import Screen

SHOWN = 40
"""How many things to choose from are listed."""

NOTHING = "-"
"""What is typed for no answer where an empty one stands for what is offered."""


class NoAnswer(Exception):
    """Nobody answers any more: the input has ended at a question."""


class StopRequest:
    """A signal's handler: whether somebody asked to stop, by Ctrl-C or by ending the process.

    What is under way may make another error of it, or nothing: so it is remembered.
    """

    def __init__(self) -> None:
        self.was_made = False

    def __call__(self, _number: int, _frame: object) -> NoReturn:
        """Take the signal. Raises ``KeyboardInterrupt``."""
        self.was_made = True
        raise KeyboardInterrupt

    def heed(self) -> None:
        """Raise ``KeyboardInterrupt`` where it was made."""
        if self.was_made:
            raise KeyboardInterrupt


class Asker:
    """Asks on one console; a secret is read without being shown.

    Once it was asked to stop, no question is asked: each raises ``KeyboardInterrupt``.
    """

    def __init__(self, console: Screen, stop: StopRequest) -> None:
        self._console = console
        self._stop = stop
        self._at_terminal = sys.stdin.isatty()

    def say(self, text: str, style: str = "") -> None:
        """Print a line."""
        self._console.print(escape(text), style=style or None)

    def ask(
        self,
        asks: str,
        *,
        where: str = "",
        default: str = "",
        optional: bool = False,
        secret: bool = False,
        objection: Callable[[str], str] = lambda _: "",
    ) -> str:
        """Ask until there is an answer that meets no objection, "" for none.

        An empty answer takes the ``default``; an ``optional`` one is left out by a dash then.
        Raises ``NoAnswer`` where the input ends.
        """
        if where:
            self.say(f"  {where}", "dim")
        while True:
            text = self._read(asks, default, secret=secret) or default
            if optional and text in {"", NOTHING}:
                return ""
            told = objection(text) if text else "It needs an answer."
            if not told:
                return text
            self.say(f"  {told}", "red")

    def choose(
        self,
        asks: str,
        offers: Sequence[Offer],
        *,
        default: str = "",
        optional: bool = False,
        objection: Callable[[str], str] = lambda _: "",
    ) -> str:
        """Ask for one of several, by its number or its own word; any other word is taken too."""
        self.list(offers)
        wanted = self.ask(
            f"{asks} (number or name)" if offers else asks,
            default=default,
            optional=optional,
            objection=lambda text: objection(named(text, offers)),
        )
        return named(wanted, offers)

    def list(self, offers: Sequence[Offer]) -> None:
        """List what there is to choose from, with numbers."""
        for number, one in enumerate(offers[:SHOWN], start=1):
            shown = f"  {one.shown}" if one.shown not in {"", one.value} else ""
            self.say(f"  {number:>3}  {one.value}{shown}")
        if len(offers) > SHOWN:
            self.say(f"       and {len(offers) - SHOWN} more, by their names")

    def agree(self, asks: str, *, default: bool) -> bool:
        """Ask for yes or no."""

        def objection(text: str) -> str:
            known = {"y", "yes", "n", "no"}
            return "" if text.casefold() in known else "Answer yes or no."

        text = self.ask(
            f"{asks} (yes or no)", default="yes" if default else "no", objection=objection
        )
        return text.casefold().startswith("y")

    def _read(self, asks: str, default: str, *, secret: bool) -> str:
        self._stop.heed()
        prompt = f"{asks} [{default}]: " if default else f"{asks}: "
        if secret and self._at_terminal:
            try:
                return getpass.getpass(prompt, stream=sys.stderr).strip()
            except EOFError:
                self._ended()
        self._console.print(escape(prompt), end="")
        line = sys.stdin.readline()
        if not line:
            self._ended()
        if not self._at_terminal:
            self._console.print()
        return line.strip()

    def _ended(self) -> NoReturn:
        self._console.print()
        raise NoAnswer


def named(text: str, offers: Sequence[Offer]) -> str:
    """Give what a text chooses: by number, by its own word, or the text itself."""
    if text.isdigit() and 1 <= int(text) <= len(offers):
        by_name = [one.value for one in offers if one.value == text]
        return by_name[0] if by_name else offers[int(text) - 1].value
    for one in offers:
        if text.casefold() in {one.value.casefold(), one.shown.casefold()}:
            return one.value
    return text
