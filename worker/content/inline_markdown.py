"""Text inside a line of Markdown: other people's made harmless, and read back as a reader sees it.

Titles, notes, summaries, names and links are hostile until shown otherwise, wherever they come
from. Everything that a draft or a cell says of them comes from :func:`say`, :func:`escape` or
:func:`link`, which give :class:`Markdown`: inline text of one line that shows exactly the
characters it was made of. It can become no heading, table cell, list, HTML, image, emphasis or
placeholder, and no link but those that :func:`link` makes and plain ``http`` URLs.
:func:`plain_cell` gives back what :func:`escape` was given, cleaned.

Escapes stand only where CommonMark 0.31 or GitHub's extensions would read something into the
text, so that ordinary prose (``don't``, ``2.5``, ``snake_case``, ``a < b``) stays as it was.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from worker.content.clean_text import clean, shorten
from worker.content.wording_patterns import parsed

WEB_URL = r"(?<![A-Za-z0-9])https?://[^\s<>\"'`|\\^{}\[\]*]+"
"""What looks like a URL in running text."""

LONGEST_URL = 4000
"""Characters; a longer one is shortened and shown as text."""

_HOST = re.compile(r"[A-Za-z0-9.-]+")
_UNSAFE = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~:/?#@!$&+,;=%]")
_CHARACTER_REFERENCE = re.compile(r"&(?=#?\w+;)")


def safe_url(url: str) -> str | None:
    """Give the URL as it may stand in a link, or None where it must not be one.

    Only ``http`` and ``https`` pass, with a host and without a user's name before it, which
    serves to disguise the host. What could end a link early or split a table cell (spaces,
    brackets, pipes, quotes) is percent-encoded, as is what is not ASCII.
    """
    url = url.strip(" ")
    if len(url) > LONGEST_URL or clean(url) != url:
        return None
    try:
        parts = urlsplit(url)
        host = _ascii_host(parts)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or host is None or "@" in parts.netloc:
        return None
    place = host if port is None else f"{host}:{port}"
    rest = url.split("://", 1)[1][len(parts.netloc) :]
    return f"{parts.scheme}://{place}{_encoded(rest)}"


def _ascii_host(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    if not host.isascii():
        host = host.encode("idna").decode()
    return host if _HOST.fullmatch(host) else None


def _encoded(text: str) -> str:
    encoded = _UNSAFE.sub(lambda found: _percent(found[0]), text)
    return _CHARACTER_REFERENCE.sub("%26", encoded)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def trimmed(found: str) -> str:
    """Leave out what ends the sentence behind a URL, or closes a bracket it stands in."""
    url = found
    while url and (url[-1] in ".,;:!?_~&…" or (url[-1] == ")" and url.count(")") > url.count("("))):
        url = url[:-1]
    return url


class Markdown(str):
    """Inline Markdown of one line that is safe to stand in a bullet, a heading or a table cell."""

    __slots__ = ()


_URL = re.compile(WEB_URL, re.IGNORECASE)
_MARKS = re.compile(r"_+|[\\`*\[\]<&~|]|(?<=[a-z]):(?=//)|(?<=www)\.", re.IGNORECASE)
_ENTITY = re.compile(r"&#?\w+;")
_CLOSING_HASHES = re.compile(r"(?:^|(?<=\s))#(?=#*$)")
_BLOCK_START = re.compile(
    r"[-+](?=\s|$)|-(?=[-\s]*$)|#(?=#{0,5}(?:\s|$))|>|\d{1,9}(?=[.)](?:\s|$))"
)
_LONGEST_REFUSED = 120


def escape(text: str) -> Markdown:
    """Give the text, cleaned to one line, as Markdown that shows just these characters.

    Plain ``http`` and ``https`` URLs in it become links to themselves.
    """
    return _escape_clean(clean(text))


def _escape_clean(text: str) -> Markdown:
    pieces: list[str] = []
    at = 0
    for found in _URL.finditer(text):
        url = trimmed(found[0])
        if safe_url(url) and not _ENTITY.search(url):
            pieces += _marked(text[at : found.start()]), f"<{url}>"
            at = found.start() + len(url)
    pieces.append(_marked(text[at:]))
    return Markdown(_CLOSING_HASHES.sub(r"\\#", "".join(pieces)))


def _marked(text: str) -> str:
    return _MARKS.sub(_mark, text)


def _mark(found: re.Match[str]) -> str:
    mark = found[0]
    before = found.string[found.start() - 1] if found.start() else ""
    after = found.string[found.end() : found.end() + 1]
    match mark[0]:
        case "_":
            plain = before.isalnum() and after.isalnum()
        case "~":  # here it could begin a strikethrough, not end one, and all that end are escaped
            plain = before in {" ", "(", '"'} and after.isalnum()
        case "<":
            plain = after != "" and not (after.isalpha() or after in "/!?")
        case "&":
            plain = after != "" and not _ENTITY.match(found.string, found.start())
        case _:
            plain = False
    return mark if plain else "".join(f"\\{character}" for character in mark)


def at_start(text: Markdown) -> Markdown:
    """Guard text that a bullet begins with, where the marks of blocks would count."""
    found = _BLOCK_START.match(text)
    if not found:
        return text
    at = found.end() if found[0].isdigit() else 0
    return Markdown(f"{text[:at]}\\{text[at:]}")


def link(text: str, url: str) -> Markdown:
    """Give a link; where the URL must not be one, the text and the URL, both as text."""
    shown = _marked(clean(text))
    refused = _marked(shorten(clean(url), _LONGEST_REFUSED))
    safe = safe_url(url)
    if safe is not None:
        return Markdown(f"[{shown or refused}]({safe})")
    return Markdown(f"{shown} ({refused}, not linked)" if shown else f"{refused} (not linked)")


def image(alternative: str, path: str) -> Markdown:
    """Give an image that stands beside the document; ``path`` is the program's own file name."""
    return Markdown(f"![{_marked(clean(alternative))}](<{_marked(path)}>)")


