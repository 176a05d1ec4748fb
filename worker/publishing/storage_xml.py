"""The pieces of which storage format, Confluence's XML, is made; each is well formed by itself.

Named entities are never written, for not every reader knows them: a character stands for itself.
"""

import re

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\u202d\u202e]")
"""What XML 1.0 cannot hold, and the overrides that show text in another order than it is."""


def plain(text: str) -> str:
    """Give the text without the characters that a page cannot hold, or that lie about it."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def escaped(text: str) -> str:
    """Give text as it stands between tags."""
    return plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def element(name: str, inside: str, **attributes: str) -> str:
    """Give an element around what is written already; without it, an empty one."""
    told = _attributes(attributes)
    return f"<{name}{told}>{inside}</{name}>" if inside else f"<{name}{told}/>"


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(f' {_name(one)}="{_quoted(value)}"' for one, value in attributes.items())


def _quoted(value: str) -> str:
    return " ".join(escaped(value).replace('"', "&quot;").split())


def _name(argument: str) -> str:
    """Give an attribute's name: ``ac:name`` where Python has ``ac_name``."""
    return re.sub("^(ac|ri)_", r"\1:", argument)


def macro(name: str, *inside: str) -> str:
    """Give a macro; ``inside`` are its parameters and its body."""
    return element("ac:structured-macro", "".join(inside), ac_name=name)


def parameter(name: str, value: str) -> str:
    """Give a macro's parameter; the one that has no name is ``""``."""
    return element("ac:parameter", escaped(value), ac_name=name)


def rich_body(inside: str) -> str:
    """Give a macro's body of paragraphs and the like."""
    return element("ac:rich-text-body", inside or "<p/>")


def plain_body(text: str) -> str:
    """Give a macro's body of plain text, whatever is in it."""
    parts = plain(text).replace("]]>", "]]]]><![CDATA[>")
    return f"<ac:plain-text-body><![CDATA[{parts}]]></ac:plain-text-body>"


def anchor(name: str) -> str:
    """Give a place in the page that links may lead to."""
    return macro("anchor", parameter("", name))


def link_to(name: str, inside: str) -> str:
    """Give a link to a place in the same page."""
    return element("ac:link", element("ac:link-body", inside), ac_anchor=name)


def link_to_file(name: str, inside: str) -> str:
    """Give a link to a file that is attached to the page."""
    file = element("ri:attachment", "", ri_filename=name)
    return element("ac:link", file + element("ac:link-body", inside))


def status(title: str, colour: str) -> str:
    """Give a lozenge with a word; ``colour`` is Grey, Red, Yellow, Green or Blue."""
    return macro("status", parameter("title", title), parameter("colour", colour))
