"""Action items in lists of check boxes: read, and changed in the pieces that differ."""
