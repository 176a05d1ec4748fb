"""When requests go out: how many a minute, and how many side by side."""
