"""What of a document is not read, and the sentences that say so."""
