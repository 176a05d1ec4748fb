"""Reading a postmortem: its page, and its Markdown as HTML."""
