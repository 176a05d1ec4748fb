"""Files that cannot be what they are named for: secrets that are pipes, documents like novels."""

import json
import os
from pathlib import Path

import pytest

from config.problems import ConfigurationProblems
from tests.service.happenings import resolved_incident
from tests.service.installation import Installation
from worker.app.registry import load_settings

MIB = 1024 * 1024
HEAD = "---\nincident: {}\nstatus: draft\n---\n# A novel\n\n## 6. Action Items\n"
TABLE = "| Task | Owner | Priority | Deadline |\n|---|---|---|---|\n"
ROW = "| Add an alert | Mira | High | 2026-12-01 |\n"
FENCED = f"```\n{ROW * 6_000}```\n"


def make(kind: str, path: Path) -> Path:
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "empty":
            path.touch()
        case "large":
            path.write_bytes(b"x" * (64 * 1024 + 1))
        case "not text":
            path.write_bytes(b"\xff\xfe\x00")
        case device if device.startswith("/dev/"):
            path.symlink_to(device)
    return path


KINDS_OF_FILES = (
    ("pipe", "no regular file", "a pipe that nobody writes to"),
    ("/dev/zero", "no regular file", "a device without an end"),
    ("/dev/tty0", "", "a terminal"),
    ("folder", "no regular file", "a folder"),
    ("missing", "No such file", "a file that is not there"),
    ("large", "more than 64 KiB", "a file of 64 KiB and a byte"),
    ("not text", "not UTF-8", "a file that is no text"),
)


@pytest.mark.parametrize(
    ("variable", "kind", "told"),
    [
        pytest.param(variable, kind, told, id=f"{name}-{variable}")
        for kind, told, name in KINDS_OF_FILES
        for variable in ("PAGERDUTY_API_KEY_FILE", "POSTMORTEM_TEMPLATE")
        if (kind, variable) != ("large", "POSTMORTEM_TEMPLATE")  # a template may be that large
    ],
)
def test_a_sentence_says_so_at_once(tmp_path: Path, variable: str, kind: str, told: str) -> None:
    path = make(kind, tmp_path / "named")
    with pytest.raises(ConfigurationProblems) as caught:
        load_settings(None, {variable: str(path)})
    assert f"names {path}, which " in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize("here", ["sqlite"], indirect=True)
def test_documents_like_novels_are_left_alone_and_told(here: Installation) -> None:
    good, long, wide, fenced = (resolved_incident(here.pagerduty.account).id for _ in range(4))
    folder = Path(here.documents.setting)
    folder.mkdir(exist_ok=True)
    texts = {
        good: HEAD.format(good) + TABLE,
        long: HEAD.format(long) + TABLE + "x" * (4 * MIB),
        wide: HEAD.format(wide) + TABLE + ROW * 5_000,
        fenced: HEAD.format(fenced) + TABLE + FENCED,
    }
    for incident, text in texts.items():
        (folder / f"2026-11-27-{incident}-novel.md").write_text(text, "utf-8")
    found = {one["incident"]: one for one in json.loads(here.run("status", "--json").stdout)}
    assert "has 4.0 MiB, and more than 4 are not read" in str(found[long]["problems"])
    assert "has 5,002 rows of tables, and more than 5,000" in str(found[wide]["problems"])
    assert (found[good]["title"], found[fenced]["title"]) == ("A novel", "A novel")
    done = here.run("sync", long, wide)
    assert done.returncode == 1
    assert "has 4.0 MiB" in done.stderr
    assert "has 5,002 rows" in done.stderr
    for incident in (long, wide):
        path = folder / f"2026-11-27-{incident}-novel.md"
        assert path.read_text("utf-8") == texts[incident]
        assert len([one for one in folder.iterdir() if incident in one.name]) == 1
