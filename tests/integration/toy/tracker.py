"""Tickets as files: what a tracker must do, and no more."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.errors import Finding
from connectors.ticket_fields import CreateFields
from connectors.tickets import (
    Account,
    Category,
    Created,
    GoingUnlabelled,
    NewTicket,
    NoAccount,
    Outcome,
    RemoteLink,
    Ticket,
    TicketChanges,
    TicketId,
    TicketKey,
    Transition,
)


@dataclass(frozen=True, slots=True)
class ToyTracker:
    """A folder of tickets, ``1.json`` and so on."""

    folder: Path

    def create(
        self, tickets: Sequence[NewTicket], going_unlabelled: GoingUnlabelled
    ) -> Sequence[Outcome]:
        return [self._create(one) for one in tickets]

    def _create(self, new: NewTicket) -> Created:
        number = TicketId(str(len(list(self.folder.iterdir())) + 1))
        content = {"summary": new.summary, "labels": list(new.labels), "done": False}
        self._path(number).write_text(json.dumps(content), "utf-8")
        return Created(number, self._key(number), self._url(number))

    def read(self, ids: Sequence[TicketId], *, fresh: bool = False) -> Mapping[TicketId, Ticket]:
        return {one: self._ticket(one) for one in ids if self._path(one).exists()}

    def read_keys(self, keys: Sequence[TicketKey]) -> Mapping[TicketKey, Ticket]:
        numbers = {key: TicketId(key.removeprefix("TOY-")) for key in keys}
        found = self.read(list(numbers.values()))
        return {key: found[number] for key, number in numbers.items() if number in found}

    def labelled(self, label: str) -> Sequence[Ticket]:
        return [one for one in self._all() if label in one.labels]

    def made_here(
        self, project: str, since: datetime, known: Collection[TicketId]
    ) -> Sequence[Ticket]:
        return ()  # none is ever made without its labels

    def changed(self, label: str, since: datetime) -> Sequence[Ticket]:
        return [one for one in self.labelled(label) if one.updated >= since]

    def create_fields(self, project: str, issue_type: str) -> CreateFields:
        return CreateFields()

    def account(self, project: str, name: str, team: Sequence[str] = ()) -> Account | NoAccount:
        return NoAccount("A toy has no people.")

    def assignable(self, project: str, words: str) -> Sequence[Account]:
        return ()

    def is_own(self, address: str) -> bool:
        return address.startswith("https://toys.example.com/")

    def update(self, ticket: TicketId, changes: TicketChanges) -> Mapping[str, str]:
        return {}

    def transitions(self, ticket: TicketId) -> Sequence[Transition]:
        return []

    def transition(self, ticket: TicketId, to: Transition, fields: Mapping[str, object]) -> None:
        self.finish(ticket)

    def link(self, ticket: TicketId, link: RemoteLink) -> None:
        content = self._content(ticket)
        links = {**content.get("links", {}), link.global_id: link.url}
        self._path(ticket).write_text(json.dumps({**content, "links": links}), "utf-8")

    def check(
        self,
        project: str,
        issue_type: str,
        *,
        supplied: Iterable[str] = (),
        resolution: str = "",
    ) -> Sequence[Finding]:
        return [Finding("Toy box", f"{issue_type} tickets go to {project}")]

    def close(self) -> None:
        pass

    def finish(self, ticket: TicketId) -> None:
        """Do the work of a ticket."""
        content = {**self._content(ticket), "done": True}
        self._path(ticket).write_text(json.dumps(content), "utf-8")

    def links(self, ticket: TicketId) -> Mapping[str, str]:
        """Give the links that a ticket shows, by their global ids."""
        found: dict[str, str] = self._content(ticket).get("links", {})
        return found

    def _all(self) -> Iterable[Ticket]:
        numbers = sorted(int(one.stem) for one in self.folder.iterdir())
        return [self._ticket(TicketId(str(number))) for number in numbers]

    def _ticket(self, number: TicketId) -> Ticket:
        content = self._content(number)
        at = datetime.fromtimestamp(self._path(number).stat().st_mtime, UTC)
        return Ticket(
            id=number,
            key=self._key(number),
            url=self._url(number),
            summary=content["summary"],
            status="Put away" if content["done"] else "Lying about",
            category=Category.DONE if content["done"] else Category.NEW,
            created=at,
            updated=at,
            labels=tuple(content["labels"]),
            project="BOX",
        )

    def _content(self, number: TicketId) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self._path(number).read_text("utf-8"))
        return read

    def _path(self, number: TicketId) -> Path:
        return self.folder / f"{number}.json"

    def _key(self, number: TicketId) -> TicketKey:
        return TicketKey(f"TOY-{number}")

    def _url(self, number: TicketId) -> str:
        return f"https://toys.example.com/{self._key(number)}"
