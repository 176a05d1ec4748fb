"""Slack: the channel of an incident is read there, and a draft announced."""
