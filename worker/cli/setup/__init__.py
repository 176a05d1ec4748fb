"""`postmortem init`: the first settings, asked for and proved."""
