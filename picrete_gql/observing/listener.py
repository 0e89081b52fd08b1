"""A small server beside the work of a process that has no other door, for `/metrics` alone."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.applications import Starlette

from picrete_gql.runtime import Runtime

from .exposition import route

PAUSE_SECONDS = 5
log = structlog.get_logger(__name__)


class Server(uvicorn.Server):
    """uvicorn as one task among others: signals are its process's business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


async def serve(runtime: Runtime, port: int) -> None:
    """Serve until cancelled. While another process has the port, the work goes on and the port is tried again."""
    if not port:
        return
    app = Starlette(routes=[route(runtime)])
    taken = await _port(runtime.settings.metrics.host, port)
    config = uvicorn.Config(app, lifespan="off", access_log=False, log_config=None, server_header=False, ws="none")
    with taken:
        await Server(config).serve([taken])


async def _port(host: str, port: int) -> socket.socket:
    said = False
    while True:
        try:
            return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        except OSError as error:
            if not said:
                log.warning("metrics.port_taken", host=host, port=port, error=error.strerror)
            said = True
        await asyncio.sleep(PAUSE_SECONDS)
