"""Confluence's stand-in on loopback: strict, and it rewrites what it saves as the real one does."""
