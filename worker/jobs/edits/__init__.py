"""What people write into documents through the page and the API."""
