"""A world that nobody changes, for the tests that only look and for those who are refused."""

from collections.abc import AsyncIterator

import pytest

from picrete_gql.main import open_runtime
from picrete_gql.settings import Admin
from tests.schema import campus as places
from tests.schema.campus import Campus
from tests.servers import stack
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support.house import settings_for
from tests.support.quiet import llm, ocr
from tests.support.world import Clock

__all__ = ["campus", "llm", "ocr"]


@pytest.fixture(scope="module")
async def campus(servers: stack.Servers, template: str, ocr: DatalabServer, llm: OpenAiServer) -> AsyncIterator[Campus]:
    """Everybody of `campus`, once for a whole module."""
    database = await servers.clone(template)
    settings = settings_for(servers, database, await servers.redis(), ocr, llm)
    # The sign-ins of the campus are an hour old.
    runtime = open_runtime(settings.model_copy(update={"admin": Admin(idle_minutes=120)}))
    # Old enough that a clean-up would take away what it takes for orphans.
    clock = Clock()
    clock.forward(minutes=60)
    runtime.now = clock
    await runtime.gateways.storage.prepare()
    made = await places.build(runtime)
    for name in ("owner", "closed_student"):
        await runtime.gateways.storage.put(made.papers[name].photos[0].key, b"picture", "image/jpeg")
    yield made
    await runtime.close()
    await servers.drop(database)
