"""A tracker of tickets that the program has never heard of: each ticket is a file in a folder."""
