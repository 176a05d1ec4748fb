"""The picture beside the document."""
