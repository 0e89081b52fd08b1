"""One porch for all tests of the door that change no setting, and a way to open another."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from picrete_gql.settings import Settings
from tests.door.porch import Porch, open_porch
from tests.servers import stack
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support.house import settings_for

# Small enough to be reached by a test, large enough for everything else that the tests ask.
SMALL = {"socket_init_seconds": 0.5, "body_seconds": 2, "max_json_bytes": 200_000, "max_body_bytes": 1_000_000}
Opener = Callable[..., AbstractAsyncContextManager[Porch]]


def changed(settings: Settings, **groups: dict[str, Any]) -> Settings:
    """The same settings with some of them changed, by group."""
    update = {name: getattr(settings, name).model_copy(update=values) for name, values in groups.items()}
    return settings.model_copy(update=update)


@pytest.fixture(scope="session")
async def door_settings(servers: stack.Servers, template: str) -> AsyncIterator[Settings]:
    """Settings of the doors: their own database and Redis."""
    with DatalabServer(polls=0) as ocr, OpenAiServer() as llm:
        database = await servers.clone(template)
        yield settings_for(servers, database, await servers.redis(lasting=True), ocr, llm)
        await servers.drop(database)


@pytest.fixture(scope="session")
async def porch(door_settings: Settings) -> AsyncIterator[Porch]:
    """The usual door."""
    http = {**SMALL, "allowed_origins": ["https://app.example"]}
    async with open_porch(changed(door_settings, http=http, graphql={"operation_seconds": 2})) as opened:
        yield opened


@pytest.fixture
def opener(door_settings: Settings) -> Opener:
    """Opens a door with other settings: `async with opener(graphql={"max_depth": 3}) as porch`."""
    return lambda **groups: open_porch(changed(door_settings, **groups))
