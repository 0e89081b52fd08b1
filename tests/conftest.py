"""Real servers for the whole session, and for every test a database, a Redis and a bucket of its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from picrete_gql import migrations
from picrete_gql.main import open_runtime
from picrete_gql.settings import Settings
from tests.servers import stack
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support import told
from tests.support.house import House, settings_for
from tests.support.world import World, world_of

# The usual renderer prints every variable of every frame: seconds for each fault that a test brings about on purpose.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.dev.ConsoleRenderer(colors=False),
    ]
)


told.set_up()


@pytest.fixture(scope="session")
def servers() -> Iterator[stack.Servers]:
    """PostgreSQL, Valkey and S3."""
    with stack.session() as running:
        yield running


@pytest.fixture(scope="session")
async def template(servers: stack.Servers) -> str:
    """A migrated, empty database to copy."""
    empty = await servers.create()
    await asyncio.to_thread(migrations.upgrade, empty)
    return await servers.freeze(empty)


@pytest.fixture
def ocr() -> Iterator[DatalabServer]:
    """A remote reader with faults on command."""
    with DatalabServer(polls=0) as server:
        yield server


@pytest.fixture
def llm() -> Iterator[OpenAiServer]:
    """A language model with faults on command."""
    with OpenAiServer() as server:
        yield server


@pytest.fixture
async def settings(
    servers: stack.Servers, template: str, ocr: DatalabServer, llm: OpenAiServer
) -> AsyncIterator[Settings]:
    """Settings of one test: everything real, everything its own."""
    database = await servers.clone(template)
    yield settings_for(servers, database, await servers.redis(), ocr, llm)
    await servers.drop(database)


@pytest.fixture
async def world(settings: Settings) -> AsyncIterator[World]:
    """A runtime without any door: resolvers are called by Context, jobs by a burst worker, time by hand."""
    runtime = open_runtime(settings)
    await runtime.gateways.storage.prepare()
    async with runtime.listening():
        yield world_of(runtime)
    await runtime.close()


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    """The whole product: an API process over real HTTP and WebSocket, and workers on demand."""
    async with House.open(settings) as running:
        yield running
