"""One API process and two workers for all tests of this folder, with providers that outlive whatever is killed."""

from collections.abc import AsyncGenerator

import pytest

from tests.faults.crowd import Crowd
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.servers.stack import Servers
from tests.support.house import House, settings_for


@pytest.fixture(scope="session")
async def gathered(servers: Servers, template: str) -> AsyncGenerator[Crowd]:
    """The house, started once."""
    with DatalabServer(polls=0) as ocr, OpenAiServer() as llm:
        database = await servers.clone(template)
        settings = settings_for(servers, database, await servers.redis(lasting=True), ocr, llm)
        settings.llm.timeout, settings.ocr.max_polls = 300, 100_000
        settings.llm.lease_seconds = settings.ocr.lease_seconds = 6
        async with House.open(settings, workers=2) as house:
            yield await Crowd.gather(house, ocr, llm)
        await servers.drop(database)


@pytest.fixture
def crowd(gathered: Crowd) -> Crowd:
    """The same house for everybody, with fresh providers."""
    gathered.llm.fresh()
    gathered.ocr.delay, gathered.ocr.submits, gathered.ocr.polls_seen = 0.0, 0, 0
    gathered.ocr.faults.clear()
    gathered.ocr.files.clear()
    for _ in range(2 - len(gathered.workers())):
        gathered.house.start("worker")
    return gathered
