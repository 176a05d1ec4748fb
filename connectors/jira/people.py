"""Finding the account that a document means by an owner: exactly one, or nobody."""

import re
from collections.abc import Sequence

from connectors.errors import NotFound
from connectors.jira.connection import Connection, Params
from connectors.jira.payloads import Candidate, Site, SiteKind, candidates
from connectors.tickets import Account, NoAccount

CLOUD_LIMIT = 1000
"""Cloud takes so many people at most, and only then leaves out who cannot be assigned."""
LIMIT = 100
"""How many people Data Center gives at most."""

_ACCOUNT_ID = re.compile(r"[0-9a-f]{24}|[0-9]+:[0-9a-f-]{36}|qm:[\w:-]+")


def find(connection: Connection, site: Site, project: str, name: str) -> Account | NoAccount:
    """Find the one person assignable in the project whom ``name`` means.

    ``name`` is an e-mail address, a handle (with or without ``@``), a display name or an account's
    id. Where the site has no such project, that is a ``NoAccount`` too: an owner who cannot be
    found must not keep a ticket from being made.
    """
    wanted = name.strip().removeprefix("@").strip()
    if not wanted:
        return NoAccount("No owner is named.")
    try:
        if site.kind is SiteKind.DATA_CENTER:
            people = _search(connection, site, project, {"username": wanted, "maxResults": LIMIT})
            return choose(people, project, name, complete=len(people) < LIMIT)
        params: Params = {"query": wanted, "maxResults": CLOUD_LIMIT}
        if _ACCOUNT_ID.fullmatch(wanted):
            params = {"accountId": wanted}
        return choose(_search(connection, site, project, params), project, name)
    except NotFound as error:
        return NoAccount(str(error))


def choose(
    people: Sequence[Candidate], project: str, name: str, *, complete: bool = True
) -> Account | NoAccount:
    """Give the one whose e-mail, handle, id or name is exactly ``name``, whatever the case.

    Jira matches beginnings, so that ``ann`` finds Annabel too: she is not taken for Ann. Where the
    list is not ``complete`` somebody else may have the same display name, so that alone is not
    enough then.
    """
    wanted = name.strip().removeprefix("@").strip().casefold()
    exact = {each.account.id: each for each in people if wanted in _answers(each.account, complete)}
    usable = [each.account for each in exact.values() if each.usable]
    if len(usable) == 1:
        return usable[0]
    if usable:
        return NoAccount(
            f"{len(usable)} people of project {project} are called '{name}': write the e-mail "
            "address, or name the account in the owner map."
        )
    if exact:
        return NoAccount(f"The account of '{name}' cannot be assigned: it is not active in Jira.")
    return NoAccount(
        f"Nobody who can be assigned in project {project} is exactly '{name}' by e-mail, handle or "
        "name. Jira hides some e-mail addresses: the owner map can name the account."
    )


def _search(
    connection: Connection, site: Site, project: str, params: Params
) -> tuple[Candidate, ...]:
    answer = connection.ask(
        f"look for an owner among the people of project {project}",
        "GET",
        "user/assignable/search",
        params={"project": project, **params},
    )
    return candidates(answer, site.kind)


def _answers(account: Account, by_name: bool) -> set[str]:
    known = (account.id, account.email, account.handle, account.name if by_name else None)
    return {each.casefold() for each in known if each}
