"""What tests of pages ask: is it XML, what does it show, and what does the web page show."""

import re
from html import unescape
from xml.etree import ElementTree

from worker.publishing.html_tree import tree
from worker.publishing.storage_format import Shown, storage
from worker.publishing.storage_text import words_shown
from worker.web.reading.markdown_to_html import to_html

NAMES = 'xmlns:ac="urn:ac" xmlns:ri="urn:ri"'
BOXES = "\N{BALLOT BOX}\N{BALLOT BOX WITH CHECK}"
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\u202d\u202e\\s]")


def storage_of(markdown: str, shown: Shown | None = None) -> str:
    """Give the storage format of Markdown, once it is well-formed XML."""
    body = storage(tree(markdown), shown or Shown())
    well_formed(body)
    return body


def well_formed(body: str) -> ElementTree.Element:
    """Read a body as strictly as XML is. Raises ``ParseError``."""
    return ElementTree.fromstring(f"<body {NAMES}>{body}</body>")  # noqa: S314 - our own text


def letters(text: str) -> str:
    """Give the letters of a text, without its spaces and boxes."""
    return UNSEEN.sub("", text).translate(dict.fromkeys(map(ord, BOXES)))


def letters_of_page(body: str) -> str:
    """Give the letters that a page in storage format shows, those for its pictures among them."""
    return letters(words_shown(re.sub(r'<ac:image ac:alt="([^"]*)"', r"\1\g<0>", body)))


def letters_of_html(markdown: str) -> str:
    """Give the letters that the document's own web page shows, and those for its pictures."""
    html = to_html(re.sub("[\ud800-\udfff]", "", markdown), "/pictures")
    html = re.sub(r"<img [^>]*?>", _alternative, html)
    return letters(unescape(re.sub(r"<[^>]*>", "", html)))


def _alternative(picture: re.Match[str]) -> str:
    told = re.search(r'alt="([^"]*)"', picture[0])
    return told[1] if told else ""
