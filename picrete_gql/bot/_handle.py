"""Handling one update: claimed, understood, answered, finished. Whatever breaks in between, it may be done again."""

from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.fsm.storage.base import BaseStorage, StorageKey
from aiogram.types import CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User
from redis.exceptions import RedisError

from picrete_gql.problems import Locale, NotFound, Problem, Unavailable
from picrete_gql.resolvers import telegram
from picrete_gql.resolvers import telegram_updates as updates
from picrete_gql.resolvers.telegram_updates import AlreadyHappened
from picrete_gql.rules import telegram as rules
from picrete_gql.runtime import DATABASE_FAULTS, Runtime

from ._answers import Speaker
from ._files import Carrier
from ._talk import Talk, system

log = structlog.get_logger(__name__)
# What passes by itself: the update is left unfinished and comes again.
AWAY = (Unavailable, RedisError, OSError, TimeoutError)
PASSING = (*AWAY, *DATABASE_FAULTS)
Spoken = Message | CallbackQuery | ChatMemberUpdated


class Handler:
    """Brings an update to the room that understands it, and its answers to the database."""

    def __init__(
        self,
        runtime: Runtime,
        bot: Bot,
        dispatcher: Dispatcher,
        storage: BaseStorage,
        speaker: Speaker,
        carrier: Carrier,
    ) -> None:
        self.runtime, self.bot, self.dispatcher, self.storage = runtime, bot, dispatcher, storage
        self.speaker, self.carrier = speaker, carrier
        self.system = system(runtime)

    async def handle(self, update_id: int, update: Update | None) -> None:
        """Handle an update that has not been handled. Raises one of AWAY when it must come again."""
        try:
            await self._handle(update_id, update)
        except AWAY:
            raise
        except Exception:
            # It would be so again, for ever, and everybody behind it would wait. Without the update, as below.
            log.exception("bot.fault", update_id=update_id)
            await self._pass_over(update_id)

    async def _pass_over(self, update_id: int) -> None:
        await updates.claim(self.system, self.bot.id, update_id, None, None)
        await updates.finish(self.system, self.bot.id, update_id)

    async def _handle(self, update_id: int, update: Update | None) -> None:
        spoken = spoken_of(update)
        user, chat = (spoken.from_user, chat_of(spoken)) if spoken else (None, None)
        if update is None or spoken is None or user is None or chat is None or user.is_bot:
            await self._pass_over(update_id)
            return
        effect = await self._claim(update_id, user, chat)
        if effect is None:
            return
        talk = await self._talk(update_id, user, chat, effect)
        if talk.link is not None and talk.link.blocked_at is not None and not isinstance(spoken, ChatMemberUpdated):
            # Who writes has not blocked us.
            await telegram.set_blocked(self.system, user.id, is_blocked=False)
        if not await self._understand(update, talk):
            return
        if await updates.finish(self.system, self.bot.id, update_id, talk.answers, talk.received):
            self.speaker.lanes.wake([chat.id] if talk.answers else [])
            self.carrier.lanes.wake([chat.id] if talk.received else [])

    async def _claim(self, update_id: int, user: User, chat: Chat) -> str | None:
        """The effect that an earlier try had ("" for none); None when there is nothing left to do.

        For another try the dialogue is put back to where it was, or a username would be taken for a password.
        """
        key = StorageKey(bot_id=self.bot.id, chat_id=chat.id, user_id=user.id)
        now: dict[str, Any] = {"state": await self.storage.get_state(key), "data": await self.storage.get_data(key)}
        row = await updates.claim(self.system, self.bot.id, update_id, chat.id, now)
        if row.finished_at is not None:
            return None
        if row.dialogue is not None and row.dialogue != now:
            await self.storage.set_state(key, row.dialogue["state"])
            await self.storage.set_data(key, row.dialogue["data"])
        return row.effect or ""

    async def _talk(self, update_id: int, user: User, chat: Chat, effect: str) -> Talk:
        speaks = Locale.EN if (user.language_code or "").lower().startswith("en") else Locale.RU
        name = f"@{user.username}" if user.username else user.full_name
        talk = Talk(self.runtime, self.bot.id, update_id, rules.Chat(user.id, name, speaks), effect=effect or None)
        if chat.type == "private":
            talk.who = await telegram.who(self.system, user.id)
        return talk

    async def _understand(self, update: Update, talk: Talk) -> bool:
        """Let a room answer. False when another process is ahead of us."""
        if talk.who is not None and not talk.who.account.is_active:
            talk.say(talk.words.closed)
            return True
        try:
            await self.dispatcher.feed_update(self.bot, update, talk=talk)
        except AlreadyHappened:
            return False
        except AWAY:
            # Not SQLAlchemyError: a statement that fails for ever would hold up everybody behind it.
            raise
        except Problem as problem:
            talk.answers.clear()
            talk.say(talk.words.no_such_attempt if isinstance(problem, NotFound) else problem.say(talk.locale))
        except Exception:
            # Without the update: it may hold a password.
            log.exception("bot.fault", update_id=update.update_id)
            talk.answers.clear()
            talk.say(talk.words.fault)
        return True


def spoken_of(update: Update | None) -> Spoken | None:
    """The part of an update that somebody is behind."""
    if update is None:
        return None
    return update.message or update.callback_query or update.my_chat_member


def chat_of(spoken: Spoken) -> Chat | None:
    """Where it was said."""
    if isinstance(spoken, CallbackQuery):
        return spoken.message.chat if spoken.message else None
    return spoken.chat
