"""What the program talks to: a source of incidents and a tracker of tickets.

The words here are those that ``--help`` shows of them, which loads no more than this.
"""

SUMMARY = (
    "Writes the postmortem draft when a PagerDuty incident is resolved, and keeps its action items "
    "and their Jira tickets in step."
)
"""What the distribution says of itself: to look that up takes a fifth of what ``--help`` does."""
TAKE_OVER_OPTION = "--from-confluence"
"""The option of ``sync`` that takes over what people wrote on a page; its name is promised."""
