"""The webhook receiver, the web page and its API."""
