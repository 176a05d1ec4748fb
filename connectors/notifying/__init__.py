"""Notices at addresses outside, where nothing can be read back."""

from connectors.notifying.apprise_notices import NoticeRefused, send, shown

__all__ = ["NoticeRefused", "send", "shown"]
