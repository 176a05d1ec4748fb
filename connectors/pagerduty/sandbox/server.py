"""PagerDuty on loopback: an account with incidents behind the real API's paths, and webhooks.

Stateful and strict: keys, paging, periods, parameters and includes are checked as the API checks
them, or harder. What goes wrong on request is a :class:`Fault`; what was served is remembered, so
that calls can be counted and held to the official OpenAPI document.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from starlette.applications import Starlette

from connectors.pagerduty.sandbox import views
from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.references import Wire
from connectors.pagerduty.sandbox.routes import Api
from connectors.sandbox import Delivery, Fault, Recorder, Sandbox

API_KEY = "sandbox-pagerduty-key"
SECRET = "sandbox-signing-secret"  # noqa: S105 - guards nothing but the sandbox
REMEMBERED = 2_000
"""How many requests are kept, so that a sandbox that serves for days does not grow."""
MESSAGES: Mapping[int, tuple[int, str]] = {
    400: (2001, "Invalid Input Provided"),
    401: (2006, "Authentication Failed"),
    402: (2012, "Account does not have the abilities to perform the action"),
    403: (2010, "Access Denied"),
    404: (2100, "Not Found"),
    429: (2020, "Rate Limit Exceeded"),
    500: (2000, "Internal Server Error"),
}
"""The code and the words of an error body, by status."""
_RATE = {"ratelimit-limit": "960", "ratelimit-remaining": "950", "ratelimit-reset": "30"}


@dataclass
class PagerDutySandbox(Sandbox):
    """The server and its account.

    ``since_means`` chooses which timestamp ``GET /incidents`` holds ``since`` and ``until``
    against: PagerDuty does not say. With ``sorts_by`` (like "created_at:desc") incidents come in
    that order, whatever ``sort_by`` asks for. The last ``remembered`` requests are in ``served``,
    None for all.
    """

    account: SandboxAccount = field(default_factory=SandboxAccount)
    api_keys: Sequence[str] = (API_KEY,)
    since_means: Literal["created_at", "resolved_at"] = "created_at"
    sorts_by: str = ""
    port: int = 0
    certificate: Path | None = None
    remembered: int | None = REMEMBERED

    def __post_init__(self) -> None:
        api = Api(self.account, self.api_keys, self.since_means, self.sorts_by)
        application = Starlette(routes=api.routes())
        recorder = Recorder(application, _words, _RATE, self.remembered)
        self.listen(recorder, self.port, self.certificate)

    @property
    def api_key(self) -> str:
        """A key that is good, for ``PAGERDUTY_API_KEY``."""
        return self.api_keys[0]

    def withhold(self, part: str, status: int) -> None:
        """Refuse a part of every incident for good: 402, 403 or 404 on ``…/{part}``."""
        self.fault(Fault(rf"/incidents/\w+/{part}$", status, times=None))

    def webhook(
        self,
        type_: str,
        incident: SandboxIncident,
        *,
        at: datetime | None = None,
        by: Wire | None = None,
        secret: str = SECRET,
        data: object = None,
    ) -> Delivery:
        """Make the signed delivery of an event about an incident; :meth:`Delivery.send` sends it.

        Its time is that of the incident's last change, unless ``at`` says else; ``data`` is what
        it tells where that is not the incident.
        """
        when = at or incident.changed_at or incident.created_at
        return views.delivery(views.event(type_, incident, when, by, data), secret)


def _words(status: int) -> object:
    code, message = MESSAGES.get(status, (2000, "Something went wrong"))
    return {"error": {"message": message, "code": code, "errors": []}}
