"""How Jira is set up by questions, see ``connectors.setup_steps``."""
