"""What a document still lacks, and what in it is not read, with the sentences that say so."""
