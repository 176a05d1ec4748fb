"""Atlassian's two documents, mended where they contradict what Jira is known to do."""

import json
from collections.abc import Sequence
from dataclasses import replace

from connectors.jira.payloads import SiteKind
from connectors.sandbox import Served
from tests.contract.specs import Contract, Erratum, Exchange, contract

UNAUTHORIZED = 401
ANYTHING = "{}"
NO_CONTENT = "RFC 9110, 15.3.5: a 204 has no content"
FREE_FIELDS = "a field's value may be a text, a list or null: the document's own examples show it"

UNASSIGNED = "the call's own description says that null leaves the issue unassigned"


def _nobody(name: str) -> str:
    """Give the schema of an assignee who may be nobody."""
    value = {"type": "string", "nullable": True}
    return json.dumps({"type": "object", "properties": {name: value}, "required": [name]})


CLOUD_ERRATA = (
    Erratum(
        "/paths/~1rest~1api~13~1issue~1{issueIdOrKey}~1assignee/put/responses/204/content",
        None,
        NO_CONTENT,
    ),
    Erratum(
        "/paths/~1rest~1api~13~1issue~1{issueIdOrKey}~1assignee/put/requestBody/content"
        "/application~1json/schema",
        _nobody("accountId"),
        UNASSIGNED,
    ),
    Erratum(
        "/components/schemas/IssueTypeIssueCreateMetadata/properties/untranslatedName",
        '{"type": "string"}',
        "accounts of another language are told it: public reports of creates by a shown name show",
    ),
    Erratum(
        "/paths/~1rest~1api~13~1issue~1{issueIdOrKey}/put/responses/204/content", None, NO_CONTENT
    ),
    Erratum(
        "/paths/~1rest~1api~13~1issue~1{issueIdOrKey}~1transitions/post/responses/204/content",
        None,
        NO_CONTENT,
    ),
    Erratum(
        "/components/schemas/ServerInformation/properties/serverTime/format",
        None,
        "Jira writes offsets without a colon: 2022-08-15T21:08:52.725+0200",
    ),
)
DATA_CENTER_ERRATA = (
    Erratum(
        "/paths/~1api~12~1issue~1{issueIdOrKey}~1assignee/put/requestBody/content"
        "/application~1json/schema",
        _nobody("name"),
        "the document for Cloud says that null leaves the issue unassigned, and so it is here",
    ),
    Erratum(
        "/paths/~1api~12~1issue~1{issueIdOrKey}~1transitions/get/parameters/-",
        json.dumps({"name": "expand", "in": "query", "schema": {"type": "string"}}),
        "the answer is described with the fields of each transition, which expand asks for",
    ),
    Erratum(
        "/components/securitySchemes/basic/scheme",
        '"bearer"',
        "personal access tokens are Bearer tokens: Atlassian's page on using them",
    ),
    Erratum(
        "/components/schemas/IssueBean/properties/fields/additionalProperties",
        ANYTHING,
        FREE_FIELDS,
    ),
    Erratum(
        "/components/schemas/IssueUpdateBean/properties/fields/additionalProperties",
        ANYTHING,
        FREE_FIELDS,
    ),
    Erratum(
        "/components/schemas/IssueUpdateBean/properties/update/additionalProperties/items",
        ANYTHING,
        "an operation is an object such as {add: value}: the document's own example shows it",
    ),
    Erratum(
        "/paths/~1api~12~1search/get/parameters/4/schema/items",
        '{"type": "string"}',
        "the description says that fields is a comma-separated list",
    ),
    Erratum(
        "/paths/~1api~12~1issue~1{issueIdOrKey}~1remotelink/get"
        "/responses/200/content/application~1json/schema",
        json.dumps(
            {"type": "array", "items": {"$ref": "#/components/schemas/RemoteIssueLinkBean"}}
        ),
        "an issue has several links, and Jira gives a list of them",
    ),
    Erratum(
        "/paths/~1api~12~1project/get/responses/200/content/application~1json/schema",
        json.dumps({"type": "array", "items": {"$ref": "#/components/schemas/ProjectBean"}}),
        "the operation is called 'Get all visible projects', and Jira gives a list of them",
    ),
    *(
        Erratum(
            f"/paths/~1api~12~1user~1{search}/get/responses/200/content/application~1json/schema",
            json.dumps({"type": "array", "items": {"$ref": "#/components/schemas/UserBean"}}),
            "the response is described as a list of users",
        )
        for search in ("assignable~1search", "search")
    ),
)


def contract_of(kind: SiteKind) -> Contract:
    """Give the document for a kind of site; skips the test where it is absent."""
    if kind is SiteKind.CLOUD:
        return contract("jira-cloud-v3.json", "https://your-domain.atlassian.net", CLOUD_ERRATA)
    return contract("jira-dc-10.3.json", "http://localhost:8090", DATA_CENTER_ERRATA)


def exchange_of(served: Served) -> Exchange:
    """Give what was served as the documents' judge wants it."""
    assert served.status is not None
    return Exchange(
        served.method,
        served.path,
        served.status,
        served.query,
        served.headers,
        served.body,
        served.answer,
        served.answer_headers.get("content-type", "application/json"),
    )


def problems(kind: SiteKind, served: Sequence[Served]) -> list[str]:
    """Hold exchanges to the document; every problem of all of them.

    Cloud's ``serverInfo`` is asked for as version 2, since that is the one both kinds have; the
    document for version 3 describes the same answer. Data Center's document leaves out 401 nearly
    everywhere, though a wrong token gives nothing else.
    """
    judge = contract_of(kind)
    found: list[str] = []
    for one in served:
        exchange = exchange_of(one)
        if kind is SiteKind.CLOUD and exchange.path == "/rest/api/2/serverInfo":
            exchange = replace(exchange, path="/rest/api/3/serverInfo")
        unlisted = kind is SiteKind.DATA_CENTER and exchange.status == UNAUTHORIZED
        found += (judge.request_problems if unlisted else judge.problems)(exchange)
    return found
