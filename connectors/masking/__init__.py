"""Masking: secrets hidden in other people's text before anything is made of it."""

from connectors.masking.masking import Hidden, Masking, counted

__all__ = ["Hidden", "Masking", "counted"]
