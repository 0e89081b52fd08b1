"""What nobody understands."""

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from ._buttons import heard
from ._talk import Talk


async def on_text(message: Message, talk: Talk) -> None:
    """Point to the help."""
    talk.say(talk.words.unknown)


async def on_other(message: Message, talk: Talk) -> None:
    """Stickers, voices, videos."""
    talk.say(talk.words.only_photos)


async def on_button(query: CallbackQuery, talk: Talk) -> None:
    """A button of an older version."""
    await heard(query)
    talk.say(talk.words.old_button)


def room() -> Router:
    """Everything that is left."""
    router = Router(name="fallback")
    router.message.register(on_text, F.text)
    router.message.register(on_other)
    router.callback_query.register(on_button)
    return router
