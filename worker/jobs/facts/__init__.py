"""What is kept of incidents and tickets as they are read, and what is found in it again."""
