"""Linking a Telegram account, and what the buttons under the bot's messages carry."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from picrete_gql.problems import Code, Locale, Problem
from picrete_gql.settings import Settings

# The wire form of `inline_keyboard`: rows of buttons with `text` and `callback_data`.
# https://core.telegram.org/bots/api#inlinekeyboardmarkup
Keyboard = list[list[dict[str, str]]]
DATA_BYTES = 64
# The longest text of a message, https://core.telegram.org/bots/api#sendmessage.
TEXT_UNITS = 4096
DATA = re.compile(r"([a-z]{1,12})(?::([0-9a-f]{32}))?(?::(\d{1,4}))?")


@dataclass(eq=False)
class TelegramAbsent(Problem):
    """This server has no bot."""

    ru = "На этом сервере нет бота Telegram."
    en = "This server has no Telegram bot."


@dataclass(eq=False)
class TelegramTaken(Problem):
    """This Telegram account is linked to somebody already."""

    ru = "Этот Telegram уже привязан к другому пользователю. Сначала выйдите: /logout"
    en = "This Telegram is linked to somebody else. Log out first: /logout"


@dataclass(eq=False)
class TelegramElsewhere(Problem):
    """The person has linked another Telegram account."""

    ru = "К вашей учётной записи уже привязан другой Telegram. Отвяжите его на сайте или отправьте там /logout."
    en = "Another Telegram is linked to your account. Unlink it on the site or send /logout there."


@dataclass(eq=False)
class TelegramNotLinked(Problem):
    """There is no link to change."""

    ru = "Telegram не привязан."
    en = "No Telegram is linked."


@dataclass(eq=False)
class LinkCodeInvalid(Problem):
    """The code is unknown, used or over; which of them is not said."""

    code = Code.INVALID_INPUT
    ru = "Ссылка не подходит или больше не действует. Получите новую на сайте или войдите: /login"
    en = "The link is not valid or no longer works. Get a new one on the site, or sign in: /login"


@dataclass(frozen=True)
class Chat:
    """Who writes: Telegram's id of the person (also of the private chat), what they are called, their language."""

    telegram_id: int
    name: str
    locale: Locale


@dataclass(frozen=True)
class Press:
    """A button that was pressed: what it is about, and a number."""

    kind: str
    id: UUID | None
    number: int


def new_code() -> str:
    """A link code: 192 random bits in 32 characters that a deep link may carry."""
    return secrets.token_urlsafe(24)


def deep_link(bot: str, code: str) -> str:
    """The address that opens the bot with a code. Contract: https://core.telegram.org/bots/features#deep-linking."""
    return f"https://t.me/{bot}?start={code}"


def attempt_link(of: Settings, attempt_id: UUID) -> str:
    """Where a person looks at an attempt on the site."""
    page = of.telegram.attempt_url or of.http.public_url
    return page.replace("{id}", f"attempt_{attempt_id.hex}")


def plain(text: str, most: int) -> str:
    """A text from outside that a database can keep: no NUL, no half of a surrogate pair, at most so long."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()[:most].strip()


def button(text: str, kind: str, id: UUID | None = None, number: int | None = None) -> dict[str, str]:
    """A button that `pressed` understands. Raises ValueError for more than 64 bytes of data."""
    parts = [kind, *([id.hex] if id else []), *([str(number)] if number is not None else [])]
    data = ":".join(parts)
    if not DATA.fullmatch(data) or len(data.encode()) > DATA_BYTES:
        raise ValueError(f"not a button: {data}")
    return {"text": text, "callback_data": data}


def pressed(data: str | None) -> Press | None:
    """What a button carries; None for what is not ours."""
    found = DATA.fullmatch(data or "")
    return Press(found[1], UUID(found[2]) if found[2] else None, int(found[3] or 0)) if found else None


def reminders(deadline: datetime, minutes: int, shares: list[float]) -> list[datetime]:
    """The moments at which such shares of the time before a deadline have passed."""
    begun = deadline - timedelta(minutes=minutes)
    return [begun + timedelta(minutes=minutes * share) for share in shares]


def units(text: str) -> int:
    """The length of a text as Telegram counts it: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "ignore")) // 2


def cut(text: str, most: int) -> str:
    """The beginning of a text, at most so many UTF-16 code units, with an ellipsis if anything was cut."""
    if units(text) <= most:
        return text
    raw = text.encode("utf-16-le", "ignore")[: 2 * (most - 1)]
    return raw.decode("utf-16-le", "ignore") + "…"
