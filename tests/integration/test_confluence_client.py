"""The client of Confluence against the stand-in, Cloud and Data Center: each call, and each trouble."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from connectors.confluence.client import Confluence
from connectors.confluence.connection import ConfluenceAccess
from connectors.confluence.connector import ConfluenceConnector
from connectors.confluence.sandbox.server import API_TOKEN, EMAIL, ConfluenceSandbox
from connectors.confluence.settings import ConfluenceSettings
from connectors.connector import SiteLogin
from connectors.errors import (
    AccessDenied,
    ConfigurationError,
    NotFound,
    NotPermitted,
    Rejected,
    Unreachable,
)
from connectors.pacing.rate_limit import NoPace
from connectors.pages import (
    Attachment,
    NewPage,
    PageChange,
    PageId,
    PageMade,
    PageMaybeMade,
    PageNote,
    PageNotMade,
    PageState,
    StaleVersion,
    TitleTaken,
)
from connectors.retry import Circuit, RetryPolicy
from connectors.sandbox import Fault, Moment
from connectors.tls import Authorities

NOTE = PageNote("Q1FOX", "5eed", 1, "Cache is slow", "d1", "s1", (("chart.svg", "f1"),))
NEW = NewPage("Cache is slow", "<p>The <strong>cache</strong> \u2013 slow</p>", NOTE)


@pytest.fixture(params=["cloud", "data center"])
def site(request: pytest.FixtureRequest) -> Iterator[ConfluenceSandbox]:
    with ConfluenceSandbox(is_cloud=request.param == "cloud") as sandbox:
        yield sandbox


def client(site: ConfluenceSandbox, **changes: object) -> Confluence:
    return Confluence(
        replace(site.access, **changes),  # type: ignore[arg-type]  # by name
        "OPS",
        policy=RetryPolicy(attempts=2, sleep=lambda _: None),
        circuit=Circuit(limit=50),
    )


def made(confluence: Confluence, new: NewPage = NEW) -> PageId:
    outcome = confluence.create(new)
    assert isinstance(outcome, PageMade)
    page = outcome.page
    confluence.keep(page, new.note)
    return page.id


def test_a_page_is_made_read_written_and_found(site: ConfluenceSandbox) -> None:
    confluence = client(site)
    page = confluence.read(made(confluence))
    assert (page.title, page.version, page.state) == ("Cache is slow", 1, PageState.CURRENT)
    assert page.kept is not None
    assert page.kept.note == NOTE
    assert "&ndash;" in page.body
    assert site.page("Cache").parent == site.site.home
    assert confluence.page_named(page.address) == page.id

    change = PageChange("Cache was slow", "<p>was</p>", page.version, "renamed")
    after = confluence.update(page.id, change)
    assert (after.version, after.title) == (2, "Cache was slow")
    assert site.page("Cache").now.message == "renamed"
    with pytest.raises(StaleVersion):
        confluence.update(page.id, change)
    confluence.keep(page, replace(NOTE, version=2))
    confluence.keep(page, replace(NOTE, version=3))  # over what was written since it was read
    (found,) = confluence.titled("Cache was slow")
    assert found.kept is not None
    assert found.kept.note.version == 3
    assert list(confluence.propertied() if site.is_cloud else confluence.noted("mark-")) == [
        ("Q1FOX", page.id)
    ]
    assert confluence.titled("Cache is slow") == []


def test_what_is_in_the_trash_or_hidden_is_told(site: ConfluenceSandbox) -> None:
    confluence = client(site)
    page, record = made(confluence), site.page("Cache")
    site.site.trash(record)
    assert confluence.read(page).state is PageState.TRASHED
    assert [one.state for one in confluence.titled("Cache is slow")] == [PageState.TRASHED]
    record.status = "archived"
    assert confluence.read(page).state is PageState.ARCHIVED
    assert isinstance(confluence.create(NEW), TitleTaken)
    record.hidden = True
    with pytest.raises(NotFound):
        confluence.read(page)
    assert isinstance(confluence.create(NEW), TitleTaken)


def test_who_edited_a_page_is_named(site: ConfluenceSandbox) -> None:
    confluence = client(site)
    page = made(confluence)
    site.edit(site.page("Cache"), "slow", "quick")
    assert confluence.author_name(confluence.read(page)) == "Ann Lee"


def test_a_file_is_attached_and_replaced(site: ConfluenceSandbox) -> None:
    confluence = client(site)
    page = made(confluence)
    for data in (b"<svg>1</svg>", b"<svg>\r\n2 \x00\xff</svg>"):
        confluence.attach(page, Attachment("chart.svg", data, "image/svg+xml"))
    held = site.page("Cache").attachments["chart.svg"]
    assert held.versions == [b"<svg>1</svg>", b"<svg>\r\n2 \x00\xff</svg>"]
    assert held.media_type == "image/svg+xml"


def test_a_first_upload_that_failed_is_sent_again(site: ConfluenceSandbox) -> None:
    confluence = client(site)
    page = made(confluence)
    site.fault(Fault("child/attachment", 503, moment=Moment.AFTER, skip=0 if site.is_cloud else 1))
    confluence.attach(page, Attachment("chart.svg", b"<svg/>", "image/svg+xml"))
    assert site.page("Cache").attachments["chart.svg"].versions[-1] == b"<svg/>"


def test_a_create_whose_outcome_is_not_known_is_told_and_never_repeated(
    site: ConfluenceSandbox,
) -> None:
    confluence = client(site)
    confluence.titled("x")
    creates = "POST .*(pages|content)$"
    for fault in (
        Fault(creates, 503),
        Fault(creates, 500, moment=Moment.AFTER),
        Fault(creates, moment=Moment.AFTER),
        Fault(creates, 409),
        Fault(creates, body=b"<html>"),
    ):
        site.forget()
        site.faults[:] = [fault]
        outcome = confluence.create(replace(NEW, title=f"Page {len(site.site.pages)}"))
        assert isinstance(outcome, PageMaybeMade), fault
        assert len([one for one in site.calls() if one.startswith("POST")]) == 1


def test_a_create_that_surely_made_nothing_is_told(site: ConfluenceSandbox) -> None:
    confluence = client(site)
    assert isinstance(confluence.create(replace(NEW, body="<p>open")), PageNotMade)
    site.fault(Fault("POST", 429, headers={"Retry-After": "1"}))
    made(confluence)
    site.fault(Fault("POST", 403, times=None))
    with pytest.raises(AccessDenied):
        confluence.create(NEW)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("pages/|content/", 401, times=None), AccessDenied),
        (Fault("pages/|content/", 404, times=None), NotFound),
        (Fault("pages/|content/", 400, times=None), Rejected),
        (Fault("pages/|content/", 302, headers={"Location": "/login"}, times=None), Rejected),
        (Fault("pages/|content/", body=b"<html>log in", times=None), Rejected),
        (Fault("pages/|content/", 503, times=None), Unreachable),
        (Fault("pages/|content/", times=None), Unreachable),
    ],
    ids=lambda one: str(getattr(one, "status", one.__name__ if isinstance(one, type) else "")),
)
def test_every_refusal_is_a_sentence(
    site: ConfluenceSandbox, fault: Fault, error: type[Exception]
) -> None:
    site.fault(replace(fault))
    with pytest.raises(error) as raised:
        client(site).read(PageId(site.site.home))
    assert str(raised.value).endswith(".")
    assert API_TOKEN not in str(raised.value)


def test_an_address_that_was_taken_away_asks_for_a_newer_release(site: ConfluenceSandbox) -> None:
    site.fault(Fault("pages/|content/", 410, times=None))
    with pytest.raises(Rejected, match=r"no longer answers .*\(410\).* newer release"):
        client(site).read(PageId(site.site.home))


def test_reads_are_repeated(site: ConfluenceSandbox) -> None:
    site.fault(Fault("GET", 503, headers={"Retry-After": "1"}))
    assert client(site).read(PageId(site.site.home)).title == "Operations home"


def test_all_is_well(site: ConfluenceSandbox) -> None:
    found = client(site).check()
    assert [one.problem for one in found if one.problem] == []
    assert "Operations" in {one.detail for one in found}


def test_each_problem_is_found_with_its_remedy() -> None:
    with ConfluenceSandbox() as site:
        told = Confluence(site.access, "NOPE").check()
        assert "CONFLUENCE_SPACE" in told[-1].remedy
        told = Confluence(site.access, "OPS", "999").check()
        assert any("CONFLUENCE_PARENT" in one.remedy for one in told)
        site.site.lacking.add(("create", "attachment"))
        told = Confluence(site.access, "OPS").check()
        assert [one.problem for one in told if one.problem] == [
            "The account may not attach files there."
        ]
        site.site.pages[site.site.home].status = "archived"
        assert any("archived" in one.problem for one in Confluence(site.access, "OPS").check())
        site.tokens.clear()
        (told_one,) = Confluence(site.access, "OPS").check()
        assert "CONFLUENCE_API_TOKEN" in told_one.remedy


def test_a_token_with_scopes_is_taken_at_the_gateway_alone() -> None:
    with ConfluenceSandbox(scoped=True) as site:
        assert made(client(site))
        assert list(client(site).propertied()) == [("Q1FOX", site.page("Cache").id)]
        with pytest.raises(AccessDenied, match=r"scope.*taken at the gateway"):
            client(site, url=site.url).create(NEW)


def test_what_is_refused_says_what_to_set(site: ConfluenceSandbox) -> None:
    page = made(client(site))
    site.page("Cache").locked = True
    with pytest.raises(NotPermitted, match="which they can see"):
        client(site).update(page, PageChange("Cache", "<p>x</p>", 1, ""))
    with pytest.raises(Rejected, match="CONFLUENCE_SPACE"):
        Confluence(site.access, "NONE").create(NEW)
    below = Confluence(site.access, "OPS", "77").create(replace(NEW, title="Another"))
    assert isinstance(below, PageNotMade)
    assert "CONFLUENCE_PARENT" in below.reason
    site.tokens.clear()
    token = "API_TOKEN" if site.is_cloud else "PERSONAL_TOKEN"
    with pytest.raises(AccessDenied, match=f"CONFLUENCE_{token}") as refused:
        client(site).read(page)
    assert site.is_cloud or "API" not in str(refused.value)


def test_lists_are_read_to_their_end(site: ConfluenceSandbox) -> None:
    confluence = client(site)
    made(confluence)
    for number in range(260):
        site.site.create(f"Other {number}", "<p>x</p>", site.site.home)
    page = site.page("Cache")
    del site.site.pages[page.id]
    site.site.pages[page.id] = page
    page.versions[-1] = replace(page.now, title="Quite another name")
    for is_searched in (True, False):
        if not is_searched:  # one look for each of some pages, then
            site.fault(Fault("content/s(earch|can)", 404, times=None))
            page.versions[-1] = replace(page.now, title="Postmortem of it")
        site.forget()
        look = confluence.propertied() if site.is_cloud else confluence.noted("mark-")
        assert dict(look) == {"Q1FOX": page.id}
        assert len(site.calls()) <= 6


def connector(**given: str) -> ConfluenceConnector:
    return ConfluenceConnector(ConfluenceSettings.model_validate(given))


def test_the_credentials_of_another_service_on_the_same_site_are_taken() -> None:
    with ConfluenceSandbox() as site:
        jira = SiteLogin(site.url, EMAIL, API_TOKEN)
        elsewhere = SiteLogin("https://elsewhere.atlassian.net", "x@example.com", "x")
        opened = connector(url=site.url + "/wiki", space="OPS").open(
            NoPace(), Authorities(), [elsewhere, jira]
        )
        assert [one.problem for one in opened.check() if one.problem] == []
        with pytest.raises(ConfigurationError, match="credentials"):
            connector(url=site.url, space="OPS").open(NoPace(), Authorities(), [elsewhere])


def test_the_gateways_credentials_go_to_the_same_site_alone() -> None:
    gateway = "https://api.atlassian.com/ex/{}/{}"
    login = SiteLogin(gateway.format("jira", "c1"), EMAIL, API_TOKEN)
    assert connector(url=gateway.format("confluence", "c1"), space="OPS").open(
        NoPace(), Authorities(), [login]
    )
    with pytest.raises(ConfigurationError):
        connector(url=gateway.format("confluence", "c2"), space="OPS").open(
            NoPace(), Authorities(), [login]
        )


def test_no_secret_is_shown() -> None:
    access = ConfluenceAccess("https://x.example", "m@x.example", "s3cr3t", "s3cr3t")
    assert "s3cr3t" not in repr(access)
