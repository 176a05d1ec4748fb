"""The promised exit statuses; 0 is that of a command which did everything."""

FAILED = 1
MISUSED = 2
