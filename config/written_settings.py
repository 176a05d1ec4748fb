"""Writes a settings file: the annotated example, with values in the places of their examples.

The example is the one text that explains each setting, so what is written can never lag behind it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors.settings import Place

_HEADING = """\
# Settings of postmortem-worker, written by `postmortem init`.
#
# A line that begins with "#" shows a setting's default, or an example where the default is
# "nothing": take the "#" off and set it. The environment variable named behind a setting wins over
# this file. Lengths of time are written 90s, 10m, 2h, 30d, and relative paths start where the
# program is started. `postmortem check` proves what stands here.
"""
_TABLE = re.compile(r"\[(\w+)\]")
_SETTING = re.compile(r"#?(?P<key>\w+) = .*?(?P<note>\s{2,}# .*)?")
_COLUMN = 53


@dataclass(frozen=True, slots=True)
class WrittenSetting:
    """A setting as it is to stand in the file: ``key`` in a table, "" for none.

    Its example is that of ``example``, which is another key where a secret is named by its file.
    """

    table: str
    key: str
    value: str | Sequence[str]
    example: str

    @classmethod
    def of(
        cls, place: Place, value: str | Sequence[str], *, in_file: bool = False
    ) -> "WrittenSetting":
        """Give a setting by its place; a secret's ``value`` is the path of the file with it."""
        *above, key = place
        return cls(above[0] if above else "", f"{key}_file" if in_file else key, value, key)

    def __str__(self) -> str:
        return f"{self.key} = {toml(self.value)}"


def toml(value: str | Sequence[str]) -> str:
    """Give a text, or a list of texts, as TOML has it."""
    if not isinstance(value, str):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def written(example: str, settings: Sequence[WrittenSetting]) -> str:
    """Give the ``example`` with these settings in it, each where the example explains it."""
    head, _, body = example.partition("\n#documents = ")
    last_words = head.rpartition("\n\n")[2]
    lines = f"{last_words}\n#documents = {body}".split("\n")
    left = {(one.table, one.example): one for one in settings}
    found = list(_filled(lines, left))
    return "\n".join([_HEADING, *_with_the_others(found, left)])


def _filled(
    lines: Sequence[str], left: dict[tuple[str, str], WrittenSetting]
) -> Iterator[tuple[str, str]]:
    """Give each line with its table; the first example of a setting becomes the setting."""
    table = ""
    for line in lines:
        if heading := _TABLE.fullmatch(line):
            table = heading[1]
        elif line.startswith("#["):  # what follows belongs to a table that is an example itself
            table = line
        example = _SETTING.fullmatch(line)
        one = left.pop((table, example["key"]), None) if example else None
        if one is None or example is None:
            yield table, line
            continue
        note = (example["note"] or "").strip()
        yield table, f"{one!s:<{_COLUMN}} {note}" if note else str(one)


def _with_the_others(
    lines: Sequence[tuple[str, str]], left: Mapping[tuple[str, str], WrittenSetting]
) -> Iterator[str]:
    """Put what has no example of its own below the line that speaks of it, else of its table.

    A table that the example has not comes at the end.
    """
    waiting = list(left.values())
    for table, line in lines:
        yield line
        for one in list(waiting):
            mine = one.table == table and (
                (line == f"[{table}]" and not _spoken_of(lines, one))
                or (line.startswith("# ") and _speaks_of(line, one))
            )
            if mine:
                waiting.remove(one)
                yield str(one)
    for table in dict.fromkeys(one.table for one in waiting):
        yield f"[{table}]"
        yield from (str(one) for one in waiting if one.table == table)


def _spoken_of(lines: Sequence[tuple[str, str]], one: WrittenSetting) -> bool:
    return any(
        table == one.table and line.startswith("# ") and _speaks_of(line, one)
        for table, line in lines
    )


def _speaks_of(line: str, one: WrittenSetting) -> bool:
    return re.search(rf"\b{one.example}\b", line) is not None
