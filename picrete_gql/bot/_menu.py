"""The command menu beside the text field."""

from aiogram import Bot
from aiogram.types import BotCommand

from picrete_gql.problems import Locale
from picrete_gql.words import words

COMMANDS = ("works", "use", "login", "logout", "quiet", "language", "help")


async def set_menu(bot: Bot) -> None:
    """Russian for everybody, English for those whose Telegram is English."""
    for locale, code in ((Locale.RU, None), (Locale.EN, "en")):
        menu = [BotCommand(command=name, description=words(locale).say(f"menu_{name}")) for name in COMMANDS]
        await bot.set_my_commands(menu, language_code=code)
