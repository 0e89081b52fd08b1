"""Listening to Telegram: one process at a time, every update once, whatever dies meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError, TelegramNotFound, TelegramRetryAfter, TelegramUnauthorizedError
from aiogram.fsm.storage.base import DefaultKeyBuilder
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.types import Update
from pydantic import ValidationError

from picrete_gql.gateways.telegram import SecondPoller, Telegram
from picrete_gql.problems import Refused, Unavailable
from picrete_gql.resolvers import telegram_updates as updates
from picrete_gql.runtime import Runtime

from ._answers import Speaker
from ._files import Carrier
from ._handle import PASSING, Handler, chat_of, spoken_of
from ._menu import set_menu
from ._rooms import dispatcher
from ._talk import system

log = structlog.get_logger(__name__)
KINDS = ["message", "callback_query", "my_chat_member"]
SAID_CHARS = 300
Heard = list[tuple[int, Update | None]]


class Listener:
    """The life of one bot process. `run` returns only by cancellation."""

    def __init__(self, runtime: Runtime, api: Telegram) -> None:
        self.api, self.of, self.context = api, runtime.settings.telegram, system(runtime)
        session = AiohttpSession(
            api=TelegramAPIServer.from_base(self.of.url.rstrip("/")), timeout=self.of.request_timeout
        )
        self.bot = Bot(self.of.token.get_secret_value(), session=session)
        keys, hours = DefaultKeyBuilder(prefix="picrete:bot", with_bot_id=True), self.of.dialogue_hours
        storage = RedisStorage(runtime.gateways.redis, keys, state_ttl=hours * 3600, data_ttl=hours * 3600)
        self.speaker = Speaker(runtime, api)
        self.carrier = Carrier(runtime, api, self.speaker)
        self.handler = Handler(runtime, self.bot, dispatcher(storage), storage, self.speaker, self.carrier)
        self.slots = asyncio.Semaphore(self.of.parallel)
        self.trouble = ""

    async def run(self) -> None:
        """Poll while no other process does; stand by while one does."""
        try:
            while True:
                try:
                    async with updates.leading(self.context, self.api.bot_id) as held:
                        if held is not None:
                            await self._lead(held)
                    self._say_once("bot.standing_by", why="another process polls")
                except (*PASSING, Refused, AiogramError) as error:
                    self._say_once("bot.interrupted", why=_told(error))
                    if isinstance(error, TelegramRetryAfter):
                        await asyncio.sleep(error.retry_after)
                await asyncio.sleep(self.of.standby_seconds)
        finally:
            await self.bot.session.close()

    async def _lead(self, held: Callable[[], Awaitable[None]]) -> None:
        username = await self._introduce()
        offset = await updates.begin(self.context, self.api.bot_id, username)
        log.info("bot.listening", bot=username, offset=offset)
        try:
            await self.speaker.begin()
            await self.carrier.begin()
            while True:
                await held()
                heard = await self._hear(offset)
                if heard:
                    await self._handle(heard)
                    offset = heard[-1][0] + 1
                    await updates.advance(self.context, self.api.bot_id, offset)
        finally:
            await asyncio.gather(self.speaker.lanes.stop(), self.carrier.lanes.stop())

    async def _introduce(self) -> str:
        """What the bot is called. Raises Refused, in words, when Telegram does not know the token."""
        try:
            me = await self.bot.get_me()
        except (TelegramUnauthorizedError, TelegramNotFound) as error:
            raise Refused("Telegram", "Telegram does not know this bot: check PICRETE_TELEGRAM__TOKEN") from error
        await set_menu(self.bot)
        return me.username or ""

    async def _hear(self, offset: int) -> Heard:
        """What has come in. Asked raw, so that one update that nobody can read does not hide the others."""
        try:
            raw = await self.api.updates(offset, self.of.batch, self.of.poll_seconds, KINDS)
        except SecondPoller as error:
            self._say_once("bot.second_poller", why=f"waiting, because somebody else polls with this token: {error}")
            await asyncio.sleep(self.of.conflict_seconds)
            return []
        except Unavailable as problem:
            self._say_once("bot.telegram_away", why=problem.detail)
            await asyncio.sleep(problem.retry_after or self.of.backoff_seconds)
            return []
        if self.trouble:
            log.info("bot.listening_again")
            self.trouble = ""
        return [(int(item["update_id"]), self._read(item)) for item in raw]

    def _read(self, raw: dict[str, Any]) -> Update | None:
        try:
            return Update.model_validate(raw, context={"bot": self.bot})
        except ValidationError:
            # Neither the update nor the error is written down: both may hold what somebody typed.
            log.warning("bot.unreadable", update_id=raw["update_id"], parts=sorted(raw))
            return None

    async def _handle(self, heard: Heard) -> None:
        """Chats side by side, each in order. Raises the first trouble when all are through."""
        chats: dict[int | None, Heard] = {}
        for update_id, update in heard:
            spoken = spoken_of(update)
            chat = chat_of(spoken) if spoken else None
            chats.setdefault(chat.id if chat else None, []).append((update_id, update))

        async def one(items: Heard) -> None:
            for update_id, update in items:
                async with self.slots:
                    await self.handler.handle(update_id, update)

        done = await asyncio.gather(*(one(items) for items in chats.values()), return_exceptions=True)
        for result in done:
            if isinstance(result, BaseException):
                raise result

    def _say_once(self, what: str, *, why: str) -> None:
        """One line when something begins, not one for every try."""
        if self.trouble != what:
            log.warning(what, why=why)
        self.trouble = what


def _told(error: BaseException) -> str:
    detail = getattr(error, "detail", "")
    return f"{type(error).__name__}: {error} {detail}".strip()[:SAID_CHARS]
