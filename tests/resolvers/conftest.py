"""Nothing here asks a provider to fail: one reader and one model serve the whole session."""

from collections.abc import AsyncIterator

import pytest

from picrete_gql.main import open_runtime
from tests.servers import stack
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support.house import settings_for
from tests.support.quiet import llm, ocr
from tests.support.world import World, world_of

__all__ = ["campus", "llm", "ocr"]


@pytest.fixture(scope="module")
async def campus(servers: stack.Servers, template: str, ocr: DatalabServer, llm: OpenAiServer) -> AsyncIterator[World]:
    """A course `chem` of `teacher`, for the tables of a module that change it again and again."""
    database = await servers.clone(template)
    runtime = open_runtime(settings_for(servers, database, await servers.redis(), ocr, llm))
    world = world_of(runtime)
    await world.course("chem", "teacher")
    yield world
    await runtime.close()
    await servers.drop(database)
