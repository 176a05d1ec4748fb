"""A request's body, as long as it is small and comes soon."""

import asyncio

from starlette.requests import Request

LIMIT = 1024 * 1024
"""Bytes that a body may have. PagerDuty drops events above 256 KB by itself."""


class TooLarge(Exception):
    """The body is larger than it may be."""


async def read(request: Request, limit: int = LIMIT, seconds: float = 10) -> bytes:
    """Give the raw body.

    Raises ``TooLarge`` before reading where the length is announced, else as soon as it is
    exceeded, and ``TimeoutError`` where the body is not complete in time.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise TooLarge
    body = bytearray()
    async with asyncio.timeout(seconds):
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise TooLarge
    return bytes(body)
