"""The two processes of production: API and worker."""

import asyncio
import contextlib
import signal

import uvicorn
import uvloop

from picrete_gql import logs
from picrete_gql.settings import Settings

SHUTDOWN_SECONDS = 10


def api(settings: Settings) -> None:
    """Serve GraphQL until told to stop."""
    from picrete_gql.main import api as application

    logs.set_up(settings.log_level, as_json=settings.log_json)
    uvicorn.run(
        application(settings),
        host=settings.http.host,
        port=settings.http.port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=1024 * 1024,
        ws_per_message_deflate=False,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.http.trusted_proxies),
        forwarded_allow_ips=settings.http.trusted_proxies or None,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


def worker(settings: Settings) -> None:
    """Do jobs until told to stop."""
    logs.set_up(settings.log_level, as_json=settings.log_json)
    uvloop.run(_work(settings))


async def _work(settings: Settings) -> None:
    from picrete_gql.main import work

    task = asyncio.create_task(work(settings))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
