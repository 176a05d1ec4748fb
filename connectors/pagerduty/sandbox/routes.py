"""The part of PagerDuty's REST API that the program reads, and what ``check`` looks at."""

import functools
import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.pagerduty.responses import is_oauth_token
from connectors.pagerduty.sandbox import subscription_routes, views
from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.queries import ErrorAnswer, QueryReader, invalid, not_found
from connectors.pagerduty.sandbox.references import priority
from connectors.pagerduty.sandbox.views import stamp

_UTC = ZoneInfo("UTC")
_PAGING = ("limit", "offset", "total")
_INCLUDES = (
    *("acknowledgers", "agents", "assignees", "conference_bridge", "custom_fields"),
    *("escalation_policies", "first_trigger_log_entries", "priorities", "services"),
    *("teams", "users"),
    "external_references",  # in no document, and asked for by many in public
)
_SORTS = ("incident_number", "created_at", "resolved_at", "urgency")
_STATUSES = ("triggered", "acknowledged", "resolved")
_TYPE_FILTERS = ("", "enabled", "disabled", "all")
_LISTED_PRIORITIES = ("P1", "P2", "P3", "P4", "P5")
Answer = tuple[dict[str, object], ZoneInfo]
Endpoint = Callable[[Request], Awaitable[Response]]


