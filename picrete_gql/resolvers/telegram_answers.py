"""What the bot still has to say. A message stays pending until Telegram has taken it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from picrete_gql.call import Call, command, query
from picrete_gql.models import TelegramAnswer, TelegramBot, TelegramFile


@query()
async def waiting_chats(call: Call, bot_id: int) -> list[int]:
    """Chats that wait for something, for a bot that starts."""
    return sorted({row.chat_id for row in await call.all(_pending(call, bot_id))})


@query()
async def of_chat(call: Call, bot_id: int, chat_id: int) -> list[TelegramAnswer]:
    """What is to be said in a chat, in order."""
    wanted = _pending(call, bot_id).where(TelegramAnswer.chat_id == chat_id)
    return await call.all(wanted.order_by(col(TelegramAnswer.id)))


@command()
async def about_files(call: Call, bot_id: int, chat_id: int, key: str, text: str, files: Sequence[UUID]) -> None:
    """Tell what became of files. Said about the same ones before, the old message changes instead."""
    await call.find(call.select(TelegramBot).where(TelegramBot.id == bot_id))
    same = select(TelegramAnswer).where(TelegramAnswer.bot_id == bot_id, TelegramAnswer.key == key)
    answer: TelegramAnswer | None = await call.first(same.with_for_update())
    if answer is None:
        call.add(TelegramAnswer(bot_id=bot_id, chat_id=chat_id, key=key, text=text))
    elif answer.text != text:
        answer.text, answer.version, answer.pending = text, answer.version + 1, True
    told = update(TelegramFile).where(col(TelegramFile.id).in_(files), col(TelegramFile.ready_at).is_not(None))
    await call.session.execute(told.values(answered_at=call.now))


@command()
async def sent(call: Call, answer_id: UUID, version: int, message_id: int) -> None:
    """Telegram has taken a message. It stays pending when its text has changed meanwhile."""
    answer = await call.get(TelegramAnswer, answer_id, lock=True)
    answer.message_id, answer.pending = message_id, answer.version != version


@command()
async def send_anew(call: Call, answer_id: UUID) -> None:
    """The message that was to be changed is gone: send a new one instead."""
    answer = await call.get(TelegramAnswer, answer_id, lock=True)
    answer.message_id = None


@command()
async def give_up(call: Call, bot_id: int, chat_id: int, answer_id: UUID | None = None) -> int:
    """Telegram will never take this message, or (without one) any in this chat. Returns how many were dropped."""
    pending = _pending(call, bot_id).where(TelegramAnswer.chat_id == chat_id)
    if answer_id is not None:
        pending = pending.where(TelegramAnswer.id == answer_id)
    dropped = await call.all(pending.with_for_update())
    for answer in dropped:
        answer.pending = False
    return len(dropped)


def _pending(call: Call, bot_id: int) -> Any:
    return call.select(TelegramAnswer).where(TelegramAnswer.bot_id == bot_id, col(TelegramAnswer.pending))
