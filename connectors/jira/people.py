"""Finding the account that a document means by an owner: exactly one, or nobody."""

import re
from collections.abc import Sequence
from unicodedata import normalize

from connectors.errors import NotFound, StrayPage, Unreachable
from connectors.jira.connection import JiraConnection, Params
from connectors.jira.payloads import Candidate, Site, SiteKind, candidates
from connectors.tickets import Account, NoAccount

CLOUD_LIMIT = 1000
"""Cloud takes so many people at most, and only then leaves out who cannot be assigned."""
LIMIT = 100
"""How many people Data Center gives at most."""

CHOICES = 50
"""How many people are asked for where somebody is to choose one."""

_ACCOUNT_ID = re.compile(r"[0-9a-f]{24}|[0-9]+:[0-9a-f-]{36}|qm:[\w:-]+")
_MENTIONED_ID = re.compile(r"\[?~accountid:([^\[\]]+)\]?", re.IGNORECASE)
_AROUND = re.compile(r"\[~(.+)\]|\[\[(.+)\]\]|\((.+)\)|@?\[(.+)\]|@(.+)")
_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_ASIDE = re.compile(r"\s*\([^()]*\)$")
_APART = re.compile(r"[\W_]+")
_SEVERAL = re.compile(r"[,;/&+]|\band\b|\s@", re.IGNORECASE)
_NAMED = 3
"""How many people a sentence names."""


def find(
    connection: JiraConnection, site: Site, project: str, name: str, team: Sequence[str] = ()
) -> Account | NoAccount:
    """Find the one person assignable in the project whom ``name`` means.

    ``name`` is an e-mail address, a handle, a display name or an account's id, as people write
    them: ``@dana``, ``[~dana]``, ``[~accountid:…]``, ``(Dana)``. Who is exactly that comes first;
    then who alone of the ``team`` (full names) has that handle or first name, then who alone of
    all that are assignable has. Where the site has no such project, that is a ``NoAccount`` too: an
    owner who cannot be found must not keep a ticket from being made.
    """
    ways = _wordings(name)
    if not ways:
        return NoAccount("No owner is named.")
    people = _People(connection, site, project)
    try:
        if (told := _MENTIONED_ID.fullmatch(name.strip())) or _ACCOUNT_ID.fullmatch(ways[0]):
            own = told[1].strip() if told else ways[0]
            if site.kind is SiteKind.CLOUD:
                return choose(people.search({"accountId": own}), project, own)
        found: Account | NoAccount = NoAccount("")
        for wanted in ways:
            found = people.exactly(wanted, name)
            if isinstance(found, Account) or people.known:
                return found
        return people.of_team(ways, team) or people.loosely(ways, name) or found
    except StrayPage as error:  # it tells of nobody: the owner can be looked up again
        raise Unreachable(error.what, error.remedy) from error
    except NotFound as error:
        return NoAccount(str(error))


def assignable(
    connection: JiraConnection, site: Site, project: str, words: str
) -> tuple[Account, ...]:
    """Give some of those who can be assigned, whose name or address begins with the words.

    A site tells of nobody where there are no words.
    """
    asked = "query" if site.kind is SiteKind.CLOUD else "username"
    found = _search(connection, site, project, {asked: words, "maxResults": CHOICES})
    return tuple(one.account for one in found if one.usable)


def _wordings(name: str) -> list[str]:
    """Give what a name says without what is written around it, the likeliest first."""
    words = normalize("NFKC", name).strip().strip("@").strip()
    while words and (around := _AROUND.fullmatch(words)):
        words = next(filter(None, around.groups())).strip()
        if around[2]:  # a note's name, with a heading and other words to show behind it
            words = re.split(r"[|#]", words)[0].strip() or words
    if not words:
        return []
    addresses = _ADDRESS.findall(words)
    if len(addresses) == 1 and addresses[0] != words:
        return [addresses[0], words.replace(addresses[0], "").strip(" <>()[],;:-") or addresses[0]]
    last, comma, first = words.partition(",")  # as directories have it: "Okafor, Lena"
    turned = f"{first.strip()} {last.strip()}" if comma and "," not in first else words
    return list(dict.fromkeys((words, _ASIDE.sub("", words) or words, turned)))


