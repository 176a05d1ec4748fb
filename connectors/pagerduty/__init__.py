"""PagerDuty as a source of incidents."""