def say(wording: str, **values: str) -> Markdown:
    """Put values into a wording: ``{name}`` for a value, ``[…]`` for what goes without.

    A part in brackets is left out where one of its values is "" or was not given. Values that are
    :class:`Markdown` stand as they are; other text, the wording's own too, is escaped. Raises
    ``KeyError`` for a value that is not given outside of brackets.
    """
    plain = ""
    said = ""
    for part in _filled(wording, values):
        if isinstance(part, Markdown):
            said += _before_markdown(_escape_clean(plain)) + part
            plain = ""
        else:
            plain += part
    return Markdown(said + _escape_clean(plain))


def _before_markdown(text: Markdown) -> str:
    return f"{text[:-1]}\\!" if text.endswith("!") else text


def _filled(wording: str, values: Mapping[str, str]) -> list[str]:
    filled: list[str] = []
    for pieces, optional in parsed(wording):
        if optional and not all(values.get(name) for name, is_value in pieces if is_value):
            continue
        for text, is_value in pieces:
            if not is_value:
                filled.append(text)
            elif isinstance(values[text], Markdown):
                filled.append(values[text])
            else:
                filled.append(clean(values[text]))
    return filled


class _InlineParser(MarkdownIt):
    """Reads inline Markdown, and shows an address as it is written.

    The parser would show ``%20`` as a space, which reads well and cannot be compared.
    """

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - the parser's own name
        return link


def _footnote(state: StateInline, silent: bool) -> bool:
    """Take the mark of a footnote that the document defines for no words."""
    found = _FOOTNOTE.match(state.src, state.pos)
    if found is None or normalizeReference(found[1]) not in state.env["references"]:
        return False
    if not silent:
        state.push("footnote_ref", "", 0)
    state.pos = found.end()
    return True


_FOOTNOTE = re.compile(r"\[(\^[^\s\[\]]+)\]")
_parser = _InlineParser("commonmark").enable("strikethrough")
_parser.inline.ruler.before("link", "footnote_ref", _footnote)
_MARK = re.compile(r"[\n\\`~*_\[\]!<&]")
"""What begins anything but plain text, for this parser."""
_BREAK = re.compile(r"<br\s*/?>|</?(?:li|ul|ol|p|div)\b[^<>]*>", re.IGNORECASE)
_AT_NAME = re.compile(r"@<([^<>@:/!?]+)>")
"""Somebody's name as Azure DevOps writes it, no tag of HTML's."""
_BARE_PIPE = re.compile(r"(?<!\\)\|")

Definitions = Mapping[str, object]
"""What a document's link reference definitions are, as the parser keeps them."""


def in_cell(markdown: str) -> str:
    """Give inline Markdown as it can stand in a table cell: on one line, with no bare pipe."""
    return _BARE_PIPE.sub(r"\\|", " ".join(markdown.split()))


def plain(markdown: str, definitions: Definitions | None = None) -> str:
    """Give what a reader sees: links by their text, code and emphasis by their letters."""
    if definitions:
        return _words(inline_tokens(markdown, definitions))
    return _plain_by_itself(markdown)


@lru_cache(maxsize=4096)  # the same cells and labels are read several times a job
def _plain_by_itself(markdown: str) -> str:
    return _words(inline_tokens(markdown))


def _words(tokens: Iterable[Token]) -> str:
    return " ".join("".join(words_of(tokens)).split())


def inline_tokens(markdown: str, definitions: Definitions | None = None) -> list[Token]:
    """Read inline Markdown into the parser's tokens; most texts have no marks, and are one."""
    markdown = _AT_NAME.sub(r"@\1", markdown) if "@<" in markdown else markdown
    if not _MARK.search(markdown):
        return [Token("text", "", 0, content=markdown)] if markdown else []
    tokens: list[Token] = []
    _parser.inline.parse(markdown, _parser, {"references": definitions or {}}, tokens)
    return tokens


def plain_cell(markdown: str, definitions: Definitions | None = None) -> str:
    """Give what a reader sees of a table's cell; an escaped pipe in it is a pipe, in code too."""
    return plain(markdown.replace("\\|", "|"), definitions)


def words_of(tokens: Iterable[Token]) -> Iterable[str]:
    """Give what a reader sees of tokens, piece by piece."""
    for token in tokens:
        if token.type in ("text", "code_inline", "text_special"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak") or _BREAK.fullmatch(token.content):
            yield " "
        elif token.type == "image":
            yield "".join(words_of(token.children or ()))
