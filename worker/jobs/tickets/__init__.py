"""The tickets of one document: made, changed, and brought back into its rows."""
