"""The third process of production, where there is a bot: it listens to Telegram."""

import asyncio
import contextlib
import logging
import signal

import uvloop

from picrete_gql.commands.serve import prepare
from picrete_gql.local import CannotStart
from picrete_gql.settings import Settings


def bot(settings: Settings) -> None:
    """Listen to Telegram until told to stop. Several may run: one listens, the others stand by."""
    prepare(settings, "bot")
    if not settings.telegram.token.get_secret_value():
        raise CannotStart("PICRETE_TELEGRAM__TOKEN is not set: @BotFather in Telegram gives one.")
    # One line per update is too much, and an update may hold what somebody typed.
    logging.getLogger("aiogram").setLevel(logging.WARNING)
    uvloop.run(_listen(settings))


async def _listen(settings: Settings) -> None:
    from picrete_gql.main import listen

    task = asyncio.create_task(listen(settings))
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
