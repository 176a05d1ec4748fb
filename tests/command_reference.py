"""The reference of commands, made from the program: ``python -m tests.command_reference``.

It writes ``docs/commands.md``; a test tells where that is older than the program.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from worker.app.setup_answers import every_variable
from worker.cli.main import app

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
HEAD = """\
# Commands

Made from the program by `make reference`: what `postmortem COMMAND --help` says, in one place.
Exit status of each: 0 all done (warnings included), 1 some of the work failed (the rest was done),
2 wrong usage or settings (nothing was done). `postmortem --config FILE COMMAND` names the settings
file, else `$POSTMORTEM_CONFIG` does, else it is `./postmortem.toml`.
"""


def reference() -> str:
    """Give the page."""
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group
    parts = [HEAD, *(_command(name, one) for name, one in commands.items()), _environment()]
    return "\n".join(parts)


def _command(name: str, command: Any) -> str:
    given = [_metavar(one) for one in command.params if one.param_type_name == "argument"]
    lines = [f"## postmortem {' '.join([name, *given])}\n", f"{_paragraphs(command.help or '')}\n"]
    if rows := list(_options(command)):
        lines += ["| option | does |", "|---|---|", *rows, ""]
    return "\n".join(lines)


def _metavar(one: Any) -> str:
    return str(one.metavar or one.name.upper())


def _options(command: Any) -> Iterator[str]:
    for one in command.params:
        if one.param_type_name != "option" or "--help" in one.opts:
            continue
        kind = "" if one.is_flag else f" {_metavar(one)}"
        usual = "" if one.is_flag or not isinstance(one.default, str | int) else str(one.default)
        shown = f" Default: `{usual}`." if usual else ""
        told = (one.help or "").replace("|", "\\|")
        yield f"| `{', '.join(one.opts)}{kind}` | {told}{shown} |"


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def _environment() -> str:
    rows = [
        f"| `{one.name}` | `{'.'.join(place)}` | {'yes' if one.secret else ''} |"
        for place, one in every_variable().items()
    ]
    head = ["## Environment\n", "| variable | in the file | secret |", "|---|---|---|"]
    return "\n".join([*head, *rows, ""])


if __name__ == "__main__":
    PAGE.write_text(reference(), "utf-8")
