"""Whether the person wants to hear of things by themselves."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from picrete_gql.resolvers import telegram
from picrete_gql.rules.telegram import Keyboard, Press, button

from ._buttons import Pressed, heard, message_of
from ._talk import Talk


async def on_quiet(message: Message, talk: Talk) -> None:
    """Say how it is, offer the other."""
    if talk.link is None:
        talk.say(talk.words.sign_in_first)
    else:
        talk.say(*_state(talk, muted=talk.link.muted))


async def on_quiet_button(query: CallbackQuery, press: Press, talk: Talk) -> None:
    """Off or on."""
    await heard(query)
    link = await telegram.update(talk.context, muted=bool(press.number))
    talk.say(*_state(talk, muted=link.muted), instead_of=message_of(query))


def _state(talk: Talk, *, muted: bool) -> tuple[str, Keyboard]:
    say = talk.words
    other = button(say.be_loud if muted else say.be_quiet, "quiet", number=int(not muted))
    return (say.quiet_on if muted else say.quiet_off), [[other]]


def room() -> Router:
    """Notices off and on."""
    router = Router(name="notices")
    router.message.register(on_quiet, Command("quiet"))
    router.callback_query.register(on_quiet_button, Pressed("quiet"))
    return router
