"""What the stand-ins of services share."""

from connectors.sandbox.recorder import (
    TOO_MANY_REQUESTS,
    Delivery,
    Fault,
    Moment,
    Recorder,
    Sandbox,
    Served,
    Watcher,
)

__all__ = [
    "TOO_MANY_REQUESTS",
    "Delivery",
    "Fault",
    "Moment",
    "Recorder",
    "Sandbox",
    "Served",
    "Watcher",
]
