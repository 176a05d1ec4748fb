"""Holds HTTP exchanges to the official OpenAPI documents.

The documents are PagerDuty's and Atlassian's own, see :mod:`tests.contract.reference_material`.

An exchange is judged by openapi-core (path, parameters, security, bodies against their schemas,
OpenAPI 3.0's ``nullable`` included); beside that, a query parameter that the document does not
name is a problem too. Where a document contradicts what its service really does, it is mended in
memory by an :class:`Erratum` with the reason, so that everything around the flaw is still checked.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]  # ships no types
from jsonschema_path import SchemaPath
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.templating.paths.finders import APICallPathFinder
from openapi_core.validation.request.exceptions import ParameterValidationError
from openapi_core.validation.request.validators import V30RequestValidator
from openapi_core.validation.response.validators import V30ResponseValidator
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from werkzeug.datastructures import Headers, ImmutableMultiDict

from tests.contract.reference_material import reference

IGNORED_HEADERS = {"accept", "content-type", "authorization"}
"""OpenAPI 3.0.3, Parameter Object: header parameters of these names "SHALL be ignored"."""


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire. ``path`` has no query string."""

    method: str
    path: str
    status: int
    query: Sequence[tuple[str, str]] = ()
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: bytes = b""
    response_body: bytes = b""
    response_type: str = "application/json"

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path} → {self.status}"


@dataclass(frozen=True)
class Erratum:
    """A flaw of a document: ``put`` (JSON text) belongs at ``pointer`` ("/components/…", RFC 6901).

    A pointer that ends in ``/-`` adds to a list. ``put=None`` removes what is there. ``why`` says
    how it is known to be a flaw.
    """

    pointer: str
    put: str | None
    why: str


@dataclass
class _Request:
    """An exchange's request in the shape that openapi-core asks for."""

    host_url: str
    path: str
    method: str
    parameters: RequestParameters
    content_type: str
    body: bytes | None


@dataclass
class _Response:
    """An exchange's answer in the shape that openapi-core asks for."""

    status_code: int
    data: bytes
    content_type: str
    headers: Headers


class Contract:
    """One OpenAPI 3.0 document, ready to judge exchanges."""

    def __init__(self, document: dict[str, Any], host: str) -> None:
        self._host = host
        self._spec = SchemaPath.from_dict(document)
        self._requests = V30RequestValidator(self._spec)
        self._responses = V30ResponseValidator(self._spec)
        self._finder = APICallPathFinder(self._spec)

    def problems(self, exchange: Exchange) -> list[str]:
        """Say what is wrong with the exchange, a line each; nothing where all is well."""
        return [*self.request_problems(exchange), *self.response_problems(exchange)]

    def request_problems(self, exchange: Exchange) -> list[str]:
        """Say what is wrong with the request alone."""
        request = self._request(exchange)
        errors = list(self._requests.iter_errors(request))
        found = [f"{exchange}: request{line}" for error in errors for line in _lines(error)]
        if not any(isinstance(error, PathError) for error in errors):
            found += [
                f"{exchange}: request: query parameter {name!r} is not documented"
                for name in sorted({name for name, _ in exchange.query} - self._documented(request))
            ]
        return list(dict.fromkeys(found))

    def response_problems(self, exchange: Exchange) -> list[str]:
        """Say what is wrong with the answer alone."""
        response = _Response(
            exchange.status, exchange.response_body, exchange.response_type.lower(), Headers()
        )
        found = [
            f"{exchange}: response{line}"
            for error in self._responses.iter_errors(self._request(exchange), response)
            for line in _lines(error)
        ]
        return list(dict.fromkeys(found))

    def _request(self, exchange: Exchange) -> _Request:
        headers = Headers(dict(exchange.request_headers))
        parameters = RequestParameters(query=ImmutableMultiDict(exchange.query), header=headers)
        return _Request(
            self._host,
            exchange.path,
            exchange.method.lower(),
            parameters,
            headers.get("Content-Type", "application/json").lower(),
            exchange.request_body or None,
        )

    def _documented(self, request: _Request) -> set[str]:
        found = self._finder.find(request.method, request.host_url + request.path)
        groups = [part / "parameters" for part in (found.path, found.operation)]
        parameters = [p.read_value() for group in groups if group.exists() for p in group]
        return {str(p["name"]) for p in parameters if p["in"] == "query"}


