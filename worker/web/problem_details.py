"""What the API answers, and what it tells where something goes wrong: RFC 9457."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

PROBLEM = "application/problem+json"
FAULT = "The program has a fault. Its log tells where."


class ApiModel(BaseModel):
    """What the API answers."""

    model_config = ConfigDict(frozen=True)


class Problem(ApiModel):
    """What went wrong: ``detail`` is the sentence, ``title`` the status in words."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def problem(status: int, sentence: str, **more: object) -> Response:
    """Make an answer that says what went wrong."""
    told = Problem(title=HTTPStatus(status).phrase, status=status, detail=sentence)
    return JSONResponse({**told.model_dump(), **more}, status, media_type=PROBLEM)


def described(description: str) -> dict[str, Any]:
    """Describe such an answer for a route."""
    return {"model": Problem, "description": description}


def with_media_types(schema: dict[str, Any]) -> dict[str, Any]:
    """Give an OpenAPI document whose problems are of the media type that they have.

    The framework describes every answer of a route as one of the route's own type.
    """
    for path in schema["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {})
                if status >= "400" and "application/json" in content:
                    content[PROBLEM] = content.pop("application/json")
    return schema
