"""The YAML front matter that says which incident a document belongs to.

People edit it: keys in any order and case, quotes, comments and keys of their own are all fine.
A value is changed by replacing its place alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import yaml
from yaml.constructor import BaseConstructor

from connectors.errors import PostmortemError
from worker.content.yaml_values import MORE, YamlText, quoted, texts
from worker.document.text_edits import BOM, Edit, Place, SourceText


class DocumentError(PostmortemError):
    """A document that cannot be used as it is; nothing in it was changed."""


_OPENING = re.compile(rf"{BOM}?---[ \t]*")
_CLOSING = re.compile(r"(?:---|\.\.\.)[ \t]*")
_INCIDENT = re.compile(r"incident[ \t]*:", re.IGNORECASE)
_SPACES = str.maketrans({"\t": " ", "\u00a0": " "})
"""What people take for spaces and YAML does not."""
_AROUND_ID = " \t\"'`<>[](){}\u201c\u201d\u2018\u2019\u00ab\u00bb\u200b\u2060"
"""What editors put around an id."""
_HEAD = 2_000
"""Characters at a document's top in which its former front matter may stand."""
_FORMER = re.compile(
    r"(?:^|[^\w/-])incident[ \t]*[:=][ \t]*[\"'`<*_]*(?P<incident>[A-Za-z0-9]+)", re.IGNORECASE
)
_BESIDE = re.compile(r"(?:^|[^\w/-])(?:status|url)[ \t]*[:=]", re.IGNORECASE)
_TITLE = re.compile(r"^#[ \t]", re.MULTILINE)

OURS = ("incident", "url", "status")
"""The keys that the program reads."""

_LONGEST = 16_384
_DEEPEST = 200
"""Characters, and brackets, beyond which the YAML is not read: it takes their square."""
_LISTS = frozenset({"services", "teams"})
_BARE = {
    "number": re.compile(r"\d{1,18}"),
    "started": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"),
    "ended": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"),
}
"""What a number and a time are for every reader of YAML, and so stand without quotes."""

FrontValue = str | tuple[str, ...]
"""A text, or a list of them."""

INITIAL_STATUS = "draft"
"""The status of a document that nobody has reviewed."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a front matter says; "" for what it lacks, ``extra`` holds people's own keys.

    Values are the text as written, never read as a number or date.
    """

    incident: str
    url: str
    status: str
    extra: Mapping[str, object]


def body_line(source: SourceText) -> int:
    """Give the first line behind the front matter, 0 where there is none.

    Raises ``DocumentError`` for one that says which incident it is of, and has no end.
    """
    if not _OPENING.fullmatch(source.line(0)):
        return 0
    for number in range(1, len(source.starts)):
        if _CLOSING.fullmatch(source.line(number)):
            return number + 1
    for number in range(1, len(source.starts)):
        line = source.line(number)
        if _INCIDENT.match(line):
            raise DocumentError(
                "The front matter at the top of the document has no end.",
                "Put a line '---' below its last key.",
            )
        if not line.strip():
            break
    return 0


@lru_cache(8)  # a job asks four times for that of one document
def read(text: str) -> FrontMatter | None:
    """Read a document's front matter; None where it has none.

    Raises ``DocumentError`` where it is no YAML that a document's front matter can be.
    """
    if (block := _block(SourceText.of(text))) is None:
        return None
    _, content = block
    nodes = _nodes(content)
    root = _root(content)
    try:  # text only, as BaseLoader makes it, of what is parsed already: that is what takes long
        values = BaseConstructor().construct_document(root) if root is not None else {}
    except (yaml.YAMLError, RecursionError, TypeError) as error:
        raise _broken(error) from error
    known = {name: _scalar(nodes[name], name) for name in OURS if name in nodes}
    extra = {str(key): value for key, value in values.items() if str(key).casefold() not in known}
    return FrontMatter(
        _incident_id(known.get("incident", "")),
        known.get("url", ""),
        known.get("status", ""),
        extra,
    )


def _incident_id(written: str) -> str:
    """Give the id that a value names: people put quotes around it, brackets, or its address."""
    _, is_address, behind = written.partition("/incidents/")
    if is_address:
        return re.split(r"[^A-Za-z0-9]", behind, maxsplit=1)[0]
    inside = written.strip(_AROUND_ID)
    return inside if inside.isalnum() else written


def former(text: str) -> str:
    """Give the incident that a document without front matter names at its top, "" for none.

    A formatter that knows no front matter makes it a heading: ``## incident: Q1 … status: draft``.
    """
    head = text[:_HEAD]
    title = _TITLE.search(head)
    head = head[: title.start()] if title else head
    found = _FORMER.search(head)
    return found["incident"] if found and _BESIDE.search(head) else ""


def values(text: str) -> Mapping[str, tuple[str, ...]] | None:
    """Give what each key says, by its name in lower case: a text, or those of a list.

    None where there is no front matter. Raises ``DocumentError`` as :func:`read` does.
    """
    block = _block(SourceText.of(text))
    if block is None:
        return None
    return {key: texts(node) for key, node in _nodes(block[1]).items()}


