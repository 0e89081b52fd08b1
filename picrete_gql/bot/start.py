"""Beginning a talk: greeting, link codes, help, language, and coming back after blocking the bot."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from picrete_gql.models.telegram import TelegramLinked
from picrete_gql.problems import Locale
from picrete_gql.resolvers import telegram
from picrete_gql.rules.telegram import Press, button

from ._buttons import Pressed, heard, message_of
from ._talk import Talk

LANGUAGES = {1: Locale.RU, 2: Locale.EN}
NAMES = {1: "Русский", 2: "English"}


async def on_start(message: Message, command: CommandObject, state: FSMContext, talk: Talk) -> None:
    """Greet; with a link code, sign in."""
    code = (command.args or "").strip()
    if code:
        await talk.once(TelegramLinked, telegram.log_in_by_code, talk.system, code, talk.chat)
        talk.who = await telegram.who(talk.system, talk.chat.telegram_id)
        await state.clear()
    if talk.who is None:
        talk.say(talk.words.hello)
    else:
        sentence = "welcome" if code else "hello_known"
        talk.say(talk.words.say(sentence, name=talk.who.account.full_name))


async def on_help(message: Message, talk: Talk) -> None:
    """What the bot can do."""
    talk.say(talk.words.help)


async def on_cancel(message: Message, state: FSMContext, talk: Talk) -> None:
    """Stop asking."""
    await state.clear()
    talk.say(talk.words.cancelled)


async def on_language(message: Message, talk: Talk) -> None:
    """Offer the languages."""
    if talk.who is None:
        talk.say(talk.words.sign_in_first)
    else:
        talk.say(talk.words.language, [[button(NAMES[n], "language", number=n) for n in LANGUAGES]])


async def on_language_button(query: CallbackQuery, press: Press, talk: Talk) -> None:
    """Speak another language from now on."""
    await heard(query)
    locale = LANGUAGES.get(press.number, Locale.RU)
    await telegram.update(talk.context, locale=locale)
    talk.who = await telegram.who(talk.system, talk.chat.telegram_id)
    talk.say(talk.words.language_set, instead_of=message_of(query))


async def on_membership(event: ChatMemberUpdated, talk: Talk) -> None:
    """The person blocked the bot, or came back."""
    gone = event.new_chat_member.status in ("kicked", "left")
    await telegram.set_blocked(talk.system, talk.chat.telegram_id, is_blocked=gone)


def room() -> Router:
    """The commands that need nobody signed in."""
    router = Router(name="start")
    router.message.register(on_start, CommandStart())
    router.message.register(on_help, Command("help"))
    router.message.register(on_cancel, Command("cancel"))
    router.message.register(on_language, Command("language"))
    router.callback_query.register(on_language_button, Pressed("language"))
    router.my_chat_member.register(on_membership, F.chat.type == "private")
    return router
