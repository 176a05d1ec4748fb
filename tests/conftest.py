"""What holds for all tests.

Where ``POSTMORTEM_REQUIRE_ALL`` is set, a test that would be skipped fails instead, so that what
a machine lacks is seen there.
"""

import compileall
import gc
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import structlog
from coverage import Coverage
from hypothesis import settings
from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

settings.register_profile("modest", max_examples=100, deadline=None)
settings.register_profile("mutants", max_examples=10, deadline=None, derandomize=True)
settings.load_profile("modest")

# What is logged in the tests' own process: by itself it would paint each traceback with the values
# in it, which takes up to ten seconds.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)


class _Shared(SQLiteDialect_pysqlite):
    """SQLite's dialect, of which all are alike: what is compiled for one is for each.

    A process compiles its statements once. A test opens a database for each process that it stands
    for, and would compile them anew for each: a tenth of what a sync costs.
    """

    supports_statement_cache = True
    compiled: LRUCache[Any, Any] = LRUCache(2000)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shared)

    def __hash__(self) -> int:
        return hash(_Shared)

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine._compiled_cache = cls.compiled  # there is no public way to it


registry.register("sqlite", __name__, _Shared.__name__)
registry.register("sqlite.pysqlite", __name__, _Shared.__name__)

REQUIRE_ALL = bool(os.environ.get("POSTMORTEM_REQUIRE_ALL"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while all is loaded: a quarter of what that takes."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()  # it stays, and need not be looked through again


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow ones: one that comes last would keep a single processor at work."""
    items.sort(key=lambda one: one.get_closest_marker("slow") is None)


def pytest_configure(config: pytest.Config) -> None:
    """Compile the program once, for the thousands of processes that tests start.

    Each would compile it anew where PYTHONDONTWRITEBYTECODE is set: a fifth of what a start costs.
    """
    if not hasattr(config, "workerinput"):
        for package in ("config", "connectors", "worker"):
            compileall.compile_dir(Path(__file__).parents[1] / package, quiet=2)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one, where all are required."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and all tests are required here: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a skipped module into a failed one, where all are required."""
    report = yield
    if REQUIRE_ALL and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, and all tests are required here: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Measure no test that is run a hundred times: it costs much, and reaches what others do."""
    measuring = Coverage.current()
    if measuring is None or not getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()
