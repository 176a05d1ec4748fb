"""What earlier states of the program left on disk, to be opened by today's."""

from pathlib import Path

RECORDS = Path(__file__).parent / "records"
PAGERDUTY_PORT, JIRA_PORT = 28_631, 28_632
"""Below the ports that systems give away; a journal remembers where its services were."""
HERE = "/where/it/was"
"""Stands in a recorded journal for the folder that holds it and the documents."""
INCIDENT = "quick fix"
WORDS = "About one order in five was late."
LAST_WORDS = "Nobody was charged twice."
ROWS = (
    "| Add an alert on queue depth | Lena Okafor | High | 2026-12-01 |",
    "| Review the hand-over |  |  |  |",
)
