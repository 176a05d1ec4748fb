"""What the program talks to: a source of incidents and a tracker of tickets."""

SUMMARY = (
    "Writes the postmortem draft when a PagerDuty incident is resolved, and keeps its action items "
    "and their Jira tickets in step."
)
"""What the distribution says of itself: to look that up takes a fifth of what ``--help`` does."""
