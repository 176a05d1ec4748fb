"""What the words of a task say besides the task: who does it, and until when."""