@cache
def contract(name: str, host: str, errata: tuple[Erratum, ...] = ()) -> Contract:
    """Load a document of ``specs/`` by its file name, mended; skips the test where it is absent.

    ``host`` is a server URL of the document up to its path: exchanges' paths go on from there
    (``https://api.pagerduty.com``, ``https://your-domain.atlassian.net``; Data Center, whose
    server path is ``/rest``: ``http://localhost:8090``).
    """
    document: dict[str, Any] = json.loads(reference("specs", name).read_text("utf-8"))
    for erratum in errata:
        _mend(document, erratum)
    _drop_ignored_headers(document)
    return Contract(document, host)


def _mend(document: dict[str, Any], erratum: Erratum) -> None:
    """Put the erratum in; fails where it changes nothing, so that none outlives its flaw."""
    steps = [s.replace("~1", "/").replace("~0", "~") for s in erratum.pointer.split("/")[1:]]
    place: Any = document
    for step in steps[:-1]:
        place = place[int(step)] if isinstance(place, list) else place[step]
    new = None if erratum.put is None else json.loads(erratum.put)
    if isinstance(place, list) and steps[-1] == "-":
        place.append(new)
        return
    last: Any = int(steps[-1]) if isinstance(place, list) else steps[-1]
    present = isinstance(place, list) or last in place
    if erratum.put is None:
        del place[last]
        return
    assert not (present and place[last] == new), f"{erratum.pointer} is no flaw any more"
    place[last] = new


def _drop_ignored_headers(document: dict[str, Any]) -> None:
    shared = document.get("components", {}).get("parameters", {})

    def kept(parameter: dict[str, Any]) -> bool:
        reference_ = parameter.get("$ref", "").rpartition("/")[2]
        meant = shared.get(reference_, parameter)
        return meant.get("in") != "header" or meant["name"].lower() not in IGNORED_HEADERS

    for item in document["paths"].values():
        for holder in (item, *(part for part in item.values() if isinstance(part, dict))):
            if isinstance(holder.get("parameters"), list):
                holder["parameters"] = [p for p in holder["parameters"] if kept(p)]


def _lines(error: BaseException) -> Iterator[str]:
    """Turn an openapi-core error into lines that name the place and the cause."""
    subject = f" parameter {error.name}" if isinstance(error, ParameterValidationError) else ""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, InvalidSchemaValue):
            for detail in cause.schema_errors:
                if isinstance(detail, ValidationError):
                    yield from (subject + leaf for leaf in _leaves(detail))
            return
        cause = cause.__cause__
    inner = f" ({error.__cause__})" if error.__cause__ else ""
    yield f": {type(error).__name__}: {str(error)[:300]}{inner[:300]}"


def _leaves(error: ValidationError) -> Iterator[str]:
    """Descend into the alternative that was most likely meant, to the errors that matter."""
    branch = _meant(error.context) if error.validator in ("oneOf", "anyOf") else None
    if branch:
        for inner in branch:
            yield from _leaves(inner)
        return
    where = "/".join(str(step) for step in error.absolute_path)
    yield f" at /{where}: {error.message[:200]}"


def _meant(errors: Iterable[ValidationError] | None) -> list[ValidationError]:
    """Give the errors of the alternative whose ``type`` fits, then of the one with the fewest."""
    branches: dict[object, list[ValidationError]] = {}
    for error in errors or ():
        branches.setdefault(error.relative_schema_path[0], []).append(error)

    def misfit(branch: list[ValidationError]) -> tuple[bool, int]:
        return any(list(e.absolute_path)[-1:] == ["type"] for e in branch), len(branch)

    return min(branches.values(), key=misfit, default=[])
