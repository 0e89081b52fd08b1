"""Signing in with username and password, and out again."""

import asyncio

import structlog
from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message

from picrete_gql.models.telegram import TelegramLinked, TelegramUnlinked
from picrete_gql.problems import RateLimited, Refused, Unavailable
from picrete_gql.resolvers import telegram
from picrete_gql.rules.accounts import WrongCredentials
from picrete_gql.rules.telegram import TelegramElsewhere, TelegramTaken, plain

from ._talk import Talk

log = structlog.get_logger(__name__)
NAME_CHARS = 64
DELETE_TRIES = 3


class Asked(StatesGroup):
    """What the bot has asked for."""

    username = State()
    password = State()


async def on_login(message: Message, command: CommandObject, state: FSMContext, talk: Talk) -> None:
    """Ask who it is. Some people write a password right behind the command: it vanishes too, and is not read."""
    if command.args and not await _vanish(message, talk):
        talk.say(talk.words.delete_yourself)
    if talk.who is not None:
        talk.say(talk.words.say("already", name=talk.who.account.full_name))
        return
    await state.set_state(Asked.username)
    talk.say(talk.words.ask_username)


async def on_username(message: Message, state: FSMContext, talk: Talk) -> None:
    """Keep the name, ask for the password."""
    await state.update_data(username=plain(message.text or "", NAME_CHARS))
    await state.set_state(Asked.password)
    talk.say(talk.words.ask_credential)


async def on_password(message: Message, state: FSMContext, talk: Talk) -> None:
    """Make the password vanish before anything else, then try it. It is kept nowhere."""
    deleted = await _vanish(message, talk)
    username = str((await state.get_data()).get("username", ""))
    try:
        await talk.once(TelegramLinked, telegram.log_in, talk.system, username, message.text or "", talk.chat)
    except WrongCredentials as problem:
        talk.say(talk.words.say("wrong_credentials", why=problem.say(talk.locale)))
    except RateLimited as problem:
        talk.say(problem.say(talk.locale))
    except (TelegramTaken, TelegramElsewhere) as problem:
        await state.clear()
        talk.say(problem.say(talk.locale))
    else:
        talk.who = await telegram.who(talk.system, talk.chat.telegram_id)
        await state.clear()
        if talk.who is not None:
            talk.say(talk.words.say("welcome", name=talk.who.account.full_name))
    if not deleted:
        talk.say(talk.words.delete_yourself)


async def on_logout(message: Message, state: FSMContext, talk: Talk) -> None:
    """Unlink."""
    await state.clear()
    if talk.link is not None:
        await talk.once(TelegramUnlinked, telegram.unlink, talk.context, talk.link.id)
    if talk.link is not None or talk.effect == TelegramUnlinked.name:
        talk.say(talk.words.bye)
    else:
        talk.say(talk.words.sign_in_first)


async def _vanish(message: Message, talk: Talk) -> bool:
    """Whether the message is gone for good."""
    api = talk.runtime.gateways.telegram
    assert api is not None
    for _ in range(DELETE_TRIES):
        try:
            await api.delete(message.chat.id, message.message_id)
        except Unavailable as problem:
            of = talk.runtime.settings.telegram
            wait = problem.retry_after or of.backoff_seconds
            if wait > of.request_timeout:
                # Too long for the others, who wait behind this update.
                return False
            await asyncio.sleep(wait)
        except Refused as problem:
            log.warning("bot.password_not_deleted", detail=problem.detail)
            return False
        else:
            return True
    return False


def room() -> Router:
    """The dialogue of signing in."""
    router = Router(name="login")
    router.message.register(on_login, Command("login"))
    router.message.register(on_logout, Command("logout"))
    router.message.register(on_username, Asked.username, F.text)
    router.message.register(on_password, Asked.password, F.text)
    return router
