"""How the journal's tables came to be, a file a step."""