class _People:
    """Those whom a site would let be assigned in a project, as they are asked for."""

    def __init__(self, connection: JiraConnection, site: Site, project: str) -> None:
        self._connection = connection
        self._site = site
        self._project = project
        self._seen: dict[str, tuple[Candidate, ...]] = {}
        self.known = False
        """Whether the last search found somebody who is exactly that, assignable or not."""

    def search(self, params: Params) -> tuple[Candidate, ...]:
        return _search(self._connection, self._site, self._project, params)

    def exactly(self, wanted: str, name: str) -> Account | NoAccount:
        people, complete = self._like(wanted)
        self.known = any(wanted.casefold() in _answers(each.account, complete) for each in people)
        return choose(people, self._project, wanted, complete=complete, shown=name)

    def of_team(self, ways: Sequence[str], team: Sequence[str]) -> Account | None:
        """Give who alone of the people of the incident answers to the name."""
        names = [full for full in dict.fromkeys(team) if any(_is_called(full, w) for w in ways)]
        if len(names) != 1:
            return None
        found = self.exactly(names[0], names[0])
        return found if isinstance(found, Account) else None

    def loosely(self, ways: Sequence[str], name: str) -> Account | NoAccount | None:
        """Give who alone of all people answers to the name; several are named."""
        found: dict[str, Account] = {}
        for wanted in (one for one in ways if "@" not in one):
            for text in dict.fromkeys((wanted, " ".join(_APART.split(wanted)).strip())):
                people, complete = self._like(text) if text else ((), True)
                if not complete:
                    return None
                accounts = (each.account for each in people if each.usable)
                found |= {one.id: one for one in accounts if _answers_to(one, wanted)}
        if len(found) == 1:
            return next(iter(found.values()))
        if not found:
            return None
        named = ", ".join(sorted(one.name for one in found.values())[:_NAMED])
        return NoAccount(
            f"{len(found)} people who can be assigned in project {self._project} answer to "
            f"'{name}' ({named}): write the full name or the e-mail address."
        )

    def _like(self, words: str) -> tuple[tuple[Candidate, ...], bool]:
        """Give whose name, handle or address begins so, and whether that is all of them."""
        cloud = self._site.kind is SiteKind.CLOUD
        if words not in self._seen:
            limit = CLOUD_LIMIT if cloud else LIMIT
            self._seen[words] = self.search(
                {"query" if cloud else "username": words, "maxResults": limit}
            )
        return self._seen[words], cloud or len(self._seen[words]) < LIMIT


def _answers_to(account: Account, wanted: str) -> bool:
    """Tell whether somebody goes by a handle or first name, as far as can be told."""
    local = (account.email or "").partition("@")[0]
    return wanted.casefold() == local.casefold() or _is_called(account.name, wanted)


def _is_called(full: str, wanted: str) -> bool:
    """Tell whether words are somebody's first name, or all names run together or with dots."""
    names, words = (list(filter(None, _APART.split(one.casefold()))) for one in (full, wanted))
    if not names or "@" in wanted:  # an address is one person's, whatever it begins with
        return False
    return words in (names, names[:1]) or words == ["".join(names)]


def choose(
    people: Sequence[Candidate],
    project: str,
    name: str,
    *,
    complete: bool = True,
    shown: str = "",
) -> Account | NoAccount:
    """Give the one whose e-mail, handle, id or name is exactly ``name``, whatever the case.

    Jira matches beginnings, so that ``ann`` finds Annabel too: she is not taken for Ann. Where the
    list is not ``complete`` somebody else may have the same display name, so that alone is not
    enough then. ``shown`` is how the document names them.
    """
    shown = shown or name
    wanted = name.strip().removeprefix("@").strip().casefold()
    exact = {each.account.id: each for each in people if wanted in _answers(each.account, complete)}
    usable = [each.account for each in exact.values() if each.usable]
    if len(usable) == 1:
        return usable[0]
    if usable:
        ways = "; ".join(sorted(_told_apart(one) for one in usable)[:_NAMED])
        return NoAccount(
            f"{len(usable)} people of project {project} are called '{shown}': write which one is "
            f"meant, or name the account in the owner map ({ways})."
        )
    if exact:
        return NoAccount(
            f"The account of '{shown}' cannot be assigned: it is not active in Jira, or an app's."
        )
    return NoAccount(
        f"Nobody who can be assigned in project {project} is called '{shown}', by e-mail, "
        "handle or name. Jira hides some e-mail addresses: the owner map can name the account."
        + (" A ticket has one assignee: name one person." if _SEVERAL.search(shown) else "")
    )


def _told_apart(account: Account) -> str:
    """Give what a row can say that is nobody else's: the shortest that Jira shows of somebody."""
    return account.handle or account.email or account.id


def _search(
    connection: JiraConnection, site: Site, project: str, params: Params
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
