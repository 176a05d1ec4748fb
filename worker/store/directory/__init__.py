"""Documents in a directory of this machine."""
