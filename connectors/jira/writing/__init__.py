"""What is sent to Jira: new tickets, and changes of those that are there."""
