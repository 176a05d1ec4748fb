"""Reviewing documents by page and API: status, owner, approvals, and what is still amiss."""
