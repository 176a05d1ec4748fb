"""Jira on loopback: Cloud and Data Center, as strict as the real ones where it matters here."""

from worker.sandbox.jira.faults import Fault, Moment
from worker.sandbox.jira.gate import Served
from worker.sandbox.jira.people import PEOPLE, Person
from worker.sandbox.jira.project import CustomField, Project
from worker.sandbox.jira.server import (
    API_TOKEN,
    EMAIL,
    PERSONAL_TOKEN,
    SECRET,
    JiraSandbox,
)
from worker.sandbox.jira.webhooks import Change, Delivery

__all__ = [
    "API_TOKEN",
    "EMAIL",
    "PEOPLE",
    "PERSONAL_TOKEN",
    "SECRET",
    "Change",
    "CustomField",
    "Delivery",
    "Fault",
    "JiraSandbox",
    "Moment",
    "Person",
    "Project",
    "Served",
]
