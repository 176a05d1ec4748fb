"""How Confluence takes a body: read as strictly as XML, and stored in a spelling of its own."""

import re
from html import entities
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

_NAMES = {"ac": "urn:ac", "ri": "urn:ri"}
_PREFIX = {f"{{{uri}}}": f"{prefix}:" for prefix, uri in _NAMES.items()}
_ENTITY = re.compile(r"<!\[CDATA\[.*?\]\]>|&(\w+);", re.DOTALL)
_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_KNOWN = frozenset(
    {
        *("p", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "b", "em", "i", "u", "del", "s"),
        *("code", "pre", "sub", "sup", "small", "span", "div", "ul", "ol", "li", "table"),
        *("tbody", "thead", "tr", "th", "td", "colgroup", "col", "blockquote", "hr", "br", "a"),
        *("time", "ac:task-list", "ac:task", "ac:task-id", "ac:task-uuid", "ac:task-status"),
        *("ac:task-body", "ac:structured-macro", "ac:rich-text-body", "ac:plain-text-body"),
        *("ac:parameter", "ac:image", "ac:link", "ac:link-body", "ac:plain-text-link-body"),
        *("ac:layout", "ac:layout-section", "ac:layout-cell", "ac:emoticon", "ac:placeholder"),
        *("ac:inline-comment-marker", "ri:attachment", "ri:url", "ri:page", "ri:user"),
    }
)
_IN_CDATA = frozenset({"ac:plain-text-body", "ac:plain-text-link-body"})
_RENAMED = {"b": "strong", "i": "em", "s": "del"}
_AS_ENTITIES = {"\u2014": "&mdash;", "\u2013": "&ndash;", "\xa0": "&nbsp;", "\xe9": "&eacute;"}
_LANGUAGES = frozenset(
    {
        *("actionscript3", "applescript", "bash", "c#", "coldfusion", "cpp", "css", "delphi"),
        *("diff", "erl", "groovy", "java", "javafx", "js", "perl", "php", "powershell", "py"),
        *("ruby", "sass", "scala", "sql", "text", "vb", "xml", "yml"),
    }
)


class BadStorage(Exception):
    """A body that is not storage format."""


def saved(body: str, page: str) -> str:
    """Give a body as it is stored: other ids, entities and attributes, the same to a reader.

    Raises ``BadStorage`` for what is not well formed, or holds an element that is not known.
    """
    root = parsed(body)
    writer = _Spelling(page)
    return writer.inside(root)


def parsed(body: str) -> ElementTree.Element:
    """Read a body. Raises ``BadStorage``."""
    names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMES.items())
    try:
        root = ElementTree.fromstring(f"<body {names}>{_ENTITY.sub(_letter, body)}</body>")  # noqa: S314 - the sandbox's own pages
    except (ElementTree.ParseError, ValueError) as error:
        raise BadStorage(f"Error parsing xhtml: {error}") from error
    for one in root.iter():
        if one is not root and (name := named(one)) not in _KNOWN:
            raise BadStorage(f"Error parsing xhtml: unknown element {name}")
        _check_macro(one)
    return root


def _check_macro(one: ElementTree.Element) -> None:
    if named(one) != "ac:structured-macro":
        return
    told = {each.get("{urn:ac}name"): each.text for each in one if named(each) == "ac:parameter"}
    if one.get("{urn:ac}name") == "code" and told.get("language", "text") not in _LANGUAGES:
        raise BadStorage(f"The macro 'code' knows no language '{told['language']}'")


def named(one: ElementTree.Element) -> str:
    """Give an element's name with its prefix."""
    name = str(one.tag)
    for long, short in _PREFIX.items():
        name = name.replace(long, short)
    return name


def refs(body: str) -> set[str]:
    """Give the comments that have a mark in a body."""
    found = re.findall(r'<ac:inline-comment-marker[^>]*\bac:ref="([^"]*)"', _no_data(body))
    return set(found)


def _no_data(body: str) -> str:
    return re.sub(r"<!\[CDATA\[.*?\]\]>", "", body, flags=re.DOTALL)


def _letter(found: re.Match[str]) -> str:
    """Give the letter that a named entity of HTML stands for; XML's own stay."""
    name = found[1]
    if name is None or name in _XML or name not in entities.name2codepoint:
        return found[0]
    return f"&#{entities.name2codepoint[name]};"


class _Spelling:
    """Writes elements as the server does; each gets an id that stays the same for its place."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._count = 0

    def inside(self, one: ElementTree.Element) -> str:
        return _text(one.text) + "".join(map(self._element, one))

    def _element(self, one: ElementTree.Element) -> str:
        name = named(one)
        name = _RENAMED.get(name, name)
        told = {_short(key): value for key, value in one.attrib.items()} | self._added(name)
        attributes = "".join(f" {key}={quoteattr(told[key])}" for key in sorted(told))
        if name in _IN_CDATA:
            data = (one.text or "").replace("]]>", "]]]]><![CDATA[>")
            inner = f"<![CDATA[{data}]]>"
        elif name == "ac:structured-macro":
            inner = "".join(map(self._element, sorted(one, key=_parameter)))
        else:
            inner = self.inside(one)
        if name == "ac:task":
            inner = inner.replace(
                "</ac:task-id>", f"</ac:task-id><ac:task-uuid>{self._id()}</ac:task-uuid>", 1
            )
        whole = f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes} />"
        return whole + _text(one.tail)

    def _added(self, name: str) -> dict[str, str]:
        if name == "ac:structured-macro":
            return {"ac:schema-version": "1", "ac:macro-id": self._id()}
        if name in {"p", "table", "ac:task-list"}:
            return {"local-id": self._id()}
        return {"ri:version-at-save": "1"} if name == "ri:attachment" else {}

    def _id(self) -> str:
        self._count += 1
        return str(uuid5(NAMESPACE_URL, f"{self._page}/{self._count}"))


def _parameter(one: ElementTree.Element) -> tuple[bool, str]:
    return named(one) != "ac:parameter", one.get("{urn:ac}name", "")


def _short(key: str) -> str:
    for long, short in _PREFIX.items():
        key = key.replace(long, short)
    return key


def _text(text: str | None) -> str:
    told = escape(text or "")
    for letter, entity in _AS_ENTITIES.items():
        told = told.replace(letter, entity)
    return told
