"""How PagerDuty is set up by questions, see ``connectors.setup_steps``."""
