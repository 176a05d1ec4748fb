"""Invented incidents, as records, for the tests."""
