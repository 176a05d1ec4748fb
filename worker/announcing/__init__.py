"""What a chat is told: of a draft, and of what is late; pure."""
