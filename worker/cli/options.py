"""What commands are given, and the exit statuses they promise.

Nothing heavy is loaded here: ``--help`` and ``--version`` need no more than this.
"""

import re
from collections.abc import Collection, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import config
from connectors import TAKE_OVER_OPTION

if TYPE_CHECKING:
    from connectors.incidents import IncidentId

FAILED = 1
MISUSED = 2
"""The promised exit statuses; 0 is that of a command which did everything."""


class Format(StrEnum):
    """How findings are printed: for people, or as the annotations of a check on GitHub."""

    TEXT = "text"
    GITHUB = "github"


class Grouping(StrEnum):
    """What the figures of a report are told by, as ``ReportBy`` has it."""

    SERVICE = "service"
    TEAM = "team"
    PRIORITY = "priority"
    MONTH = "month"


class PersonRole(StrEnum):
    """What somebody may do, as ``config.page_users.Role`` has it."""

    READ = "read"
    WRITE = "write"
    OPERATE = "operate"


def incident(text: str) -> "IncidentId":
    """Give the id that a word of the command line names. Raises ``BadParameter``."""
    from worker.app.registry import incident_named, named, source_kinds  # noqa: PLC0415 - see above

    found = incident_named(text.strip().removeprefix("#"))
    if found is None:
        kinds = source_kinds()
        examples = " or ".join(kind.example for kind in kinds)
        raise typer.BadParameter(
            f"'{text}' is no incident. Give its id ({examples}), its number, or its address in "
            f"{named(kinds)}."
        )
    return found


_NAMED = typer.Argument(
    parser=incident, metavar="INCIDENT…", help="Ids, numbers or addresses of incidents."
)
if TYPE_CHECKING:
    _Given = IncidentId
else:
    _Given = str  # the name of the type is shown in the help


def incident_or_file(text: str) -> "IncidentId | Path":
    """Give the file of that name, else the incident that is named. Raises ``BadParameter``."""
    path = Path(text)
    return path if path.is_file() else incident(text)


if TYPE_CHECKING:
    _GivenOrFile = IncidentId | Path
else:
    _GivenOrFile = str
Incidents = Annotated[list[_Given], _NAMED]
SomeIncidentsOrFiles = Annotated[
    list[_GivenOrFile] | None,
    typer.Argument(
        parser=incident_or_file,
        metavar="INCIDENT…",
        help="Ids, numbers or addresses of incidents, or files of postmortems.",
    ),
]
SomeIncidents = Annotated[list[_Given] | None, _NAMED]
OfPage = Annotated[
    _Given | None,
    typer.Option(
        TAKE_OVER_OPTION,
        parser=incident,
        metavar="INCIDENT",
        help="Take over what people wrote on that incident's page; --dry-run shows it first.",
    ),
]
PersonName = Annotated[str, typer.Argument(help="What the journal and Git call them.")]
Email = Annotated[str, typer.Option(help="Their address, for Git.")]
MayDo = Annotated[PersonRole | None, typer.Option(help="What they may do. Default: read.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Also judge words: a cause without anything to look up, an item without a verb.",
    ),
]
Adopt = Annotated[
    bool,
    typer.Option(
        "--adopt",
        help="Move on purpose: take the documents, services and project that the settings name, "
        "and the documents as they are now, though the database was used with others.",
    ),
]
Since = Annotated[
    str, typer.Option(help="Also look back that far for resolved incidents without a document.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the plan; write nothing anywhere.")]
Wait = Annotated[
    str, typer.Option(help="How long to wait for a search after a create without answer.")
]
OfJournal = Annotated[
    bool,
    typer.Option(
        "--journal", help="Show what was written and told for the incidents instead, and why."
    ),
]
OfSkipped = Annotated[
    bool, typer.Option("--skipped", help="Show which incidents got no draft instead, and why.")
]
OfJobs = Annotated[
    bool,
    typer.Option(
        "--jobs", help="Show the jobs that wait, run, are tried again or were given up instead."
    ),
]
OfParked = Annotated[
    bool, typer.Option("--parked", help="Show the jobs that were given up instead, and why.")
]
NotDone = Annotated[
    bool, typer.Option("--open", help="Show the action items that are not done alone.")
]
Overdue = Annotated[
    bool, typer.Option("--overdue", help="Show the action items past their deadline alone.")
]
AsksNothing = Annotated[
    bool,
    typer.Option("--yes", help="Take what the environment gives, and ask nothing."),
]
Stops = Annotated[
    bool, typer.Option("--exit", help="Stop after the last step instead of serving the page.")
]
DemoFolder = Annotated[
    Path | None, typer.Option("--dir", help="Keep the documents there.", file_okay=False)
]
Full = Annotated[bool, typer.Option("--full", help="Print the whole draft.")]
Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")]
WhileOpen = Annotated[
    bool,
    typer.Option(
        "--open",
        help="Also while an incident is open; its document is kept current until it is over, "
        "and after.",
    ),
]
ShownAs = Annotated[
    Format, typer.Option("--format", help="`github` gives annotations for a check.")
]


def environment_told() -> str:
    """Say which environment variables there are: those that the annotated settings name."""
    example = (Path(config.__file__).with_name("postmortem.toml")).read_text("utf-8")
    names = dict.fromkeys(re.findall(r"\s{2,}[#(] ?([A-Z]+(?:_[A-Z]+)+)", example))
    return (
        "Environment: each wins over the settings file, which explains it; a secret may also be "
        f"given as NAME_FILE, a file that holds it. {' · '.join(names)}"
    )


def lost_folder() -> str:
    """Say where the folder that the command was started in is there no more, else ""."""
    try:
        Path.cwd()
    except OSError:
        return "The folder that this was started in is gone. Change to one that is there."
    return ""


def misplaced_config(words: Sequence[str], commands: Collection[str]) -> str:
    """Say where ``--config`` belongs if it stands behind the command, "" where it does not."""
    at = next((at for at, word in enumerate(words) if word in commands), len(words))
    if at and words[at - 1] == "--config":  # a file that is called like a command
        return ""
    if not any(word == "--config" or word.startswith("--config=") for word in words[at:]):
        return ""
    return f"Put --config before the command: postmortem --config FILE {words[at]}"
