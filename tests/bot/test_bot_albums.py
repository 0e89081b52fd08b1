"""Albums: one answer, in the order sent, whatever is in them and however they come."""

from picrete_gql.problems import Locale
from picrete_gql.resolvers import telegram_answers as answers
from picrete_gql.resolvers import telegram_files as files
from picrete_gql.resolvers import telegram_updates as updates
from picrete_gql.rules import images as image_rules
from picrete_gql.settings import Photos
from tests import images
from tests.bot.paper import open_work, page
from tests.bot.support import Bot, pages, quiet, working
from tests.servers.telegram import TelegramServer
from tests.support.world import World


async def test_an_album_is_answered_once_in_the_order_sent(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna, attempt = await working(world, telegram, "anna", await open_work(world, "anna"))
    anna.album([page(n) for n in range(1, 6)])
    answer = await anna.hears("приняты фото №1, №2, №3, №4, №5, 5 из 10")
    await quiet(telegram)
    assert len([m for m in anna.heard if "принят" in m.text]) == 1 and answer.edits == 0
    kept = [photo.sha256 for photo in await pages(world, attempt.id)]
    limits = Photos()
    assert kept == [image_rules.prepare(page(n), limits=limits).sha256 for n in range(1, 6)]


async def test_an_album_that_comes_in_two_polls_is_still_one_answer(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    anna, attempt = await working(world, telegram, "anna", await open_work(world, "anna"))
    group = anna.album([page(1), page(2)])
    answer = await anna.hears("приняты фото №1, №2, 2 из 10")
    anna.album([page(3)], group)
    await anna.sees(answer, "№1, №2, №3, 3 из 10")
    await quiet(telegram)
    assert len([m for m in anna.heard if "принят" in m.text]) == 1
    assert len(await pages(world, attempt.id)) == 3


async def test_ten_photos_and_no_more(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna, attempt = await working(world, telegram, "anna", await open_work(world, "anna"))
    small = [images.jpeg(images.page(n)) for n in range(12)]
    anna.album(small[:9])
    await anna.hears("9 из 10")
    anna.album(small[9:])
    answer = await anna.hears("№10 принято, 10 из 10")
    assert answer.text.count("не больше 10 фото") == 2 and "Файл 2" in answer.text and "Файл 3" in answer.text
    assert len(await pages(world, attempt.id)) == 10


async def test_a_bad_page_in_an_album_does_not_stop_the_others(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    anna, attempt = await working(world, telegram, "anna", await open_work(world, "anna"))
    group = anna.album([page(1)])
    anna.document(b"nothing", "b.jpg", group=group)
    anna.document(page(3), "c.jpg", group=group, size=11_000_000)
    anna.other(
        video={"file_id": "v", "file_unique_id": "v", "width": 1, "height": 1, "duration": 1}, media_group_id=group
    )
    anna.document(page(5), "d.jpg", group=group)
    answer = await anna.hears("приняты фото №1, №2, 2 из 10")
    lines = answer.text.splitlines()
    assert [line[:7] for line in lines[1:]] == ["Файл 2:", "Файл 3:", "Файл 4:"]
    assert "не изображение" in lines[1] and "больше 10 МБ" in lines[2] and "фотографию страницы" in lines[3]
    assert len(await pages(world, attempt.id)) == 2


async def test_a_part_that_comes_while_the_others_are_told_is_not_forgotten(
    world: World, telegram: TelegramServer
) -> None:
    """It was stored, but not yet fetched, when the answer was written."""
    bot_id, chat = telegram.state.bot["id"], 5
    await updates.begin(world.system, bot_id, "bot")
    for update_id in (1, 2):
        await updates.claim(world.system, bot_id, update_id, chat, None)
        part = updates.Received(f"file-{update_id}", "page.jpg", "album", None, None, Locale.RU, None)
        await updates.finish(world.system, bot_id, update_id, (), part)
    first, second = await files.of_chat(world.system, bot_id, chat)
    await files.settle(world.system, first.id, number=1)
    await answers.about_files(world.system, bot_id, chat, "album:5:album", "1", [first.id, second.id])
    assert [file.id for file in await files.of_chat(world.system, bot_id, chat)] == [second.id]
