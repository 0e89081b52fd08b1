"""Logs: one JSON object per line (or colours for a person), without secrets."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from picrete_gql import tracing

SECRET = re.compile(r"password|token|secret|authorization|cookie|api_?key|access_?key", re.IGNORECASE)
IN_TEXT = re.compile(r"(?i)(bearer\s+|rt_|[?&]x-amz-signature=|://[^/\s:@]+:)[^\s&@\"']+")


def without_secrets(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank what must never be written: values under telling names, and tokens or passwords inside of texts."""
    for key, value in event.items():
        if SECRET.search(key):
            event[key] = "***"
        elif isinstance(value, str):
            event[key] = IN_TEXT.sub(r"\1***", value)
    return event


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
    last = structlog.processors.JSONRenderer(ensure_ascii=False) if as_json else structlog.dev.ConsoleRenderer()
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
