"""Clients and tools of others on the real schema and the real door. `make audit` installs them."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping

import pytest

from tests.clients.documents import write
from tests.clients.stand import BUILD, HERE, chromium, patient, stand
from tests.clients.tools import NO_BROWSER, TOOLS, Tool, run
from tests.servers import stack
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support.house import House, settings_for

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="Node is missing"),
    pytest.mark.skipif(not (HERE / "node_modules").is_dir(), reason="the tools are not installed: make audit"),
]


@pytest.fixture(scope="module")
async def environment(servers: stack.Servers, template: str) -> AsyncIterator[Mapping[str, str]]:
    """A house for all tools."""
    write(BUILD)
    with DatalabServer(polls=0) as ocr, OpenAiServer() as llm:
        database = await servers.clone(template)
        settings = patient(settings_for(servers, database, await servers.redis(lasting=True), ocr, llm))
        async with House.open(settings) as house, stand(house) as found:
            yield found
        await servers.drop(database)


@pytest.mark.parametrize("tool", TOOLS, ids=[tool.name for tool in TOOLS])
async def test_a_tool_is_content(environment: Mapping[str, str], tool: Tool) -> None:
    if tool.browser and chromium() is None:
        pytest.skip(NO_BROWSER)
    content, said = await asyncio.to_thread(run, tool, environment)
    assert content, said
