"""The objects of a backup, out of the store and back into it, several at a time, none of them whole in memory."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import count
from pathlib import Path
from typing import TypeVar

from picrete_gql.gateways.storage import Missing, Storage, Stored
from picrete_gql.problems import Unavailable

from .manifest import Item, sha256_of
from .shelf import Reading, Writing

T = TypeVar("T")
R = TypeVar("R")
AT_ONCE, TRIES, PAUSE_SECONDS = 8, 4, 1.0


async def listing(storage: Storage) -> list[Stored]:
    """Everything in the bucket."""
    found, after = list[Stored](), ""
    while page := await storage.list("", after=after):
        found += page
        after = page[-1].key
    return found


async def take(storage: Storage, shelf: Writing) -> list[Item]:
    """Bring every object onto the shelf; what the backup before has already is not fetched again."""
    known, numbers = shelf.known(), count()

    async def one(stored: Stored) -> Item | None:
        before = known.get(stored.key)
        if before is not None and _same(before, stored) and shelf.has(before.sha256):
            return before
        return await _fetched(storage, shelf, stored, shelf.desk / f"object-{next(numbers)}")

    found = await _several(await listing(storage), one)
    return [item for item in found if item is not None]


def _same(before: Item, now: Stored) -> bool:
    return (before.size, before.etag, before.modified_at) == (now.size, now.etag, _when(now)) and bool(now.etag)


def _when(stored: Stored) -> str:
    return stored.modified_at.isoformat() if stored.modified_at else ""


async def _fetched(storage: Storage, shelf: Writing, stored: Stored, desk: Path) -> Item | None:
    """None when it was removed meanwhile."""

    async def fetch() -> str:
        with desk.open("wb") as file:
            return await storage.fetch(stored.key, file)

    try:
        mime = await _persistently(fetch)
    except Missing:
        return None
    sha256 = await asyncio.to_thread(sha256_of, desk)
    return Item(stored.key, _kept(shelf, sha256, desk), sha256, mime, stored.etag, _when(stored))


def _kept(shelf: Writing, sha256: str, desk: Path) -> int:
    """Onto the shelf, unless equal bytes lie there; how many bytes."""
    size = desk.stat().st_size
    if shelf.has(sha256):
        desk.unlink()
    else:
        shelf.put_object(sha256, desk)
    return size


async def give(storage: Storage, shelf: Reading, items: Iterable[Item]) -> int:
    """Bring objects back into the store; how many were not there yet."""
    there = {stored.key: stored for stored in await listing(storage)}

    async def one(item: Item) -> bool:
        stored = there.get(item.key)
        if stored is not None and stored.etag == item.etag and stored.size == item.size and item.etag:
            return False

        async def send() -> None:
            with shelf.open_object(item.sha256) as file:
                await storage.put_file(item.key, file, item.size, item.mime)

        await _persistently(send)
        return True

    return sum(await _several(items, one))


async def _several(things: Iterable[T], do: Callable[[T], Awaitable[R]]) -> list[R]:
    """Do it to all, a few at a time; the first that fails ends all."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(thing: T) -> R:
        async with places:
            return await do(thing)

    tasks = [asyncio.create_task(one(thing)) for thing in things]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _persistently(do: Callable[[], Awaitable[R]]) -> R:
    for _ in range(TRIES - 1):
        try:
            return await do()
        except Unavailable:
            await asyncio.sleep(PAUSE_SECONDS)
    return await do()
