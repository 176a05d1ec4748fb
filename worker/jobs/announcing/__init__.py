"""Announcements of drafts: each posted once, and kept current."""
