"""What is read of single documents: whose they are, and what they say."""
