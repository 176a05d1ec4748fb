"""What pages use of other people's scripts is what is written beside it, and small enough."""

import gzip
import hashlib
import json
from typing import Any

from tests.vendored.bundle import KNOWN, LICENCES, SCRIPT, STATIC, TESTS
from worker.web.assets import content

MOST = 150_000
"""Bytes, packed, that the editor may load more than other pages."""


def known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((STATIC / KNOWN).read_text("utf-8"))
    return found


def test_every_file_of_others_is_known_by_its_digest() -> None:
    names = {path.name for path in STATIC.iterdir()} - {LICENCES, KNOWN}
    digests = {name: hashlib.sha256((STATIC / name).read_bytes()).hexdigest() for name in names}
    assert digests == {name: told["sha256"] for name, told in known().items()}


def test_its_packages_are_those_of_the_lock_file_under_licences_that_lie_beside() -> None:
    lock = json.loads((TESTS / "package-lock.json").read_text("utf-8"))["packages"]
    licences = (STATIC / LICENCES).read_text("utf-8")
    packages = known()[SCRIPT]["packages"]
    assert len(packages) >= 8
    for one in packages:
        assert lock[f"node_modules/{one['name']}"]["version"] == one["version"]
        assert f"## {one['name']} {one['version']} (MIT)" in licences
    assert licences.count("Permission is hereby granted") == len(packages)


def test_the_editor_is_small_and_evaluates_no_text() -> None:
    loaded = content(SCRIPT) + content("editor.js") + content("write.js")
    assert len(gzip.compress(loaded)) < MOST
    assert b"eval(" not in loaded
    assert b"Function(" not in loaded
