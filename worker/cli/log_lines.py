"""The log of a process: one format on standard error for our lines and those of the libraries.

Our modules log by structlog, libraries by Python's own logging; both end in the one handler here.
"""

import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, SecretStr

from config.settings import Settings
from config.values import LogFormat, LogLevel
from worker.log import before_first_line

if TYPE_CHECKING:
    from structlog.types import Processor

OURS = ("config", "connectors", "worker")
NEVER_MORE_THAN_WARNINGS = ("filelock", "markdown_it", "sqlalchemy")
"""Libraries whose further lines hold what documents hold, or are one a step."""
_NOTHING = logging.CRITICAL + 1

_FIRST = ["timestamp", "level", "event", "incident", "job", "trigger"]


def log_plainly() -> None:
    """Log in text, from ``info`` on."""
    log_to_standard_error(LogFormat.TEXT, LogLevel.INFO)


def log_to_standard_error(shape: LogFormat, level: LogLevel | None) -> None:
    """Log from this level on, nothing for None. Tracebacks hold no variables: some are secret."""
    logging.captureWarnings(capture=True)
    logging.raiseExceptions = False  # a log on a full disk must not make its own lines elsewhere
    if level is not None:
        _load_structlog()
    root, least = logging.getLogger(), _least(level)
    root.handlers = [logging.NullHandler() if level is None else _handler(shape)]
    warnings = max(least, logging.WARNING)
    root.setLevel(least if level is LogLevel.DEBUG else warnings)
    for name in OURS:
        logging.getLogger(name).setLevel(least)
    for name in NEVER_MORE_THAN_WARNINGS:
        logging.getLogger(name).setLevel(warnings)
    if level is None:
        before_first_line(_write_by_handler)
    else:
        _write_by_handler()


_TRACEBACKS = "rich.traceback"


def _load_structlog() -> None:
    """Load it without rich's tracebacks, with which it brings colours for a hundred languages.

    Nothing of them is used, and a process that waits for work would keep them.
    """
    if _TRACEBACKS in sys.modules or "structlog" in sys.modules:
        return
    sys.modules[_TRACEBACKS] = None  # type: ignore[assignment]  # as a module that is not there
    try:
        import structlog  # noqa: F401, PLC0415 - kept from here on
    finally:
        del sys.modules[_TRACEBACKS]


def _write_by_handler() -> None:
    """Let what our modules log go to the handler that libraries have."""
    import structlog  # noqa: PLC0415 - a command that logs nothing needs none of it

    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_on_each_line(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _handler(shape: LogFormat) -> logging.Handler:
    import structlog  # noqa: PLC0415 - as above

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_on_each_line(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                *_rendering(shape),
            ],
        )
    )
    return handler


def _on_each_line() -> tuple["Processor", ...]:
    import structlog  # noqa: PLC0415 - as above

    return (
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
    )


def _least(level: LogLevel | None) -> int:
    return _NOTHING if level is None else logging.getLevelNamesMapping()[level.value.upper()]


def _rendering(shape: LogFormat) -> tuple["Processor", ...]:
    import structlog  # noqa: PLC0415 - as above

    if shape is LogFormat.JSON:
        return (structlog.processors.JSONRenderer(default=str),)
    # each value is quoted as Python does, so that no line break of others begins a line of ours
    return (
        plain_values,
        structlog.processors.KeyValueRenderer(key_order=_FIRST, drop_missing=True),
    )


def plain_values(_: object, __: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Give a line whose values are numbers and words as people read them, none as Python does."""
    return {name: _as_read(value) for name, value in line.items()}


def _as_read(value: object) -> object:
    match value:
        case Enum():
            return str(value.value)
        case tuple() | list() | set() | frozenset():
            return " | ".join(str(_as_read(one)) for one in value)
        case str() | bool() | int() | float() | None:
            return value
    return str(value)


def shown(settings: Settings) -> dict[str, str]:
    """Give the settings that are not the default, by name, with no secret in them.

    Of lists and tables that people fill, how many entries they have is all that is told.
    """
    return dict(_shown(settings, ""))


def _shown(group: BaseModel, above: str) -> Iterator[tuple[str, str]]:
    for name, field in type(group).model_fields.items():
        value = getattr(group, name)
        if isinstance(value, BaseModel):
            yield from _shown(value, f"{above}{name}.")
        elif value != field.get_default(call_default_factory=True):
            yield f"{above}{name}", _value(value)


def _value(value: object) -> str:
    if isinstance(value, SecretStr) or _secrets(value):
        return "(set)"
    if isinstance(value, str | Enum):
        return str(value)
    if isinstance(value, Mapping | tuple | list):
        return f"({len(value)} given)"
    return str(value)


def _secrets(value: object) -> bool:
    listed: Iterable[object] = value if isinstance(value, tuple | list) else ()
    return any(isinstance(one, SecretStr) for one in listed)
