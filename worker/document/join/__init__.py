"""Joining what two have made of one document, place by place."""
