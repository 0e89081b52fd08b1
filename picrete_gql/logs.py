"""Logs: one JSON object per line (or colours for a person), without secrets."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from picrete_gql import tracing

SECRET = re.compile(r"password|token|secret|authorization|cookie|api_?key|access_?key", re.IGNORECASE)
# What ends a line, turns the text around or speaks to a terminal, for some viewers at least.
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# JSON has escaped the first thirty-two itself; in a traceback lines end rightly.
UNSEEN_BUT_LINES = re.compile(UNSEEN.pattern.replace(r"\x1f", r"\x08\x0b-\x1f"))
IN_TEXT = re.compile(r"(?i)(bearer\s+|rt_|[?&]x-amz-signature=|://[^/\s:@]+:)[^\s&@\"']+")


CONSOLE = structlog.dev.ConsoleRenderer()


def without_secrets(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank what must never be written: values under telling names, and tokens or passwords inside of texts."""
    for key, value in event.items():
        if SECRET.search(key):
            event[key] = "***"
        elif isinstance(value, str):
            event[key] = IN_TEXT.sub(r"\1***", value)
    return event


def as_line(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    """One line of JSON, whatever stands in it: nobody outside can add a line or colour one."""
    line = structlog.processors.JSONRenderer(ensure_ascii=False)(logger, method, event)
    return UNSEEN.sub(_escaped, str(line))


def for_a_person(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    """Lines for a terminal, with its own colours and nobody else's."""
    told = {UNSEEN.sub(_escaped, key): value for key, value in event.items()}
    for name, unseen in (("event", UNSEEN), ("exception", UNSEEN_BUT_LINES)):
        if name in told:
            told[name] = unseen.sub(_escaped, str(told[name]))
    return str(CONSOLE(logger, method, told))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def set_up(level: str, *, as_json: bool) -> None:
    """Send our own and the libraries' logs to standard error in one form."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        tracing.note,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    last = as_line if as_json else for_a_person
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[strip, last]))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("uvicorn.access", "arq.worker", "httpx", "httpx2", "urllib3", "minio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for own in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(own).handlers, logging.getLogger(own).propagate = [], True
