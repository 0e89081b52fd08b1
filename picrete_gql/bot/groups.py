"""Groups: one line, nothing else."""

from aiogram import F, Router
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from picrete_gql.resolvers import telegram

from ._talk import Talk


async def on_anything(message: Message, talk: Talk) -> None:
    """Say where to talk to the bot, a few times a minute at most."""
    if await telegram.may_answer(talk.system, message.chat.id):
        talk.say(talk.words.group)


async def on_button(query: CallbackQuery) -> None:
    """The bot has no buttons in groups."""


async def on_membership(event: ChatMemberUpdated) -> None:
    """Being added or thrown out needs no answer."""


def room() -> Router:
    """Everything outside of private chats."""
    router = Router(name="groups")
    router.message.register(on_anything, F.chat.type != "private")
    router.callback_query.register(on_button, F.message.chat.type != "private")
    router.my_chat_member.register(on_membership, F.chat.type != "private")
    return router
