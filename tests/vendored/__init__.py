"""What pages use of other people's scripts, and how it is made from their packages."""
