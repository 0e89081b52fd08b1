"""The processes: the only file that imports every floor."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from starlette.applications import Starlette

from picrete_gql import observing, tracing
from picrete_gql.call import SYSTEM, Context
from picrete_gql.gateways import Gateways, open_redis
from picrete_gql.gateways.bus import Bus
from picrete_gql.gateways.limiter import Limiter
from picrete_gql.gateways.llm.factory import open_llm
from picrete_gql.gateways.llm.watched import watched as watched_llm
from picrete_gql.gateways.ocr.choose import open_ocr
from picrete_gql.gateways.ocr.watched import Watched as WatchedOcr
from picrete_gql.gateways.queue import Queue
from picrete_gql.gateways.storage import Storage
from picrete_gql.gateways.telegram import open_telegram
from picrete_gql.jobs import REACTIONS, run_worker
from picrete_gql.problems import Unavailable
from picrete_gql.resolvers import accounts
from picrete_gql.runtime import Runtime, open_engine
from picrete_gql.schema import Lifespan, application
from picrete_gql.settings import Settings

log = structlog.get_logger(__name__)


def open_runtime(settings: Settings, *, reads: bool = True) -> Runtime:
    """Everything a process holds open. Opens no connection yet. A process that `reads` needs an engine.

    Raises Refused (NothingReads) when it needs one and none is installed.
    """
    redis = open_redis(settings.redis)
    gateways = Gateways(
        redis=redis,
        bus=Bus(redis),
        limiter=Limiter(redis),
        queue=Queue(settings.redis),
        storage=Storage(settings.storage),
        ocr=WatchedOcr(open_ocr(settings.ocr, required=reads)),
        llm=watched_llm(open_llm(settings.llm), settings.llm),
        telegram=open_telegram(settings.telegram),
    )
    return Runtime(settings, open_engine(settings.database), gateways, REACTIONS)


@asynccontextmanager
async def running(runtime: Runtime, metrics_port: int = 0) -> AsyncIterator[Runtime]:
    """A runtime at work: the first administrator and the bucket exist, other processes are heard, it is watched."""
    await accounts.ensure_bootstrap(Context(runtime, SYSTEM, door="start"))
    try:
        await runtime.gateways.storage.prepare()
    except Unavailable as problem:
        log.warning("storage.away", detail=problem.detail)
    try:
        async with runtime.listening(), observing.watched(runtime, metrics_port):
            yield runtime
    finally:
        await runtime.close()
        await asyncio.to_thread(tracing.close)


def api(settings: Settings) -> Starlette:
    """The ASGI application of one API process."""
    runtime = open_runtime(settings, reads=False)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with running(runtime):
            yield

    return served(runtime, lifespan)


def served(runtime: Runtime, lifespan: Lifespan) -> Starlette:
    """What one API process answers: GraphQL, and the panel if it is on."""
    app = application(runtime, lifespan)
    if runtime.settings.admin.enabled:
        # Not imported where it is off.
        from picrete_gql.admin import mount

        mount(app, runtime)
    return app


async def work(settings: Settings) -> None:
    """The life of one worker process, until it is told to stop. Redis may come and go."""
    runtime = open_runtime(settings)
    async with running(runtime, settings.metrics.worker_port):
        await run_worker(runtime)


async def listen(settings: Settings) -> None:
    """The life of one bot process, until it is told to stop. The settings have a token."""
    # Dear to import, and only this process needs it.
    from picrete_gql.bot import Listener

    runtime = open_runtime(settings, reads=False)
    assert runtime.gateways.telegram is not None
    async with running(runtime, settings.metrics.bot_port):
        await Listener(runtime, runtime.gateways.telegram).run()
