"""Files on their way from a chat into an attempt: each until it is a photo or a refusal, and its sender knows."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from picrete_gql.call import Call, command, query
from picrete_gql.models import TelegramFile
from picrete_gql.models.photos import PhotoUploaded


class AlreadyStored(Exception):
    """Another process has made a photo of this file; the transaction that wanted to do so again is undone."""


@query()
async def waiting_chats(call: Call, bot_id: int) -> list[int]:
    """Chats with files that are not done, for a bot that starts."""
    rows = await call.all(_open(call, bot_id))
    return sorted({row.chat_id for row in rows})


@query()
async def of_chat(call: Call, bot_id: int, chat_id: int) -> list[TelegramFile]:
    """The files of a chat that are not done, in the order in which they were sent."""
    wanted = _open(call, bot_id).where(TelegramFile.chat_id == chat_id)
    return await call.all(wanted.order_by(col(TelegramFile.update_id)))


@query()
async def of_group(call: Call, bot_id: int, chat_id: int, group: str) -> list[TelegramFile]:
    """An album as far as it has come, in the order in which it was sent."""
    album = (TelegramFile.bot_id == bot_id, TelegramFile.chat_id == chat_id, TelegramFile.group == group)
    return await call.all(call.select(TelegramFile).where(*album).order_by(col(TelegramFile.update_id)))


@command()
async def take(call: Call, file_id: UUID) -> TelegramFile:
    """Count one more try before it is made, so that a file that kills the process does not do so for ever."""
    file = await call.get(TelegramFile, file_id, lock=True)
    if file.ready_at is None:
        file.tries += 1
    return file


@command()
async def put_off(call: Call, file_id: UUID, seconds: float) -> TelegramFile:
    """Try again later."""
    file = await call.get(TelegramFile, file_id, lock=True)
    file.retry_at = call.now + timedelta(seconds=seconds)
    return file


@command()
async def settle(call: Call, file_id: UUID, *, number: int | None = None, refusal: str | None = None) -> TelegramFile:
    """The file is a photo that was there already, or it is refused. What was settled before stays."""
    file = await call.get(TelegramFile, file_id, lock=True)
    if file.ready_at is None:
        file.number, file.refusal, file.ready_at = number, refusal, call.now
    return file


class Witness:
    """Writes into the transaction in which a photo arrives that this file is done. Raises AlreadyStored.

    `signed` says that it has done so, in a transaction that may still fail.
    """

    def __init__(self, file_id: UUID) -> None:
        self.file_id, self.signed = file_id, False

    async def __call__(self, call: Call) -> None:
        """Look at the events of a transaction before it is committed."""
        arrived = next((event for event in call.events if isinstance(event, PhotoUploaded)), None)
        if arrived is None:
            return
        first = update(TelegramFile).where(col(TelegramFile.id) == self.file_id, col(TelegramFile.ready_at).is_(None))
        values = {"number": arrived.data["number"], "ready_at": call.now}
        if not (await call.session.execute(first.values(values).returning(col(TelegramFile.id)))).all():
            raise AlreadyStored
        self.signed = True


def _open(call: Call, bot_id: int) -> Any:
    return call.select(TelegramFile).where(TelegramFile.bot_id == bot_id, col(TelegramFile.answered_at).is_(None))
