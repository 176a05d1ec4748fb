"""Pure: from a document to the page that shows it, and from the page as people left it to ours."""
