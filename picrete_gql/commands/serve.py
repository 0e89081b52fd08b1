"""The two processes of production: API and worker."""

import asyncio
import contextlib
import gc
import signal
from importlib.metadata import version
from typing import Any

import uvicorn
import uvloop

from picrete_gql import logs, tracing
from picrete_gql.local import CannotStart
from picrete_gql.settings import Http, Settings

SHUTDOWN_SECONDS = 10
# Longer than proxies and clients keep an idle connection: who closes first must not be us, just as a request arrives.
KEEP_ALIVE_SECONDS = 75
SECRET_CHARS = 32
# Thousands of open sockets are long-lived; what an operation leaves is mostly gone before it is looked for.
COLLECT_AFTER = (20_000, 20, 20)


def ensure_complete(settings: Settings) -> None:
    """Raises CannotStart: a single process starts no servers of its own and makes no secrets."""
    needed = {
        "PICRETE_DATABASE__URL": settings.database.url,
        "PICRETE_REDIS__URL": settings.redis.url,
        "PICRETE_STORAGE__ENDPOINT": settings.storage.endpoint,
        "PICRETE_AUTH__SECRET_KEY": settings.auth.secret_key.get_secret_value(),
    }
    if settings.auth.bootstrap_username:
        needed["PICRETE_AUTH__BOOTSTRAP_PASSWORD"] = settings.auth.bootstrap_password.get_secret_value()
    if missing := [name for name, value in needed.items() if not value]:
        raise CannotStart(f"Not set: {', '.join(missing)}. (`picrete up` starts everything that is needed by itself.)")
    if len(needed["PICRETE_AUTH__SECRET_KEY"]) < SECRET_CHARS:
        raise CannotStart(f"PICRETE_AUTH__SECRET_KEY needs at least {SECRET_CHARS} characters.")


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
    uvicorn.run(served, loop="uvloop", **options(settings.http))


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
        "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
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
