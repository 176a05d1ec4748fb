"""The webhook receiver: `POST /webhooks/pagerduty` and `POST /webhooks/jira`.

An answer decides whether the sender tries again. PagerDuty repeats on 5xx and drops on other 4xx,
and three drops in a row switch its subscription off for a day; so whatever is wrong on this side is
a 503, and 4xx is for what would be refused tomorrow as well.
"""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog
from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse

from connectors.errors import PayloadError, SignatureError
from worker.web import body as bodies
from worker.web.hints import Hint, from_jira, from_pagerduty
from worker.web.keeping import Keep, Keeper
from worker.web.metrics import Metrics

_log = structlog.get_logger(__name__)

PATIENCE = 4.0
"""Seconds to store an event in: PagerDuty gives up after 5."""

Read = Callable[[Mapping[str, str], bytes, Sequence[str]], Hint | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a sentence, and the word under which it is counted."""

    status: int
    sentence: str
    outcome: str


KEPT = Answer(202, "The event is stored.", "kept")
UNUSED = Answer(202, "The event is genuine, and nothing has to follow it.", "unused")
UNSIGNED = Answer(401, "The signature is missing, or made with another secret.", "unsigned")
TOO_LARGE = Answer(413, "The event is larger than 1 MiB.", "too_large")
TOO_SLOW = Answer(503, "The event did not arrive in time. Send it again.", "too_slow")
CUT_OFF = Answer(400, "The connection ended before the event did.", "cut_off")
NOT_STORED = Answer(503, "The event could not be stored. Send it again.", "not_stored")
_UNREAD = (TOO_LARGE, TOO_SLOW)
"""Answers after which nothing more of the body is read, however much the sender has."""


class Door:
    """One sender's receiver. ``setting`` is where its secrets are configured."""

    def __init__(
        self,
        source: str,
        setting: str,
        read: Read,
        secrets: Sequence[str],
        keep: Keep,
    ) -> None:
        self._source = source
        self._setting = setting
        self._read = read
        self._secrets = tuple(secret for secret in secrets if secret)
        self._keeper = Keeper(keep, f"webhooks-{source}")

    async def answer(self, request: Request) -> Answer:
        """Take in one event."""
        if not self._secrets:
            sentence = f"No secret is configured to check it with. Set {self._setting}."
            return Answer(503, sentence, "not_configured")
        try:
            body = await bodies.read(request)
        except bodies.TooLarge:
            return TOO_LARGE
        except TimeoutError:
            return TOO_SLOW
        except ClientDisconnect:
            return CUT_OFF
        read = self._understand(request.headers, body)
        return await self._store(read) if isinstance(read, Hint) else read

    def close(self) -> None:
        """Store nothing more."""
        self._keeper.close()

    def _understand(self, headers: Mapping[str, str], body: bytes) -> Hint | Answer:
        try:
            return self._read(headers, body, self._secrets) or UNUSED
        except SignatureError as error:
            _log.warning("A webhook was refused.", source=self._source, why=str(error))
            return UNSIGNED
        except PayloadError as error:
            _log.warning("A webhook could not be read.", source=self._source, why=str(error))
            return Answer(400, str(error), "malformed")

    async def _store(self, hint: Hint) -> Answer:
        try:
            await self._keeper.store(hint, PATIENCE)
        except Exception:  # noqa: BLE001 - whatever it was, the sender must send again
            with suppress(OSError):  # a disk that is full may be the log's as well
                _log.exception("A webhook could not be stored.", source=self._source, id=hint.id)
            return NOT_STORED
        return KEPT


def door(
    pagerduty_secrets: Sequence[str],
    jira_secrets: Sequence[str],
    keep: Keep,
    metrics: Metrics,
) -> APIRouter:
    """Give the routes of the receiver.

    ``keep`` is called in a thread for each sender. The events must be on disk when it returns;
    where it raises, or takes longer than :data:`PATIENCE`, the sender is asked to send again.
    """
    setting = "PAGERDUTY_WEBHOOK_SECRET"
    pagerduty = Door("pagerduty", setting, from_pagerduty, pagerduty_secrets, keep)
    jira = Door("jira", "JIRA_WEBHOOK_SECRET", from_jira, jira_secrets, keep)

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        yield
        pagerduty.close()
        jira.close()

    router = APIRouter(lifespan=lifespan, include_in_schema=False)
    for source, receiver in (("pagerduty", pagerduty), ("jira", jira)):
        router.add_api_route(
            f"/webhooks/{source}", _endpoint(source, receiver, metrics), methods=["POST"]
        )
    return router


def _endpoint(source: str, receiver: Door, metrics: Metrics) -> Callable[[Request], object]:
    async def endpoint(request: Request) -> PlainTextResponse:
        began = time.monotonic()
        answer = await receiver.answer(request)
        metrics.webhook(source, answer.outcome, time.monotonic() - began)
        unread = {"Connection": "close"} if answer in _UNREAD else None
        return PlainTextResponse(answer.sentence + "\n", answer.status, unread)

    return endpoint
