"""A Bot API stand-in for every test, and a bot that listens to it in this process."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from picrete_gql.settings import Settings
from picrete_gql.settings import Telegram as TelegramSettings
from tests.bot.support import Bot
from tests.servers.telegram import TOKEN, TelegramServer
from tests.support.quiet import llm, ocr
from tests.support.world import World

__all__ = ["llm", "ocr"]


@pytest.fixture(scope="session")
def service() -> Iterator[TelegramServer]:
    """The service itself: starting and stopping it takes longer than many a test."""
    with TelegramServer() as server:
        yield server


@pytest.fixture
def telegram(service: TelegramServer) -> TelegramServer:
    """The service, with nobody at the phones yet."""
    service.forget()
    return service


@pytest.fixture
def settings(settings: Settings, telegram: TelegramServer) -> Settings:
    """The same settings with a bot: short waits, few messages kept back."""
    of = TelegramSettings(
        token=TOKEN,
        url=telegram.url,
        poll_seconds=5,
        request_timeout=5,
        download_timeout=1.5,
        backoff_seconds=0.05,
        backoff_most=0.2,
        standby_seconds=0.1,
        conflict_seconds=0.2,
        album_seconds=0.4,
        progress_seconds=0.1,
        messages_per_second=200,
        lease_seconds=5,
    )
    telegram.flood = 1000
    return settings.model_copy(update={"telegram": of})


@pytest.fixture
async def bot(world: World, telegram: TelegramServer) -> AsyncIterator[Bot]:
    """A listening bot; `stop` and `start` again as often as wanted."""
    running = Bot(world)
    running.start()
    yield running
    await running.stop()
    await asyncio.sleep(0)
