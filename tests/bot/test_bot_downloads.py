"""Files that are slow, broken, too large, or that the store does not take."""

import asyncio

from picrete_gql.models import TelegramFile
from tests.bot.paper import open_work, page
from tests.bot.support import Bot, pages, rows, working
from tests.servers.telegram import Fault, TelegramServer
from tests.support.world import World


async def test_downloads_are_tried_again(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna, attempt = await working(world, telegram, "anna", await open_work(world, "anna"))
    broken = [Fault("getfile", "500"), Fault("download", "reset"), Fault("download", "short")]
    refused = [Fault("getfile", "429", 1), Fault("download", "404"), Fault("getfile", "html502")]
    endless, slow = [Fault("download", "drip", 20)], [Fault("getfile", "reset"), Fault("download", "slow", 0.2)]
    for number, faults in enumerate((broken, refused, endless, slow), 1):
        telegram.script(*faults)
        anna.photo(page(number))
        await anna.hears(f"№{number} принято")
        assert not telegram.faults
    assert len(await pages(world, attempt.id)) == 4


async def test_a_download_that_never_works_is_told(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna, attempt = await working(world, telegram, "anna", await open_work(world, "anna"))
    telegram.script(*[Fault("download", "short")] * world.runtime.settings.telegram.tries)
    anna.photo(page(1))
    await anna.hears("Не получилось скачать")
    anna.photo(page(1))
    await anna.hears("№1 принято")
    assert len(await pages(world, attempt.id)) == 1


async def test_the_store_away_for_a_while(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna, attempt = await working(world, telegram, "anna", await open_work(world, "anna"))
    storage = world.runtime.gateways.storage
    good, storage.client = (
        storage.client,
        type(storage)(storage.settings.model_copy(update={"endpoint": "http://127.0.0.1:9"})).client,
    )
    anna.photo(page(1))
    while not any(file.tries > 1 for file in await rows(world, TelegramFile)):
        await asyncio.sleep(0.05)
    storage.client = good
    await anna.hears("№1 принято")
    assert len(await pages(world, attempt.id)) == 1


async def test_too_large_is_refused_before_it_is_fetched(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna, attempt = await working(world, telegram, "anna", await open_work(world, "anna"))
    anna.document(page(1), size=10 * 1024 * 1024 + 1)
    await anna.hears("больше 10 МБ")
    assert not telegram.calls["getfile"]
    # One that lies about its size is stopped when it has shown it.
    anna.document(page(1) + b"\0" * 11_000_000, size=1000)
    await anna.hears("больше 10 МБ")
    # Telegram itself hands out 20 MB at most.
    anna.document(page(1) + b"\0" * 21_000_000, size=1000)
    await anna.hears("больше 10 МБ")
    assert not telegram.downloads and not await pages(world, attempt.id)
