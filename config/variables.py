"""The environment variables, and the settings they are."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Place = tuple[str, ...]
"""Where a setting stands: ``("jira", "url")`` is ``url`` under ``[jira]``."""
Problem = Callable[[str], None]
"""Takes the sentence of a problem; the rest is read all the same."""


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable. A ``secret`` may be in a file that ``NAME_FILE`` names."""

    name: str
    place: Place
    secret: bool = False


VARIABLES = (
    Variable("PAGERDUTY_API_KEY", ("pagerduty", "api_key"), secret=True),
    Variable("PAGERDUTY_API_URL", ("pagerduty", "api_url")),
    Variable("PAGERDUTY_WEBHOOK_SECRET", ("pagerduty", "webhook_secrets"), secret=True),
    Variable("JIRA_URL", ("jira", "url")),
    Variable("JIRA_EMAIL", ("jira", "email")),
    Variable("JIRA_API_TOKEN", ("jira", "api_token"), secret=True),
    Variable("JIRA_PERSONAL_TOKEN", ("jira", "personal_token"), secret=True),
    Variable("JIRA_PROJECT", ("jira", "project")),
    Variable("JIRA_ISSUE_TYPE", ("jira", "issue_type")),
    Variable("JIRA_WEBHOOK_SECRET", ("jira", "webhook_secrets"), secret=True),
    Variable("POSTMORTEM_DOCUMENTS", ("documents",)),
    Variable("POSTMORTEM_DATABASE_URL", ("database_url",), secret=True),
    Variable("POSTMORTEM_TIMEZONE", ("timezone",)),
    Variable("POSTMORTEM_TEMPLATE", ("template",)),
    Variable("POSTMORTEM_PUBLIC_URL", ("public_url",)),
    Variable("POSTMORTEM_TOKEN", ("token",), secret=True),
)

CONFIG_VARIABLE = "POSTMORTEM_CONFIG"
_OWN = "POSTMORTEM_"


def variable_of(place: Place) -> str:
    """Give the name of the variable that sets ``place``, "" where none does."""
    return next((variable.name for variable in VARIABLES if variable.place == place), "")


def read_variables(environ: Mapping[str, str], problem: Problem) -> dict[Place, str]:
    """Give what the environment sets. An empty variable is as good as none.

    A secret's file is read here; its closing line break is not part of the secret.
    """
    values: dict[Place, str] = {}
    for variable in VARIABLES:
        value = environ.get(variable.name, "")
        file_name = f"{variable.name}_FILE"
        file = environ.get(file_name, "") if variable.secret else ""
        if value and file:
            problem(f"{variable.name} and {file_name} are both set. Keep one of the two.")
        elif file:
            secret = read_secret(file_name, file, problem)
            values |= {variable.place: secret} if secret else {}
        elif value:
            values[variable.place] = value
    return values


def read_secret(setting: str, file: str, problem: Problem) -> str:
    """Give what ``file`` holds less its closing line break, "" after telling of a problem."""
    try:
        secret = Path(file).read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        problem(f"{setting} names {file}, which cannot be read ({error.strerror}). Mend the path.")
        return ""
    except ValueError:
        problem(f"{setting} names {file}, which is not UTF-8 text. Name a file of plain text.")
        return ""
    if not secret:
        problem(f"{setting} names {file}, which is empty. Put the secret into it.")
    return secret


def mistyped(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Give a sentence for each variable that seems to be one of ours, mistyped.

    Only near misses among ``POSTMORTEM_…`` are told: a container platform may well put variables
    of its own under the name of a service.
    """
    known = {CONFIG_VARIABLE, *(variable.name for variable in VARIABLES)}
    known |= {f"{variable.name}_FILE" for variable in VARIABLES if variable.secret}
    ours = [name.removeprefix(_OWN) for name in known if name.startswith(_OWN)]
    sentences = []
    for name in sorted(environ):
        if name.startswith(_OWN) and name not in known:
            near = difflib.get_close_matches(name.removeprefix(_OWN), ours, n=1, cutoff=0.75)
            sentences += [
                f"The environment variable {name} is not a setting and is ignored. "
                f"Did you mean {_OWN}{match}?"
                for match in near
            ]
    return tuple(sentences)
