"""Answers of services, taken in within limits: bytes, time, depth of JSON; or why none came."""
