"""Answers of services, taken in within limits: their bytes, their time, the depth of their JSON."""
