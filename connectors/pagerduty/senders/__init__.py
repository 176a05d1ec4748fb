"""What monitors and mails send, in their own words."""
