"""Jira on loopback: Cloud and Data Center, as strict as the real ones where it matters here."""

from connectors.jira.sandbox.projects import PEOPLE, Person, Project, ProjectField
from connectors.jira.sandbox.server import (
    API_TOKEN,
    EMAIL,
    PERSONAL_TOKEN,
    SECRET,
    FieldEdit,
    JiraSandbox,
)

__all__ = [
    "API_TOKEN",
    "EMAIL",
    "PEOPLE",
    "PERSONAL_TOKEN",
    "SECRET",
    "FieldEdit",
    "JiraSandbox",
    "Person",
    "Project",
    "ProjectField",
]
