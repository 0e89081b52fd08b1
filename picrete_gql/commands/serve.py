"""The two processes of production: API and worker."""

import asyncio
import contextlib
import gc
import signal
from importlib.metadata import version
from typing import Any

import uvloop

from picrete_gql import logs, tracing
from picrete_gql.commands import serving
from picrete_gql.commands.config import ensure_complete
from picrete_gql.local import CannotStart
from picrete_gql.settings import Http, Settings

# Longer than proxies and clients keep an idle connection: who closes first must not be us, just as a request arrives.
KEEP_ALIVE_SECONDS = 75
# Thousands of open sockets are long-lived, and what an operation leaves is mostly gone before it is looked for. What is
# not, thousands of cycles a minute, must not stay for half an hour: the pages that they lie on would never come back.
COLLECT_AFTER = (20_000, 5, 3)


def prepare(settings: Settings, process: str) -> None:
    """Logs and traces of one process. Raises CannotStart when something is missing."""
    ensure_complete(settings)
    of = settings.tracing
    try:
        if of.endpoint:
            tracing.set_up(of.endpoint, of.headers.get_secret_value(), of.sample, process, version("picrete-gql"))
    except ImportError as error:
        raise CannotStart("PICRETE_TRACING__ENDPOINT needs the extra: pip install 'picrete-gql[otel]'.") from error
    logs.set_up(settings.log_level, as_json=settings.log_json)


def api(settings: Settings) -> None:
    """Serve GraphQL until told to stop."""
    prepare(settings, "api")
    from picrete_gql.main import api as application

    served = application(settings)
    # What was imported stays for ever: without it a full collection looks at the sockets alone.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    serving.serve(served, settings.http, {"loop": "uvloop", **options(settings.http)})


def options(of: Http) -> dict[str, Any]:
    """How uvicorn serves the door. Frames are not compressed: it doubles their cost, and they are small."""
    from picrete_gql.schema._door import heads

    return {
        "host": of.host,
        "port": of.port,
        "http": heads.protocol(of),
        "ws": "picrete_gql.schema._door.wires:SocketProtocol",
        "ws_max_size": of.socket_bytes,
        "ws_per_message_deflate": False,
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "proxy_headers": bool(of.trusted_proxies),
        "forwarded_allow_ips": of.trusted_proxies or None,
        "timeout_graceful_shutdown": max(1, round(of.stop_seconds)),
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
    }


def worker(settings: Settings) -> None:
    """Do jobs until told to stop."""
    prepare(settings, "worker")
    uvloop.run(_work(settings))


async def _work(settings: Settings) -> None:
    from picrete_gql.main import work

    task = asyncio.create_task(work(settings))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
