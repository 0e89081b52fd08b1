"""One desk for all tests of a module, and a way to open another."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from picrete_gql.settings import Settings
from tests.admin.desk import Desk, open_desk
from tests.servers import stack
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support.house import settings_for
from tests.support.quiet import llm, ocr

__all__ = ["llm", "ocr"]
Opener = Callable[..., AbstractAsyncContextManager[Desk]]


def changed(settings: Settings, **groups: dict[str, Any]) -> Settings:
    """The same settings with some of them changed, by group."""
    update = {name: getattr(settings, name).model_copy(update=values) for name, values in groups.items()}
    return settings.model_copy(update=update)


@pytest.fixture(scope="module")
async def desk_settings(
    servers: stack.Servers, template: str, ocr: DatalabServer, llm: OpenAiServer
) -> AsyncIterator[Settings]:
    """Settings of the desks of a module: their own database and Redis."""
    database = await servers.clone(template)
    yield settings_for(servers, database, await servers.redis(lasting=True), ocr, llm)
    await servers.drop(database)


@pytest.fixture(scope="module")
async def desk(desk_settings: Settings) -> AsyncIterator[Desk]:
    """The usual desk."""
    async with open_desk(desk_settings) as opened:
        yield opened


@pytest.fixture
def opener(desk_settings: Settings) -> Opener:
    """Opens a desk with other settings: `async with opener(admin={"enabled": False}) as desk`."""
    return lambda **groups: open_desk(changed(desk_settings, **groups))
