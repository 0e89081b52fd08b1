"""What the bot has heard, so that a crash at any moment neither loses an update nor handles one twice.

An update is claimed before it is handled. Its effect is written down by a `witness` in the very transaction of the
effect; its answers are stored together with the word that it is finished. Then the offset moves on.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from picrete_gql.call import Call, Context, command
from picrete_gql.events import Event
from picrete_gql.models import TelegramAnswer, TelegramBot, TelegramFile, TelegramUpdate
from picrete_gql.problems import Locale
from picrete_gql.rules.telegram import Keyboard

TRY_LOCK = text("SELECT pg_try_advisory_lock(hashtextextended('picrete.telegram', :bot_id))")
ALIVE = text("SELECT 1")


class AlreadyHappened(Exception):
    """Another process has caused this effect; the transaction that wanted to do so again is undone."""


@dataclass(frozen=True)
class Said:
    """An answer: a new message, or with a `message_id` another text for an old one."""

    text: str
    keyboard: Keyboard | None = None
    message_id: int | None = None


@dataclass(frozen=True)
class Received:
    """A file that came with an update, and where it shall go; or why it is refused unseen."""

    file: str
    filename: str
    group: str | None
    account_id: UUID | None
    attempt_id: UUID | None
    locale: Locale
    refusal: str | None


@command()
async def begin(call: Call, bot_id: int, username: str) -> int:
    """A bot starts: remember what it is called. Returns the first update that it has not confirmed."""
    await call.admit()
    facts = {"username": username, "started_at": call.now}
    made = insert(TelegramBot).values(id=bot_id, next_update=0, **facts)
    await call.session.execute(made.on_conflict_do_update(index_elements=["id"], set_=facts))
    return (await _bot(call, bot_id)).next_update


@command()
async def claim(
    call: Call, bot_id: int, update_id: int, chat_id: int | None, dialogue: Mapping[str, Any] | None
) -> TelegramUpdate:
    """Begin to handle an update, or find out how far that got before; `dialogue` is kept from the first time."""
    await _bot(call, bot_id)
    facts = {"chat_id": chat_id, "dialogue": dialogue, "received_at": call.now}
    row = insert(TelegramUpdate).values(bot_id=bot_id, update_id=update_id, **facts)
    await call.session.execute(row.on_conflict_do_nothing())
    claimed: TelegramUpdate = await call.find(_update(call, bot_id, update_id))
    return claimed


@command()
async def finish(
    call: Call, bot_id: int, update_id: int, answers: Sequence[Said] = (), received: Received | None = None
) -> bool:
    """An update is done: store what is to be said, and the file that came with it. False when it was done before."""
    row: TelegramUpdate = await call.find(_update(call, bot_id, update_id), lock=True)
    if row.finished_at is not None:
        return False
    row.finished_at, row.dialogue = call.now, None
    for number, said in enumerate(answers):
        place: dict[str, Any] = {"bot_id": bot_id, "chat_id": row.chat_id, "key": f"update:{update_id}:{number}"}
        call.add(TelegramAnswer(**place, **vars(said)))
    if received is not None:
        where: dict[str, Any] = {"bot_id": bot_id, "update_id": update_id, "chat_id": row.chat_id}
        ready = call.now if received.refusal else None
        call.add(TelegramFile(**where, **vars(received), ready_at=ready))
    return True


@command()
async def advance(call: Call, bot_id: int, next_update: int) -> None:
    """All before this one are finished. What has been remembered for long enough is forgotten."""
    bot = await _bot(call, bot_id, lock=True)
    bot.next_update = max(bot.next_update, next_update)
    before = call.now - timedelta(hours=call.settings.telegram.kept_hours)
    updates, files, answers = col(TelegramUpdate.bot_id), col(TelegramFile.bot_id), col(TelegramAnswer.bot_id)
    old = delete(TelegramUpdate).where(updates == bot_id, col(TelegramUpdate.received_at) < before)
    await call.session.execute(old.where(col(TelegramUpdate.update_id) < next_update))
    told = delete(TelegramFile).where(files == bot_id, col(TelegramFile.answered_at) < before)
    await call.session.execute(told)
    said = delete(TelegramAnswer).where(answers == bot_id, col(TelegramAnswer.created_at) < before)
    await call.session.execute(said.where(~col(TelegramAnswer.pending)))


def witness(bot_id: int, update_id: int, of: type[Event]) -> Callable[[Call], Awaitable[None]]:
    """Writes into the transaction of an event that it is the effect of this update. Raises AlreadyHappened."""

    async def sign(call: Call) -> None:
        if not any(isinstance(event, of) for event in call.events):
            return
        first = update(TelegramUpdate).where(
            col(TelegramUpdate.bot_id) == bot_id,
            col(TelegramUpdate.update_id) == update_id,
            col(TelegramUpdate.effect).is_(None),
            col(TelegramUpdate.finished_at).is_(None),
        )
        marked = first.values(effect=of.name).returning(col(TelegramUpdate.update_id))
        if not (await call.session.execute(marked)).all():
            raise AlreadyHappened

    return sign


@asynccontextmanager
async def leading(context: Context, bot_id: int) -> AsyncIterator[Callable[[], Awaitable[None]] | None]:
    """Be the one process that polls; None when another one is. What is yielded raises when the place was lost.

    The place is a lock of a database session, so it is free again as soon as its holder is gone.
    """
    async with context.runtime.engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
        try:
            if not await connection.scalar(TRY_LOCK, {"bot_id": bot_id}):
                yield None
                return
            yield lambda: _alive(connection)
        finally:
            # Closed, not returned to the pool: the lock goes with the session.
            await connection.invalidate()


async def _alive(connection: AsyncConnection) -> None:
    await connection.execute(ALIVE)


async def _bot(call: Call, bot_id: int, *, lock: bool = False) -> TelegramBot:
    found: TelegramBot = await call.find(call.select(TelegramBot).where(TelegramBot.id == bot_id), lock=lock)
    return found


def _update(call: Call, bot_id: int, update_id: int) -> Any:
    mine = (TelegramUpdate.bot_id == bot_id, TelegramUpdate.update_id == update_id)
    return call.select(TelegramUpdate).where(*mine)
