"""How base, people and fresh become one text."""
