"""Documents on a branch of a Git remote."""
