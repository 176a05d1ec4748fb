"""Sending a notice to an address of Apprise's: e-mail, and a hundred services besides.

Nothing can be read back at such an address: a notice whose sending failed may have arrived, unless
it is sure that the service did not take it.
"""

import logging
import re
import smtplib
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import urlsplit

from connectors.errors import ConnectorError

_REMEDY = "Look at the address in [reminders] notify; https://appriseit.com describes them."
_STATUS = re.compile(r"\berror=(\d{3})\b")
_CORE = "apprise"
_UNAVAILABLE, _TIMED_OUT = 503, 408
_REFUSALS = range(400, 500)
_MAIL_REFUSALS = range(400, 600)
"""What a mail server refuses with; `smtplib` calls a connection that was closed -1."""

_ONE_AT_A_TIME = threading.Lock()
"""Held while a notice is sent, so that what is heard is of that one; Apprise has threads too."""


class NoticeRefused(ConnectorError):
    """No notice can be sent to the address now; surely none was."""


def shown(address: str) -> str:
    """Give an address as it may be shown: which service, and nothing that may be a secret."""
    return f"{urlsplit(address).scheme}://\u2026"


def send(address: str, title: str, body: str) -> bool:
    """Send a notice once; tell whether the service took it, False where nobody can say.

    Raises ``NoticeRefused`` where surely nothing was sent: an address that names no service, a
    service that cannot be reached, or one that refused the notice.
    """
    # it takes megabytes, and only those who are notified need it
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - as above says

    with _listening() as heard:
        asset = AppriseAsset(app_id="postmortem-worker", app_desc="", plugin_paths=[])
        sending = Apprise(asset=asset)
        if not sending.add(address):
            raise NoticeRefused(f"{shown(address)} names no service that can be notified.", _REMEDY)
        heard.begin()
        if sending.notify(body=body, title=title, body_format="text"):
            return True
    if refusal := heard.refusal:
        raise NoticeRefused(f"{shown(address)} {refusal}.", _REMEDY)
    return False


class _Listener(logging.Handler):
    """Hears from Apprise's own lines how a sending failed: it tells its caller nothing but that.

    The lines hold addresses and texts, so none is kept. They are written where the error is caught,
    which can be seen from there.
    """

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.begin()

    def begin(self) -> None:
        """Forget what was heard before anything was sent."""
        self._reasons: list[str] = []
        self._is_sure = True

    @property
    def refusal(self) -> str:
        """How the service refused, "" where somebody may have got the notice."""
        return self._reasons[0] if self._reasons and self._is_sure else ""

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line for what it tells."""
        error, status = sys.exc_info()[1], None
        if record.levelno >= logging.WARNING:
            status = _STATUS.search(record.getMessage())
        if record.module == _CORE:
            return  # it counts the services
        if record.levelno == logging.INFO:
            self._is_sure = False  # so it tells that one of several recipients has it
        elif error is not None:
            self._hear(_why(error))
        elif status is not None:
            self._hear(_why_by(int(status[1])))

    def _hear(self, reason: str) -> None:
        if reason:
            self._reasons.append(reason)
        else:
            self._is_sure = False


@contextmanager
def _listening() -> Iterator[_Listener]:
    """Listen to Apprise, whose lines go nowhere else."""
    log, heard = logging.getLogger("apprise"), _Listener()
    with _ONE_AT_A_TIME:
        log.propagate = False
        log.setLevel(logging.DEBUG)
        log.addHandler(heard)
        try:
            yield heard
        finally:
            log.removeHandler(heard)
            log.setLevel(logging.CRITICAL + 1)


def _why(error: BaseException) -> str:
    """Give why an error means that nothing was sent, "" where it may have been."""
    causes = list(_causes(error))
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in causes):
        return "has a certificate that is not trusted"
    if any(isinstance(one, _not_reached()) for one in causes):
        return "could not be reached"
    for one in causes:
        if isinstance(one, smtplib.SMTPResponseException):
            return f"refused it ({one.smtp_code})" if one.smtp_code in _MAIL_REFUSALS else ""
        if isinstance(one, smtplib.SMTPRecipientsRefused):
            codes = sorted({code for code, _ in one.recipients.values()})
            is_sure = all(code in _MAIL_REFUSALS for code in codes)
            return f"refused whom it is for ({', '.join(map(str, codes))})" if is_sure else ""
        if isinstance(one, smtplib.SMTPNotSupportedError):
            return "does not do what the address asks for"
    return ""


@cache
def _not_reached() -> tuple[type[BaseException], ...]:
    """Give what is raised where nobody could be asked."""
    # what only tells of notices needs no client of HTTP
    import requests  # noqa: PLC0415 - as said above
    from urllib3.exceptions import NameResolutionError, NewConnectionError  # noqa: PLC0415 - as above

    return (
        ConnectionRefusedError,
        NameResolutionError,
        NewConnectionError,
        requests.ConnectTimeout,
        socket.gaierror,
    )


def _why_by(status: int) -> str:
    is_sure = status == _UNAVAILABLE or (status in _REFUSALS and status != _TIMED_OUT)
    return f"refused it ({status})" if is_sure else ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    yield error
    for inside in (*error.args, getattr(error, "reason", None), error.__cause__):
        if isinstance(inside, BaseException):
            yield from _causes(inside)
