"""Digests of what is late: gathered by channel, and posted at most once in a period."""