def value_of(key: str, cells: tuple[str, ...]) -> FrontValue:
    """Give what stands behind a key: a list where it holds several, else a text."""
    return tuple(filter(None, cells)) if key in _LISTS else " ".join(cells)


def new(values: Mapping[str, FrontValue]) -> str:
    """Give a front matter with these values, whatever text they are."""
    lines = "".join(f"{key}: {_written(key, value)}\n" for key, value in values.items())
    return f"---\n{lines}---\n"


def set_values(text: str, values: Mapping[str, FrontValue]) -> list[Edit]:
    """Make the edits that give keys other values; keys that are absent are added at the end.

    Nothing is made where there is no front matter, or the values are there already; comments stay.
    Raises ``DocumentError`` as :func:`read` does, and where a key cannot be given its value without
    the front matter saying something else besides.
    """
    source = SourceText.of(text)
    block = _block(source)
    if block is None:
        return []
    start, content = block
    nodes = _nodes(content)
    known = {key: texts(node) for key, node in nodes.items()}
    wanted = {key: _cells(value) for key, value in values.items()}
    for key in values:
        if key in OURS and key in nodes:
            _scalar(nodes[key], key)
    changed = {key: value for key, value in values.items() if known.get(key) != wanted[key]}
    for key in changed:
        if key in nodes and nodes[key].start_mark is None:
            raise _reference(key)
        if MORE in wanted[key]:
            raise DocumentError(
                f"The front matter at the top of the document holds keys within '{key}'.",
                "Write each as a text.",
            )
    found = YamlText(content, _root(content))
    written = {key: _written(key, value, in_list=found.in_braces) for key, value in changed.items()}
    edits = [
        Edit(Place(start + one.start, start + one.end), one.text)
        for one in found.changes(nodes, written, source.line_end(0))
    ]
    if edits and _said(source.apply(edits)) != {**known, **wanted}:
        raise DocumentError(
            "The front matter at the top of the document is written in a way in which "
            f"{', '.join(map(repr, changed))} cannot be changed.",
            "Write each key on a line of its own, with its value behind it.",
        )
    return edits


def _cells(value: FrontValue) -> tuple[str, ...]:
    """Give a value as it is read again."""
    return tuple(one.strip() for one in ((value,) if isinstance(value, str) else value))


def _said(text: str) -> Mapping[str, tuple[str, ...]] | None:
    try:
        return values(text)
    except DocumentError:
        return None


def _written(key: str, value: FrontValue, *, in_list: bool = False) -> str:
    """Give a value as YAML: a list on one line, a number or a time as such, any other text."""
    if not isinstance(value, str):
        return f"[{', '.join(quoted(one, in_list=True) for one in value)}]"
    bare = _BARE.get(key)
    return value if bare and bare.fullmatch(value) else quoted(value, in_list=in_list)


def _block(source: SourceText) -> tuple[int, str] | None:
    """Give where the YAML starts, and the YAML."""
    behind = body_line(source)
    if behind == 0:
        return None
    start, end = source.starts[1], source.starts[behind - 1]
    if end - start > _LONGEST or sum(source.text.count(one, start, end) for one in "[{") > _DEEPEST:
        raise DocumentError(
            "The front matter at the top of the document is too long, or nests too deeply.",
            "Keep what the document needs.",
        )
    return start, source.text[start:end].translate(_SPACES)


@lru_cache(32)  # a job asks a dozen times for that of one document
def _root(content: str) -> yaml.MappingNode | None:
    try:
        root = yaml.compose(content, yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise _broken(error) from error
    if root is not None and not isinstance(root, yaml.MappingNode):
        raise DocumentError(
            "The front matter at the top of the document holds no keys.",
            "Write it as lines like 'incident: Q1ABCDEF2GHIJK'.",
        )
    return root


@lru_cache(32)  # as above
def _nodes(content: str) -> Mapping[str, yaml.Node]:
    """Give each value with its place, by its key in lower case; a reference has no place."""
    root = _root(content)
    found: dict[str, yaml.Node] = {}
    for key, value in root.value if root else ():
        name = str(key.value).strip().casefold()
        refers = value.start_mark.index < key.end_mark.index
        if name in OURS and refers:
            raise _reference(name)
        if name in found and name in OURS:
            raise DocumentError(
                f"The front matter at the top of the document says '{name}' twice.",
                "Remove one of the two lines.",
            )
        found[name] = yaml.MappingNode("", []) if refers else value
    return found


def _reference(name: str) -> DocumentError:
    return DocumentError(
        f"The front matter at the top of the document gives '{name}' as a reference.",
        "Write its value out.",
    )


def _scalar(node: yaml.Node, name: str) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value).strip()
    raise DocumentError(
        f"The front matter at the top of the document holds a list or more under '{name}'.",
        "Give it a single value.",
    )


def _broken(error: Exception) -> DocumentError:
    mark = getattr(error, "problem_mark", None)
    line = f" on line {mark.line + 2}" if isinstance(mark, yaml.Mark) else ""
    problem = (
        getattr(error, "problem", None) or "it nests too deeply or holds unreadable characters"
    )
    return DocumentError(
        f"The front matter at the top of the document is not valid YAML{line}: {problem}.",
        "Mend it; a value with ':' or '#' in it needs quotes.",
    )
