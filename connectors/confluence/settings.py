"""Settings of Confluence: which site, with which credentials, and where pages go."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator

from connectors.atlassian.site_access import credentials_contradictions, site_address
from connectors.confluence.payloads import page_named
from connectors.connector import PublishWhen
from connectors.settings import (
    CallsPerMinute,
    Email,
    FromEnvironment,
    Given,
    Secret,
    ServiceSettings,
    Text,
    WebAddress,
)


class WhenEdited(StrEnum):
    """What happens to a page that somebody has edited."""

    KEEP = "keep"
    OVERWRITE = "overwrite"


def _number(value: object) -> object:
    """Give a page's id, also out of its address."""
    text = str(value).strip()
    found = text if _ID.fullmatch(text) else page_named(text) or ""
    if isinstance(value, bool) or not _ID.fullmatch(found):
        raise ValueError(
            "is neither the id of a page nor its address. The id is the number in the page's "
            "address, behind /pages/ or pageId=."
        )
    return found


_ID = re.compile(r"[0-9]{1,19}")
PageNumber = Annotated[str, BeforeValidator(_number)]


class ConfluenceSettings(ServiceSettings):
    """The Confluence site, and where pages go.

    Cloud takes ``email`` and ``api_token``, Data Center ``personal_token``; where there are none,
    those of another service on the same site are used. ``parent`` is the id of the page below which
    the pages go, the space's home where there is none. With ``notify`` people who watch a page get
    mail about each write, where the site knows writes without.
    """

    key: ClassVar[str] = "confluence"

    url: Annotated[
        Annotated[WebAddress, AfterValidator(site_address("confluence", "/wiki"))] | None,
        FromEnvironment("CONFLUENCE_URL"),
    ] = None
    email: Annotated[Email | None, FromEnvironment("CONFLUENCE_EMAIL")] = None
    api_token: Annotated[Secret | None, FromEnvironment("CONFLUENCE_API_TOKEN", secret=True)] = None
    personal_token: Annotated[
        Secret | None, FromEnvironment("CONFLUENCE_PERSONAL_TOKEN", secret=True)
    ] = None
    space: Annotated[Text | None, FromEnvironment("CONFLUENCE_SPACE")] = None
    parent: Annotated[PageNumber | None, FromEnvironment("CONFLUENCE_PARENT")] = None
    publish: PublishWhen = PublishWhen.ALWAYS
    edited: WhenEdited = WhenEdited.KEEP
    notify: bool = False
    calls_per_minute: CallsPerMinute = 300

    @classmethod
    def contradictions(cls, given: Given) -> Iterator[str]:
        """Tell of a site that lacks its address, its space, or one kind of credentials."""
        fields = ("url", "email", "api_token", "personal_token", "space", "parent")
        has = {field for field in fields if given(cls.place(field))}
        if not has:
            return
        if "url" not in has:
            yield f"There are settings of Confluence but no address. Set {cls.shown('url')}."
        if "space" not in has:
            yield f"Nothing says into which Confluence space pages go. Set {cls.shown('space')}."
        yield from credentials_contradictions(cls, "Confluence", has, may_lack=True)
