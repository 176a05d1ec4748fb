"""The source distribution makes the wheel, and the wheel runs where there is no checkout."""

import os
import subprocess
import sys
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYTHON = Path(sys.executable)


def done(*words: str | Path, cwd: Path, **environment: str) -> str:
    run = subprocess.run(  # noqa: S603 - our own tools
        words,
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


REFUSAL = """
import sys
from importlib.abc import MetaPathFinder


class Refusal(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


sys.meta_path.insert(0, Refusal())
"""


def required(name: str, extras: frozenset[str] = frozenset({""})) -> set[str]:
    """Give what comes with a distribution that is installed, itself among it."""
    found, waiting = set[tuple[str, str]](), [(name, extra) for extra in extras]
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        for text in distribution(one[0]).requires or ():
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate({"extra": one[1]}):
                waiting += [(canonicalize_name(needed.name), x) for x in ("", *needed.extras)]
    return {name for name, _ in found}


def refuse_what_only_developers_have(folder: Path) -> Path:
    """Write what hides from Python all that does not come with the program; give its folder."""
    theirs = required("postmortem-worker")
    hidden = {
        name
        for name, owners in packages_distributions().items()
        if not theirs & {canonicalize_name(one) for one in owners}
    }
    assert {"pytest", "playwright", "hypothesis"} <= hidden
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(REFUSAL.format(names=hidden), "utf-8")
    return folder


@pytest.mark.slow
def test_what_is_built_from_the_sources_alone_does_the_whole_job(tmp_path: Path) -> None:
    sources, built, target = (tmp_path / name for name in ("sources", "built", "installed"))
    for name in done("git", "ls-files", "-z", cwd=ROOT).split("\0"):
        if name and not name.startswith(("tests/", "bench/")) and (ROOT / name).exists():
            copy = sources / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes((ROOT / name).read_bytes())
    uv = PYTHON.with_name("uv")
    build = ("--quiet", "--offline", "--no-build-isolation", "--python", PYTHON)
    done(uv, "build", *build, "--out-dir", built, cwd=sources)
    assert len(list(built.glob("*.tar.gz"))) == 1
    (wheel,) = built.glob("*.whl")  # which uv makes from what it has just packed
    install = ("--quiet", "--offline", "--no-deps", "--python", PYTHON, "--target", target)
    done(uv, "pip", "install", *install, wheel, cwd=tmp_path)

    # What it needs comes from this environment, and what it does not say that it needs is hidden;
    # the program itself is found before it.
    hidden = refuse_what_only_developers_have(tmp_path / "hidden")
    installed = {"PYTHONPATH": f"{target}:{hidden}"}
    place = done(PYTHON, "-c", "import worker; print(worker.__file__)", cwd=tmp_path, **installed)
    assert Path(place.strip()).is_relative_to(target)
    command = target / "bin" / "postmortem"
    assert "postmortem 0." in done(command, "--version", cwd=tmp_path, **installed)
    assert "Every step happened" in done(command, "demo", "--exit", cwd=tmp_path, **installed)
    told = done(PYTHON, "-m", "worker", "-h", cwd=tmp_path, **installed)
    assert "POSTMORTEM_DATABASE_URL" in told
