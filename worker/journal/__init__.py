"""The program's memory: what was written, which ticket belongs to which row, and why."""
