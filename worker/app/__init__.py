"""The composition root: the one place that chooses concrete clients and stores."""
