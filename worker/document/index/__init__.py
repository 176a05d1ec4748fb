"""The index: what is known of a document without reading it again."""
