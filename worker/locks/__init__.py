"""Locks that go with their holder, for whoever works beside others: none outlives a crash."""
