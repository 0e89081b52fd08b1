"""What the bot's tests share: a bot in this process, and people who are known here and in Telegram."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlmodel import select

from picrete_gql.bot import Listener
from picrete_gql.local.telegram.people import Person, until
from picrete_gql.models import Attempt, Happening, Photo, Work
from picrete_gql.resolvers import telegram as links
from picrete_gql.resolvers.telegram import LinkCode
from tests.servers.telegram import TelegramServer
from tests.support.world import World


class Bot:
    """One bot process's life, as a task."""

    def __init__(self, world: World) -> None:
        self.world, self.task = world, None

    def start(self) -> None:
        """Begin to listen."""
        api = self.world.runtime.gateways.telegram
        assert api is not None
        self.task: asyncio.Task[None] | None = asyncio.create_task(Listener(self.world.runtime, api).run())

    async def stop(self) -> None:
        """Stop; raises what it died of."""
        if self.task is not None:
            self.task.cancel()
            with suppress(asyncio.CancelledError):
                await self.task
            self.task = None


async def code_for(world: World, name: str) -> LinkCode:
    """A link code made on the site."""
    who = await world.person(name)
    return await links.make_code(who, world.people[name].id)


async def linked(world: World, telegram: TelegramServer, name: str, *, language: str = "ru") -> Person:
    """Somebody who has linked their Telegram."""
    phone = telegram.person(name, language=language)
    phone.text(f"/start {(await code_for(world, name)).code}")
    await phone.hears(name.title())
    return phone


async def working(world: World, telegram: TelegramServer, name: str, work: Work) -> tuple[Person, Attempt]:
    """The same with an open attempt."""
    phone = await linked(world, telegram, name)
    return phone, await world.start(name, work)


async def rows(world: World, model: Any, *where: Any) -> list[Any]:
    """Rows of a table, by id."""
    async with world.runtime.sessions() as session:
        found = await session.execute(select(model).where(*where).order_by(model.id))
        return list(found.scalars().all())


async def pages(world: World, attempt_id: UUID) -> list[Photo]:
    """The photos of an attempt, by number."""
    found = await rows(world, Photo, Photo.attempt_id == attempt_id)
    return sorted(found, key=lambda photo: photo.number)


async def happened(world: World, name: str) -> list[Happening]:
    """The events of a name."""
    return await rows(world, Happening, Happening.name == name)


async def quiet(telegram: TelegramServer, seconds: float = 0.3) -> None:
    """Until all updates are confirmed and nothing more was sent for a while."""
    await until(lambda: not telegram.state.updates, 30, lambda: f"unconfirmed {telegram.state.updates}")
    while True:
        before = telegram.calls["sendmessage"] + telegram.calls["editmessagetext"]
        await asyncio.sleep(seconds)
        if telegram.calls["sendmessage"] + telegram.calls["editmessagetext"] == before:
            return