class Api:
    """The endpoints over one account; :meth:`routes` gives them."""

    def __init__(
        self,
        account: SandboxAccount,
        api_keys: Sequence[str],
        since_means: Literal["created_at", "resolved_at"],
        sorts_by: str,
    ) -> None:
        self._account = account
        self._keys = api_keys
        self._since_means = since_means
        self._sorts_by = sorts_by

    def routes(self) -> list[Route]:
        """Give the routes, in the order in which they are tried."""
        one = "/incidents/{id}"
        table = {
            "/incidents": self._incidents,
            "/incidents/types": self._incident_types,
            one: self._incident,
            f"{one}/log_entries": self._log_entries,
            f"{one}/alerts": self._alerts,
            f"{one}/notes": self._notes,
            f"{one}/related_change_events": self._change_events,
            f"{one}/business_services/impacts": self._impacts,
            f"{one}/status_updates/subscribers": self._subscribers,
            f"{one}/custom_fields/values": self._custom_fields,
            f"{one}/past_incidents": self._past_incidents,
            f"{one}/review": self._review,
            f"{one}/review/action_items": self._review_items,
            "/webhook_subscriptions": self._webhook_subscriptions,
            "/users/me": self._me,
            "/abilities": self._abilities,
            "/services": self._services,
            "/teams": self._teams,
            "/priorities": self._priorities,
        }
        reads = [Route(path, self._endpoint(handler)) for path, handler in table.items()]
        return reads + subscription_routes.routes(self._account, self._authorise)

    def _endpoint(self, handler: Callable[[Request], Answer]) -> Endpoint:
        """Make an endpoint of a handler: authorised, consistent, in JSON."""

        async def endpoint(request: Request) -> Response:
            try:
                self._authorise(request.headers.get("authorization", ""))
                with self._account.lock:
                    body, zone = handler(request)
                    text = json.dumps(body, default=functools.partial(stamp, zone=zone))
            except ErrorAnswer as refused:
                return JSONResponse(refused.body, refused.status)
            return Response(text, media_type="application/json")

        return endpoint

    def _authorise(self, header: str) -> None:
        for key in self._keys:
            forms = [f"Bearer {key}"]
            if not is_oauth_token(key):
                forms.append(f"Token token={key}")
            if any(hmac.compare_digest(header.encode(), form.encode()) for form in forms):
                return
        raise ErrorAnswer(401, 2006, "Authentication Failed")

    def _found(self, request: Request) -> SandboxIncident:
        """Find the incident of a path, by its id or its number."""
        wanted = request.path_params["id"]
        for incident in self._account.incidents.values():
            if wanted in (incident.id, str(incident.number)):
                return incident
        raise not_found()

    def _incidents(self, request: Request) -> Answer:
        lists = ("statuses[]", "service_ids[]", "team_ids[]", "urgencies[]", "include[]")
        asked = QueryReader(
            request.query_params, *_PAGING, *lists, "since", "until", "sort_by", "time_zone"
        )
        since, until = asked.period(datetime.now(UTC))
        statuses = asked.choices("statuses", _STATUSES)
        services, teams = asked.choices("service_ids"), asked.choices("team_ids")
        urgencies = asked.choices("urgencies", ("high", "low"))
        chosen = [
            one
            for one in self._account.incidents.values()
            if since <= (getattr(one, self._since_means) or one.created_at) <= until
            and (not statuses or one.status in statuses)
            and (not services or one.service["id"] in services)
            and (not teams or teams & {team["id"] for team in one.teams})
            and (not urgencies or one.urgency in urgencies)
        ]
        order = asked.order(_SORTS)
        if self._sorts_by or not order:
            name, _, way = (self._sorts_by or "created_at:asc").partition(":")
            order = [(name, way == "desc")]
        page = asked.page(_sorted(chosen, order), "incidents", views.rest_incident)
        return page, asked.zone(_UTC)

    def _incident_types(self, request: Request) -> Answer:
        if QueryReader(request.query_params, "filter").text("filter") not in _TYPE_FILTERS:
            raise invalid("filter may be enabled, disabled or all.")
        types = [
            views.incident_type(name, shown) for name, shown in self._account.incident_types.items()
        ]
        return {"incident_types": types}, _UTC

    def _incident(self, request: Request) -> Answer:
        asked = QueryReader(request.query_params, "include[]")
        included = asked.choices("include", _INCLUDES)
        return {"incident": views.rest_incident(self._found(request), included)}, _UTC

    def _log_entries(self, request: Request) -> Answer:
        asked = QueryReader(
            request.query_params,
            *(*_PAGING, "include[]", "since", "until", "time_zone", "is_overview"),
        )
        included = asked.choices("include", ("incidents", "services", "channels", "teams"))
        since, until = asked.time("since"), asked.time("until")
        entries = [
            entry
            for entry in views.log_entries(self._found(request), included)
            if (since is None or entry["created_at"] >= since)
            and (until is None or entry["created_at"] < until)
        ]
        return asked.page(entries, "log_entries"), asked.zone(self._account.time_zone)

    def _alerts(self, request: Request) -> Answer:
        asked = QueryReader(
            request.query_params, *_PAGING, "statuses[]", "sort_by", "include[]", "alert_key"
        )
        statuses = asked.choices("statuses", ("triggered", "resolved"))
        newest_first = asked.text("sort_by").endswith(":desc")
        alerts = sorted(
            (
                alert
                for alert in self._found(request).alerts
                if not statuses or alert["status"] in statuses
            ),
            key=lambda alert: alert["created_at"],
            reverse=newest_first,
        )
        return asked.page(alerts, "alerts"), self._account.time_zone

    def _notes(self, request: Request) -> Answer:
        QueryReader(request.query_params)
        notes = sorted(
            self._found(request).notes, key=lambda note: note["created_at"], reverse=True
        )
        return {"notes": notes}, self._account.time_zone

    def _change_events(self, request: Request) -> Answer:
        QueryReader(request.query_params, "limit")
        return {"change_events": self._found(request).changes}, _UTC

    def _impacts(self, request: Request) -> Answer:
        QueryReader(request.query_params)
        impacts = self._found(request).impacts
        return {"services": impacts, "limit": 100, "next_cursor": None}, _UTC

    def _subscribers(self, request: Request) -> Answer:
        QueryReader(request.query_params)
        subscribers = self._found(request).subscribers
        page = {"limit": 100, "offset": 0, "more": False, "total": len(subscribers)}
        return {"subscribers": subscribers, "account_id": "PACC0NT", **page}, _UTC

    def _custom_fields(self, request: Request) -> Answer:
        QueryReader(request.query_params)
        return {"custom_fields": self._found(request).custom_fields}, _UTC

    def _past_incidents(self, request: Request) -> Answer:
        asked = QueryReader(request.query_params, "limit", "total")
        limit = int(asked.text("limit") or 5)
        past = sorted(self._found(request).past, key=lambda one: one["score"], reverse=True)
        return {"past_incidents": past[:limit], "total": None, "limit": limit}, _UTC

    def _review(self, request: Request) -> Answer:
        QueryReader(request.query_params)
        review = views.review(self._found(request))
        if review is None:
            raise not_found()
        return {"incident_review": review}, _UTC

    def _review_items(self, request: Request) -> Answer:
        QueryReader(request.query_params)
        incident = self._found(request)
        if incident.review is None:
            raise not_found()
        return {"action_items": incident.review_items}, _UTC

    def _webhook_subscriptions(self, request: Request) -> Answer:
        asked = QueryReader(request.query_params, *_PAGING, "filter_type", "filter_id")
        return asked.page(self._account.subscriptions, "webhook_subscriptions"), _UTC

    def _me(self, request: Request) -> Answer:
        QueryReader(request.query_params, "include[]")
        if self._account.user is None:
            raise ErrorAnswer(
                400, 2001, "Invalid Input Provided", "An account's key belongs to no user."
            )
        user = {**self._account.user, "type": "user", "email": "robot@example.com"}
        return {"user": {**user, "name": self._account.user["summary"]}}, _UTC

    def _abilities(self, request: Request) -> Answer:
        QueryReader(request.query_params)
        return {"abilities": ["teams", "urgencies", "event_rules"]}, _UTC

    def _services(self, request: Request) -> Answer:
        asked = QueryReader(request.query_params, *_PAGING, "query", "team_ids[]", "include[]")
        known = {one.service["id"]: one for one in self._account.incidents.values()}
        services = [
            {
                **one.service,
                "type": "service",
                "name": one.service["summary"],
                "status": "active",
                "escalation_policy": one.policy,
            }
            for one in known.values()
        ]
        return asked.page(services, "services"), _UTC

    def _teams(self, request: Request) -> Answer:
        asked = QueryReader(request.query_params, *_PAGING, "query")
        known = {one["id"]: one for each in self._account.incidents.values() for one in each.teams}
        teams = [
            {**one, "type": "team", "name": one["summary"], "description": ""}
            for one in known.values()
        ]
        return asked.page(teams, "teams"), _UTC

    def _priorities(self, request: Request) -> Answer:
        asked = QueryReader(request.query_params, *_PAGING)
        return asked.page([priority(name) for name in _LISTED_PRIORITIES], "priorities"), _UTC


def _sorted(
    incidents: list[SandboxIncident], order: Sequence[tuple[str, bool]]
) -> list[SandboxIncident]:
    """Sort by the last field first; what is unresolved counts as the latest."""
    for name, falls in reversed(order):
        key = functools.partial(_sort_key, "number" if name == "incident_number" else name)
        incidents = sorted(incidents, key=key, reverse=falls)
    return incidents


def _sort_key(name: str, incident: SandboxIncident) -> Any:
    return getattr(incident, name) or datetime.max.replace(tzinfo=UTC)
