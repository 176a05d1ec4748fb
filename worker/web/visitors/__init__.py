"""Who may come in: tokens and sessions, people by name, and what each may do."""
