"""What lists are made of, so that no request waits for documents to be read."""
