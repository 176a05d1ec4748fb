"""What the sandbox lets a key write: webhook subscriptions, made and deleted.

The signing secret is in the answer to the create alone, as PagerDuty documents it.
"""

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.pagerduty.sandbox import references as wire
from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.queries import ErrorAnswer, invalid, not_found

_FILTERS = ("account_reference", "service_reference", "team_reference")


def routes(account: SandboxAccount, authorise: Callable[[str], None]) -> list[Route]:
    """Give the routes; ``authorise`` raises ``ErrorAnswer`` for a header with no good key."""

    def may_write(request: Request) -> None:
        authorise(request.headers.get("authorization", ""))
        if account.read_only:
            raise ErrorAnswer(403, 2010, "Access Denied")

    async def create(request: Request) -> Response:
        try:
            may_write(request)
            asked = _asked(await request.body())
            only = None if asked["filter"]["type"] == _FILTERS[0] else asked["filter"]
            made = account.subscribe(asked["delivery_method"]["url"], asked["events"], only=only)
        except ErrorAnswer as refused:
            return JSONResponse(refused.body, refused.status)
        secret = wire.made_id("S", "secret", made["id"], length=40)
        shown = {**made, "delivery_method": {**made["delivery_method"], "secret": secret}}
        return JSONResponse({"webhook_subscription": shown})

    async def delete(request: Request) -> Response:
        try:
            may_write(request)
            if not account.unsubscribe(request.path_params["id"]):
                raise not_found()
        except ErrorAnswer as refused:
            return JSONResponse(refused.body, refused.status)
        return Response(status_code=204)

    return [
        Route("/webhook_subscriptions", create, methods=["POST"]),
        Route("/webhook_subscriptions/{id}", delete, methods=["DELETE"]),
    ]


def _asked(body: bytes) -> Any:
    """Read what is to be made, as strictly as PagerDuty. Raises ``ErrorAnswer``."""
    try:
        asked = json.loads(body)["webhook_subscription"]
        whole = (
            asked["type"] == "webhook_subscription"
            and asked["delivery_method"]["type"] == "http_delivery_method"
            and asked["delivery_method"]["url"].startswith("https://")
            and asked["filter"]["type"] in _FILTERS
            and (asked["filter"]["type"] == _FILTERS[0] or asked["filter"]["id"])
            and asked["events"]
        )
    except (ValueError, LookupError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise invalid("A webhook subscription needs a delivery method, events and a filter.")
    return asked
