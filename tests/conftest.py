"""What holds for all tests.

Where ``POSTMORTEM_REQUIRE_ALL`` is set, a test that would be skipped fails instead, so that what
a machine lacks is seen there.
"""

import compileall
import os
from collections.abc import Generator
from pathlib import Path

import pytest
import structlog
from coverage import Coverage
from hypothesis import settings

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

REQUIRE_ALL = bool(os.environ.get("POSTMORTEM_REQUIRE_ALL"))


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
