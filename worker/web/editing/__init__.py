"""Changing documents: writing in them by page and API, settling suggestions, asking for a sync."""
