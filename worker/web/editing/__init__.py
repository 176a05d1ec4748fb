"""Writing into documents: by the page, and by the API."""
