"""The timeline: what happened as rows, by the folding table."""
