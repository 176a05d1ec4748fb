"""How the sandbox shows what it holds, in JSON: one class, since Cloud and Data Center differ."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox.projects import (
    EPIC,
    EPIC_FIELDS,
    EPIC_LINK,
    EPIC_NAME,
    RESOLUTIONS,
    SUBTASK,
    SYSTEM_FIELDS,
    Move,
    Person,
    Project,
    Status,
)
from connectors.jira.sandbox.site import SandboxSite, SandboxTicket, TicketRecord

Wire = dict[str, Any]
COLOURS = {"new": "blue-gray", "indeterminate": "yellow", "done": "green"}
_ALWAYS = frozenset({"project", "issuetype", "summary", EPIC_NAME})
CATEGORY_IDS = {"new": 2, "done": 3, "indeterminate": 4}
CATEGORY_NAMES = {"new": "To Do", "indeterminate": "In Progress", "done": "Done"}


class Views:
    """Shows a site's things with links that begin at ``base``, the address that was asked."""

    def __init__(self, site: SandboxSite, base: str) -> None:
        """Remember both."""
        self._site = site
        self._base = base
        self._rest = f"{base}/rest/api/{'3' if site.is_cloud else '2'}"

    def server(self) -> Wire:
        """Show ``serverInfo``, which everybody may see."""
        cloud = self._site.is_cloud
        return {
            "baseUrl": self._base,
            "version": "1001.0.0-SNAPSHOT" if cloud else "10.3.4",
            "versionNumbers": [1001, 0, 0] if cloud else [10, 3, 4],
            "deploymentType": SiteKind.CLOUD.value if cloud else "Data Center",
            "buildNumber": 100_300,
            "serverTime": stamp(self._site.clock()),
            "serverTitle": "Jira",
        }

    def person(self, person: Person) -> Wire:
        """Show somebody; Cloud shows an e-mail address only where the person wants it."""
        shown: Wire = {"displayName": person.name, "active": person.active, "timeZone": "Etc/UTC"}
        if self._site.is_cloud:
            shown |= {
                "self": f"{self._rest}/user?accountId={person.account_id}",
                "accountId": person.account_id,
                "accountType": person.account_type,
            }
            return shown if person.email_hidden else shown | {"emailAddress": person.email}
        return shown | {
            "self": f"{self._rest}/user?username={person.handle}",
            "name": person.handle,
            "key": f"JIRAUSER{person.handle}",
            "emailAddress": person.email,
        }

    def status(self, status: Status) -> Wire:
        """Show a status with its category."""
        key = status.category
        return {
            "self": f"{self._rest}/status/{status.id}",
            "id": status.id,
            "name": self._site.shown(status.name),
            "iconUrl": f"{self._base}/images/icons/statuses/{key}.png",
            "statusCategory": {
                "self": f"{self._rest}/statuscategory/{CATEGORY_IDS[key]}",
                "id": CATEGORY_IDS[key],
                "key": key,
                "colorName": COLOURS[key],
                "name": CATEGORY_NAMES[key],
            },
        }

    def transition(self, move: Move, *, fields: bool) -> Wire:
        """Show a transition and where it leads, with the ``fields`` of its screen if asked for."""
        to = self.status(self._site.statuses[move.to])
        shown: Wire = {"id": move.id, "name": self._site.shown(move.name), "to": to}
        if self._site.is_cloud:
            shown |= {"hasScreen": bool(move.screen), "isAvailable": True}
        if fields:
            shown["fields"] = {own: self._on_screen(move, own) for own in move.screen}
        return shown

    def _on_screen(self, move: Move, own: str) -> Wire:
        shown: Wire = {
            "name": move.screen[own],
            "required": own in move.required,
            "hasDefaultValue": False,
            "operations": ["set"],
            "schema": {"type": own if own == "resolution" else "string"},
        }
        if self._site.is_cloud:
            shown["key"] = own
        if own == "resolution":
            shown["allowedValues"] = [
                {"id": number, "name": self._site.shown(name)}
                for name, number in RESOLUTIONS.items()
            ]
        return shown

    def created(self, ticket: SandboxTicket) -> Wire:
        """Show what a create gives back: no status, no fields."""
        return {"id": ticket.id, "key": ticket.key, "self": self.link(ticket)}

    def link(self, ticket: SandboxTicket) -> str:
        """Give a ticket's address in the API."""
        return f"{self._rest}/issue/{ticket.id}"

    def ticket(
        self,
        record: TicketRecord,
        ticket: SandboxTicket,
        fields: Collection[str],
        properties: Iterable[str],
    ) -> Wire:
        """Show a ticket; with ``{"id"}`` alone, as enhanced search does by default, its id only."""
        if set(fields) == {"id"}:
            return {"id": ticket.id}
        every = self._fields(ticket)
        whole = not {"*all", "*navigable"}.isdisjoint(fields)
        shown: Wire = {
            "expand": "",
            "id": ticket.id,
            "self": self.link(ticket),
            "key": ticket.key,
            "fields": every if whole else {n: v for n, v in every.items() if n in fields},
        }
        wanted = {key: record.properties[key] for key in properties if key in record.properties}
        return shown | {"properties": wanted} if wanted else shown

    def _fields(self, ticket: SandboxTicket) -> Wire:
        project = self._site.project(ticket.project)
        resolution = ticket.resolution
        return {
            "summary": ticket.summary,
            "description": ticket.description,
            "issuetype": {
                "id": project.type_id(ticket.issue_type) if project else "0",
                "name": self._site.shown(ticket.issue_type),
                "subtask": False,
            },
            "project": self.project_reference(project) if project else None,
            "status": self.status(self._site.statuses[ticket.status]),
            "resolution": (
                {"id": RESOLUTIONS.get(resolution, "10009"), "name": self._site.shown(resolution)}
                if resolution
                else None
            ),
            "labels": list(ticket.labels),
            "priority": self.priority(project, ticket.priority) if project else None,
            "duedate": ticket.due.isoformat() if ticket.due else None,
            "assignee": self.person(ticket.assignee) if ticket.assignee else None,
            "reporter": self.person(self._site.myself),
            "components": [self.component(project, name) for name in ticket.components],
            "created": stamp(ticket.created),
            "updated": stamp(ticket.updated),
            "archiveddate": stamp(ticket.updated) if ticket.archived else None,
            "resolutiondate": stamp(ticket.resolved) if ticket.resolved else None,
            **self._recategorised(ticket),
            **self._epic(ticket),
            **ticket.custom,
        }

    def _recategorised(self, ticket: SandboxTicket) -> Wire:
        """Show since when the status is of its category, which Cloud alone does."""
        since = stamp(ticket.recategorised or ticket.created)
        return {"statuscategorychangedate": since} if self._site.is_cloud else {}

    def _epic(self, ticket: SandboxTicket) -> Wire:
        """Show what a ticket belongs to: Cloud by its parent, Data Center by the key of an epic."""
        record = self._site.records.get(ticket.parent or "")
        if record is None:
            return {}
        epic = record.now
        return {"parent": self.created(epic)} if self._site.is_cloud else {EPIC_LINK: epic.key}

    def priority(self, project: Project, name: str | None) -> Wire | None:
        """Show a priority of a project; a ticket without one has the middle one."""
        if not project.priorities:
            return None
        own = name or project.priorities[len(project.priorities) // 2]
        number = project.priorities.index(own) + 1 if own in project.priorities else 99
        return {"self": f"{self._rest}/priority/{number}", "id": str(number)} | {
            "name": self._site.shown(own)
        }

    def component(self, project: Project | None, name: str) -> Wire:
        """Show a component of a project."""
        return {"id": project.component_id(name) if project else "0", "name": name}

    def project_reference(self, project: Project) -> Wire:
        """Show a project as a ticket does."""
        return {
            "self": f"{self._rest}/project/{project.id}",
            "id": project.id,
            "key": project.key,
            "name": project.name,
        }

    def project(self, project: Project) -> Wire:
        """Show a project by itself."""
        kinds = [self.issue_type(project, name) for name in project.issue_types]
        shown = self.project_reference(project) | {"archived": project.archived}
        return shown | {"issueTypes": kinds, "projectTypeKey": "software"}

    def issue_type(self, project: Project, name: str) -> Wire:
        """Show an issue type."""
        own = project.type_id(name)
        level = {EPIC: 1, SUBTASK: -1}.get(name, 0)
        return {
            "self": f"{self._rest}/issuetype/{own}",
            "id": own,
            "name": self._site.shown(name),
            "description": name,
            "subtask": name == SUBTASK,
        } | ({"hierarchyLevel": level} if self._site.is_cloud else {})

    def created_type(self, project: Project, name: str) -> Wire:
        """Show an issue type to who wants to create; Cloud tells its name of all languages."""
        shown = self.issue_type(project, name)
        return shown | {"untranslatedName": name} if self._site.is_cloud else shown

    def field(self, project: Project, own: str) -> Wire:
        """Show what a create takes in one field."""
        made_up = {each.id: each for each in project.custom}.get(own)
        required = own in _ALWAYS | project.needed or bool(made_up and made_up.required)
        schema: Wire = {"type": "string", "system": own} if not made_up else {"type": "string"}
        name = SYSTEM_FIELDS.get(own, "")
        if own in EPIC_FIELDS:
            name, custom = EPIC_FIELDS[own]
            schema = {"type": "any", "custom": custom, "customId": 10006} if custom else schema
        shown: Wire = {
            "fieldId": own,
            "name": made_up.name if made_up else name,
            "required": required,
            "hasDefaultValue": bool(made_up and made_up.default),
            "operations": ["set"],
            "schema": schema,
        }
        if self._site.is_cloud:
            shown["key"] = own
        if own == "priority":
            shown["allowedValues"] = [self.priority(project, name) for name in project.priorities]
        if own == "components":
            shown["allowedValues"] = [self.component(project, n) for n in project.components]
        return shown


def page(items: list[Wire], name: str, start: int, size: int) -> Wire:
    """Show a page of a list whose members are under ``name``."""
    shown = items[start : start + size]
    return {
        "startAt": start,
        "maxResults": size,
        "total": len(items),
        "isLast": start + len(shown) >= len(items),
        name: shown,
    }


def stamp(moment: datetime) -> str:
    """Write a time as Jira does: milliseconds, and an offset without a colon."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}{moment:%z}"
