"""Pure: finding, filling and merging the parts of a Markdown document."""
