"""Lists of postmortems and of action items: as pages, as CSV, and by the API."""
