"""Jira on loopback: Cloud and Data Center, as strict as the real ones where it matters here."""

from connectors.jira.sandbox.faults import Fault, Moment
from connectors.jira.sandbox.gate import Served
from connectors.jira.sandbox.people import PEOPLE, Person
from connectors.jira.sandbox.project import CustomField, Project
from connectors.jira.sandbox.server import API_TOKEN, EMAIL, PERSONAL_TOKEN, SECRET, JiraSandbox
from connectors.jira.sandbox.webhooks import Change, Delivery

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
