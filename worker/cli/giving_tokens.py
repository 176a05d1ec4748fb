"""The command that gives somebody a token of their own for the web page and its API."""

from dataclasses import replace
from pathlib import Path

import typer

from config.page_users import (
    PageUser,
    People,
    Role,
    as_table,
    new_token,
    people_in,
    read_people,
    token_digest,
)
from connectors.errors import ConfigurationError, PostmortemError
from worker.cli.options import PersonRole
from worker.cli.setup import new_files
from worker.cli.setup.new_files import FileToMake
from worker.cli.terminal import as_json, err, settings_of


def give_token(
    context: typer.Context, name: str, email: str, role: PersonRole | None, *, json: bool
) -> None:
    """Enter somebody into the file of people, or give them another token; print the token.

    Raises ``ConfigurationError`` where no file is named, ``ConfigurationProblems`` where it cannot
    be read or what is given cannot stand in it, and ``PostmortemError`` where it is not written.
    """
    path = settings_of(context).people.file
    if path is None:
        raise ConfigurationError(
            "Nothing names the file of people.",
            'Set POSTMORTEM_PEOPLE=people.toml, or `file = "people.toml"` in [people].',
        )
    there = path.exists()
    people = read_people(path) if there else People()
    text = path.read_text("utf-8") if there else ""
    token, wanted = new_token(), Role(role) if role else None
    known = people.called(name)
    if known is None:
        person = PageUser(name, email, wanted or Role.READ, token_digest(token))
        text = f"{text.rstrip()}\n\n{as_table(person)}".lstrip()
    else:
        _must_stay(known, email, wanted)
        person = replace(known, credential=token_digest(token))
        text = _with_another_token(text, known, person)
    people_in(path, text)
    _write(path, text, there=there)
    if json:
        as_json({"name": person.name, "role": person.role.value, "token": token})
        return
    err.print(
        f"{person.name} may {person.role} with this token, which is shown this once:",
        soft_wrap=True,
    )
    typer.echo(token)


def _must_stay(known: PageUser, email: str, role: Role | None) -> None:
    if (email and email != known.email) or (role and role is not known.role):
        raise ConfigurationError(
            f"{known.name} is in the file already, as {known.email or 'one without an address'} "
            f"who may {known.role}.",
            "Change that in the file, or leave out --email and --role to give another token.",
        )


def _with_another_token(text: str, known: PageUser, person: PageUser) -> str:
    if known.credential and text.count(known.credential) == 1:
        return text.replace(known.credential, person.credential)
    raise ConfigurationError(
        f"{known.name} has no token in the file that could be replaced.",
        f'Add `token_sha256 = "{person.credential}"` there by hand, or take the person out first.',
    )


def _write(path: Path, text: str, *, there: bool) -> None:
    file = FileToMake(path, text)
    try:
        if there:
            new_files.replace(file)
        else:
            new_files.make([file])
    except OSError as error:
        raise PostmortemError(
            f"{path} was not written: {error.strerror or error}.", "Mend that and try again."
        ) from error
