"""What keeps a document from being final, each with its line and its rule."""
