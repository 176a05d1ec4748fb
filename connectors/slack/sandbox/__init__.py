"""Slack's stand-in on loopback."""
