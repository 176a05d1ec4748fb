"""Jira on loopback: Cloud and Data Center, as strict as the real ones where it matters here."""

from connectors.jira.sandbox.faults import Fault, Moment
from connectors.jira.sandbox.gate import Served
from connectors.jira.sandbox.projects import PEOPLE, Person, Project, ProjectField
from connectors.jira.sandbox.server import API_TOKEN, EMAIL, PERSONAL_TOKEN, SECRET, JiraSandbox
from connectors.jira.sandbox.webhooks import Delivery, FieldEdit

__all__ = [
    "API_TOKEN",
    "EMAIL",
    "PEOPLE",
    "PERSONAL_TOKEN",
    "SECRET",
    "Delivery",
    "Fault",
    "FieldEdit",
    "JiraSandbox",
    "Moment",
    "Person",
    "Project",
    "ProjectField",
    "Served",
]
