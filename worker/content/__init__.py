"""What drafting and documents share: the content of a draft, clean text, safe Markdown, dates."""
