"""Invented incidents of an invented shop, as lifelike as the demo and the tests need them.

Each is a script: a function that lets it happen in a sandbox account, at fixed times (or from
another ``start``), always the same. Names, addresses and causes are made up.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from connectors.pagerduty.sandbox.account import SandboxAccount
from connectors.pagerduty.sandbox.incident import SandboxIncident
from connectors.pagerduty.sandbox.scenarios.checkout_storm import checkout_storm, merged
from connectors.pagerduty.sandbox.scenarios.quiet_and_large_incidents import (
    auto_resolved,
    big,
    quick_fix,
    reopened,
)

__all__ = [
    "SCENARIOS",
    "auto_resolved",
    "big",
    "checkout_storm",
    "load",
    "merged",
    "quick_fix",
    "reopened",
]

SCENARIOS: Mapping[str, Callable[[SandboxAccount], SandboxIncident]] = MappingProxyType(
    {
        "checkout storm": checkout_storm,
        "merged": merged,
        "quick fix": quick_fix,
        "auto-resolved": auto_resolved,
        "reopened": reopened,
    }
)
"""By name, in the order in which they happen; ``merged`` needs the storm before it."""


def load(account: SandboxAccount) -> dict[str, SandboxIncident]:
    """Let every scenario happen; gives the incidents by the scenarios' names."""
    return {name: script(account) for name, script in SCENARIOS.items()}
