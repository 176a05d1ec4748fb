"""Holds requests to Confluence, and the stand-in's answers, to Atlassian's official documents."""

import json
from collections.abc import Iterable

import pytest

from connectors.confluence.client import Confluence
from connectors.confluence.sandbox.server import ConfluenceSandbox
from connectors.pages import Attachment, NewPage, PageChange, PageMade, PageNote
from connectors.sandbox import Served
from tests.contract.specs import Contract, Erratum, Exchange, contract

_CLOUD = "https://your-domain.atlassian.net"
_SERVER = "http://example.com:7990"
_FIXED_SERVER = json.dumps([{"url": f"{_CLOUD}/wiki/api/v2"}])
V2_ERRATA = (
    Erratum("/servers", _FIXED_SERVER, "a server of any name is meant; the tests take one"),
    *(
        Erratum(
            f"/components/schemas/{page}/properties/parentId/nullable",
            "true",
            "the description says that it is null where there is no parent page",
        )
        for page in ("PageSingle", "PageBulk")
    ),
    *(
        Erratum(
            f"/components/requestBodies/{request}/content/application~1json/schema/properties/body",
            '{"$ref": "#/components/schemas/PageBodyWrite"}',
            "one of the two is meant, and neither of them has a field that it must have",
        )
        for request in ("PageCreateRequest", "PageUpdateRequest")
    ),
)
V1_ERRATA = (
    Erratum(
        "/components/schemas/ContentMetadata/properties/properties",
        '{"type": "object", "additionalProperties": {"$ref": "#/components/schemas/ContentProperty"}}',
        "an expanded property is one; the document says links, which hold texts alone",
    ),
)
DATA_CENTER_ERRATA = (
    Erratum(
        "/servers", json.dumps([{"url": f"{_SERVER}/confluence"}]), "as the document's own example"
    ),
    Erratum(
        "/paths/~1rest~1api~1content~1{id}~1child~1attachment/get/responses/200",
        '{"description": "", "content": {"application/json": {"schema": {"type": "object"}}}}',
        "a read answers 200; the document lists 201 and 404",
    ),
    Erratum(
        "/components/schemas/MockAttachmentRequest/properties/minorEdit/type",
        '"string"',
        "a part of a form is text",
    ),
)
NOTE = PageNote("Q1FOX", "5eed", 1, "Cache is slow", "d1", "s1", (("chart.svg", "f1"),))


def judge(one: Served, is_cloud: bool) -> Contract:
    if not is_cloud:
        return contract("confluence-dc-10.0.3.json", _SERVER, DATA_CENTER_ERRATA)
    if one.path.startswith("/wiki/api/v2"):
        return contract("confluence-cloud-v2.json", _CLOUD, V2_ERRATA)
    return contract("confluence-cloud-v1.json", _CLOUD, V1_ERRATA)


def problems(served: Iterable[Served], is_cloud: bool) -> list[str]:
    found: list[str] = []
    for one in served:
        exchange = Exchange(
            one.method,
            one.path,
            one.status or 0,
            one.query,
            one.headers,
            one.body,
            one.answer,
            one.answer_headers.get("content-type", ""),
        )
        found += judge(one, is_cloud).problems(exchange)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("is_cloud", [True, False], ids=["cloud", "data center"])
def test_requests_and_answers_are_as_documented(is_cloud: bool) -> None:
    with ConfluenceSandbox(is_cloud=is_cloud) as site:
        confluence = Confluence(site.access, "OPS")
        assert not [one for one in confluence.check() if one.problem]
        outcome = confluence.create(NewPage("Cache is slow", "<p>slow</p>", NOTE))
        assert isinstance(outcome, PageMade)
        page = outcome.page
        confluence.keep(page, NOTE)
        page = confluence.read(page.id)
        confluence.keep(page, NOTE)
        record = site.page("Cache is slow")
        site.site.comment(record, "slow", "how slow?")
        confluence.update(page.id, PageChange("Cache is slow", "<p>was Q1FOX</p>", 1, "why"))
        assert "inline-comment" in confluence.body_of(page.id, 1)
        assert [one.words for one in confluence.comments(page.id)] == ["slow"]
        assert [one.id for one in confluence.mentioning("Q1FOX")] == [page.id]
        assert dict(confluence.propertied()) == ({"Q1FOX": page.id} if is_cloud else {})
        assert confluence.has_title("CACHE is slow")
        for data in (b"<svg/>", b"<svg></svg>"):
            confluence.attach(page.id, Attachment("chart.svg", data, "image/svg+xml"))
        assert len(confluence.titled("Cache is slow")) == 1
        assert len(list(confluence.noted("mark-"))) == (not is_cloud)
        confluence.author_name(page)
        found = problems(site.served, is_cloud)
        assert not found, "\n".join(found)
