"""The source distribution makes the wheel, and the wheel runs where there is no checkout."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

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

    # what it needs comes from this environment; the program itself is found before it
    installed = {"PYTHONPATH": str(target)}
    place = done(PYTHON, "-c", "import worker; print(worker.__file__)", cwd=tmp_path, **installed)
    assert Path(place.strip()).is_relative_to(target)
    command = target / "bin" / "postmortem"
    assert "postmortem 0." in done(command, "--version", cwd=tmp_path, **installed)
    assert "Every step happened" in done(command, "demo", "--exit", cwd=tmp_path, **installed)
    told = done(PYTHON, "-m", "worker", "-h", cwd=tmp_path, **installed)
    assert "POSTMORTEM_DATABASE_URL" in told
