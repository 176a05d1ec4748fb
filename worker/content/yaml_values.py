"""Values in YAML: written so that each reader takes them for text, and found where people put them.

A value of people's may stand in its line, in lines of its own, in a list or in more, with comments
in between. These are no part of it: whoever writes another value keeps them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

_PLAIN = re.compile(r"[A-Za-z][\w./-]*(?: [\w./-]+)*|https?://[\w./?=&%~+@:;,!$()*-]*[\w/]")
_WORDS_WITH_MEANING = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
_BRACKETED = re.compile(r"<(?:[a-z][a-z0-9+.-]*:|[^\s<>@]+@)[^\s<>]+>", re.IGNORECASE)
_COMMENT = re.compile(r"#[^\r\n]*")
_LINE = re.compile(r"[^\r\n]*")

MORE = "{…}"
"""What stands for keys within a value, and for a list that holds itself: it is not read."""


def quoted(value: str, *, in_list: bool = False) -> str:
    """Give a text as YAML that reads as exactly this text, also in a list on one line."""
    is_plain = _PLAIN.fullmatch(value) and value.casefold() not in _WORDS_WITH_MEANING
    if is_plain and not (in_list and "," in value):
        return value
    escaped = "".join(_escape(character) for character in value)
    return f'"{escaped}"'


def unbracketed(text: str) -> str:
    """Give an address without the angle brackets that pandoc puts around it; other text stays."""
    return text[1:-1] if _BRACKETED.fullmatch(text) else text


def _escape(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}"


def texts(node: yaml.Node) -> tuple[str, ...]:
    """Give the texts of a value; a list named again is not told again, for it may be endless."""
    return tuple(_texts(node, set()))


def _texts(node: yaml.Node, seen: set[int]) -> Iterator[str]:
    if isinstance(node, yaml.ScalarNode):
        yield str(node.value).strip()
    elif isinstance(node, yaml.SequenceNode) and id(node) not in seen:
        seen.add(id(node))
        for one in node.value:
            yield from _texts(one, seen)
    else:
        yield MORE


@dataclass(frozen=True, slots=True)
class YamlEdit:
    """Replace what stands in a YAML from ``start`` to ``end`` (characters)."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class YamlText:
    """A YAML of keys and values, as people laid it out: in lines with some margin, or in braces."""

    text: str
    root: yaml.MappingNode | None

    @property
    def in_braces(self) -> bool:
        """Tell whether keys stand on one line, with commas between."""
        return self.root is not None and self.root.flow_style is True

    @property
    def _margin(self) -> str:
        return " " * self.root.start_mark.column if self.root and not self.in_braces else ""

    def changes(
        self, nodes: Mapping[str, yaml.Node], written: Mapping[str, str], line_end: str
    ) -> Iterator[YamlEdit]:
        """Put values, as YAML, in the places of those that keys have; other keys come last."""
        for key in written:
            if key in nodes:
                yield self._change(nodes[key], written[key], line_end)
        if added := [f"{key}: {value}" for key, value in written.items() if key not in nodes]:
            yield self._addition(added, line_end)

    def _change(self, node: yaml.Node, value: str, line_end: str) -> YamlEdit:
        start, end = node.start_mark.index, _end(node)
        end = start + len(self.text[start:end].rstrip())  # a text in lines of its own has their end
        comments = list(_comments(self.text, node, start, end))
        text = f"{line_end}{self._margin}  ".join((*comments, value))
        # a list may begin in the margin of its key, and other values may not
        if not comments and (start == end or node.start_mark.column <= len(self._margin)):
            text = f" {text}"
        return YamlEdit(start, end, text)

    def _addition(self, keys: Sequence[str], line_end: str) -> YamlEdit:
        if self.root is None or not self.in_braces:
            lines = "".join(f"{self._margin}{key}{line_end}" for key in keys)
            return YamlEdit(len(self.text), len(self.text), lines)
        known = self.root.value
        at = known[-1][1].end_mark.index if known else self.root.end_mark.index - 1
        told = ", ".join(keys)
        return YamlEdit(at, at, f", {told}" if known else told)


def _end(node: yaml.Node) -> int:
    """Give where the last text ends: a list in lines ends only where the next key begins."""
    seen: set[int] = set()
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and id(node) not in seen:
        seen.add(id(node))
        node = _children(node)[-1]
    return int(node.end_mark.index)


def _children(node: yaml.CollectionNode) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [each for pair in node.value for each in pair]
    return list(node.value)


def _comments(content: str, node: yaml.Node, start: int, end: int) -> Iterator[str]:
    """Find the comments between the texts, and behind the mark that opens one of several lines."""
    behind = start
    for one in _scalars(node, set()):
        first = one.start_mark.index
        if first < behind:
            continue  # a reference to what stands elsewhere
        if one.style in ("|", ">") and (line := _LINE.match(content, first)):
            first = line.end()
        yield from _COMMENT.findall(content, behind, first)
        behind = one.end_mark.index
    yield from _COMMENT.findall(content, behind, end)


def _scalars(node: yaml.Node, seen: set[int]) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.CollectionNode) and id(node) not in seen:
        seen.add(id(node))
        for one in _children(node):
            yield from _scalars(one, seen)
