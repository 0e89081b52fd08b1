"""A bot that is told to stop in the middle of its long poll ends it, and the one that stands by takes its place."""

import asyncio
import os
import signal

from picrete_gql.settings import Settings
from tests.bot.processes import BotProcess
from tests.servers.telegram import TOKEN, TelegramServer


async def polls(server: TelegramServer, count: int) -> None:
    """Until so many polls were begun."""
    async with asyncio.timeout(90):
        while server.calls["getupdates"] < count:
            await asyncio.sleep(0.05)


async def test_the_poll_ends_and_the_next_bot_takes_over(settings: Settings) -> None:
    with TelegramServer() as server:
        given = {"url": server.url, "token": type(settings.telegram.token)(TOKEN)}
        # Whoever waited for the end of the poll would wait for ten minutes.
        of = settings.telegram.model_copy(update={**given, "poll_seconds": 600, "standby_seconds": 0.1})
        settings.telegram = of
        bots = [BotProcess(settings)]
        try:
            await polls(server, 1)
            bots.append(BotProcess(settings))
            first = bots[0].process
            assert first.pid is not None
            os.kill(first.pid, signal.SIGTERM)
            await asyncio.to_thread(first.join, 60)
            assert first.exitcode == 0
            await polls(server, 2)
            assert bots[1].process.is_alive()
        finally:
            for bot in bots:
                bot.kill()
