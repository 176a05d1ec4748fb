"""Masking: secrets hidden in other people's text before anything is made of it."""

from connectors.masking.masking import Hidden, Masking, counted
from connectors.masking.own_credentials import OwnCredentials, without_controls

__all__ = ["Hidden", "Masking", "OwnCredentials", "counted", "without_controls"]
