"""Sending a notice to an address of Apprise's: e-mail, and a hundred services besides.

Nothing can be read back at such an address, so a notice whose sending failed may have arrived.
"""

import logging
from urllib.parse import urlsplit

from connectors.errors import ConnectorError

_REMEDY = "Look at the address in [reminders] notify; https://appriseit.com describes them."


class NoticeRefused(ConnectorError):
    """No notice can be sent to the address; surely none was."""


def shown(address: str) -> str:
    """Give an address as it may be shown: which service, and nothing that may be a secret."""
    return f"{urlsplit(address).scheme}://\u2026"


def send(address: str, title: str, body: str) -> bool:
    """Send a notice once; tell whether the service said that it took it.

    Raises ``NoticeRefused`` for an address that names no service.
    """
    # it takes megabytes, and only those who are notified need it
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - as above says

    logging.getLogger("apprise").disabled = True  # its lines hold addresses
    asset = AppriseAsset(app_id="postmortem-worker", app_desc="", plugin_paths=[])
    sending = Apprise(asset=asset)
    if not sending.add(address):
        raise NoticeRefused(f"{shown(address)} names no service that can be notified.", _REMEDY)
    return bool(sending.notify(body=body, title=title, body_format="text"))
