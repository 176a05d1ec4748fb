"""Confluence, Cloud and Data Center: where documents are published."""
