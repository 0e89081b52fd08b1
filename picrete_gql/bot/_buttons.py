"""What the rooms share about buttons: hearing one, and stopping its little clock."""

from typing import Any

from aiogram.exceptions import AiogramError
from aiogram.filters import BaseFilter
from aiogram.types import CallbackQuery

from picrete_gql.rules.telegram import pressed


class Pressed(BaseFilter):
    """A button of one of these kinds; hands its contents to the handler as `press`."""

    def __init__(self, *kinds: str) -> None:
        self.kinds = kinds

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        """Whether it is ours."""
        press = pressed(query.data)
        return {"press": press} if press is not None and press.kind in self.kinds else False


async def heard(query: CallbackQuery) -> None:
    """Tell Telegram that the button was heard. It is only a clock on a screen: no harm when that fails."""
    try:
        await query.answer()
    except AiogramError:
        return


def message_of(query: CallbackQuery) -> int | None:
    """The message under which the button stands."""
    return query.message.message_id if query.message else None


def short(title: str, most: int = 40) -> str:
    """A title that fits on a button."""
    return title if len(title) <= most else title[: most - 1] + "…"
