"""Whether this process lives, and whether all that it needs answers."""

import asyncio
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from picrete_gql.problems import Unavailable
from picrete_gql.runtime import DATABASE_FAULTS, Runtime

from .leaving import Leaving

log = structlog.get_logger(__name__)
READY_SECONDS = 3


def routes(runtime: Runtime, leaving: Leaving) -> list[Route]:
    """`/healthz` and `/readyz`."""

    async def alive(request: Request) -> Response:
        """The process answers."""
        return JSONResponse({"status": "ok"})

    async def ready(request: Request) -> Response:
        """Everything that a request may need answers, and this process is here to stay."""
        if leaving.is_begun:
            return JSONResponse({"status": "stopping"}, status_code=503)
        checks = {"database": _database, "redis": _redis, "storage": _storage, "worker": _worker}
        states = await asyncio.gather(*(_asked(check, runtime) for check in checks.values()))
        found = dict(zip(checks, states, strict=True))
        status = 200 if all(state == "ok" for state in found.values()) else 503
        return JSONResponse({"status": "ok" if status == 200 else "unavailable", **found}, status_code=status)

    return [Route("/healthz", alive), Route("/readyz", ready)]


async def _asked(check: Any, runtime: Runtime) -> str:
    try:
        async with asyncio.timeout(READY_SECONDS):
            return "ok" if await check(runtime) is not False else "silent"
    except (Unavailable, RedisError, *DATABASE_FAULTS) as error:
        log.warning("readyz", check=check.__name__, error=type(error).__name__)
        return "unavailable"


async def _database(runtime: Runtime) -> None:
    async with runtime.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


async def _redis(runtime: Runtime) -> None:
    await runtime.gateways.redis.ping()


async def _storage(runtime: Runtime) -> None:
    await runtime.gateways.storage.ping()


async def _worker(runtime: Runtime) -> bool:
    return await runtime.gateways.queue.worker_alive()
