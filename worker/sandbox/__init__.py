"""PagerDuty and Jira on loopback, for the demo and the tests."""
