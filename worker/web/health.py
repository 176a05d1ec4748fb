"""What tells a supervisor how the process is: `/healthz`, `/readyz`, `/metrics`."""

import asyncio
from collections.abc import Callable, Mapping

import structlog
from fastapi import APIRouter
from starlette.responses import JSONResponse, PlainTextResponse, Response

from worker.web.metrics import CONTENT_TYPE, Metrics

_log = structlog.get_logger(__name__)

PATIENCE = 5.0
"""Seconds that a check may take."""

Checks = Mapping[str, Callable[[], object]]


def health(checks: Checks, metrics: Metrics) -> APIRouter:
    """Give the routes. A check, by the name it is shown under, raises where something is wrong."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> Response:
        return PlainTextResponse("ok\n")

    @router.get("/readyz")
    async def ready() -> Response:
        results = await asyncio.gather(*(_holds(name, check) for name, check in checks.items()))
        words = {
            name: "ok" if held else "failing" for name, held in zip(checks, results, strict=True)
        }
        return JSONResponse(words, 200 if all(results) else 503)

    @router.get("/metrics")
    def counters() -> Response:
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    return router


async def _holds(name: str, check: Callable[[], object]) -> bool:
    try:
        await asyncio.wait_for(asyncio.to_thread(check), PATIENCE)
    except Exception as why:  # noqa: BLE001 - whatever it was, the answer is "not ready"
        _log.warning("The program is not ready.", check=name, why=str(why) or type(why).__name__)
        return False
    return True
