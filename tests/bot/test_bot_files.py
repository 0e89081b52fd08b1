"""Photos and image files: the right size, the right place, albums, and each refusal in its own words."""

import asyncio

from prometheus_client import REGISTRY

from picrete_gql.models import MemberStatus, PhotoStatus
from picrete_gql.resolvers import attempts, members, photos, works
from tests import images
from tests.bot.paper import open_work, page
from tests.bot.support import Bot, happened, linked, pages, quiet, working
from tests.servers.telegram import Fault, TelegramServer
from tests.support.world import World


def uploads() -> float:
    """The counter as Prometheus would read it."""
    return REGISTRY.get_sample_value("uploads_total", {"source": "telegram"}) or 0


async def test_the_largest_size_is_taken(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna, attempt = await working(world, telegram, "anna", await open_work(world, "anna"))
    before = uploads()
    sent = anna.photo(page(1))
    assert len(sent.facts["photo"]) == 4
    await anna.hears("фото №1 принято, 1 из 10")
    photo = (await pages(world, attempt.id))[0]
    assert (photo.width, photo.height, photo.status) == (900, 1200, PhotoStatus.PENDING)
    assert await world.runtime.gateways.storage.get(photo.key)
    assert sum(telegram.downloads.values()) == 1
    assert uploads() - before == 1


async def test_image_documents_are_taken(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna, attempt = await working(world, telegram, "anna", await open_work(world, "anna"))
    documents = [
        (images.heic(images.page(1)), "IMG_0001.HEIC", "image/heic"),
        (images.png(images.page(2)), "scan.png", "image/png"),
        (images.webp(images.page(3)), "../../etc/passwd", "application/octet-stream"),
    ]
    for number, (body, name, mime) in enumerate(documents, 1):
        anna.document(body, name, mime)
        await anna.hears(f"фото №{number} принято")
    kept = await pages(world, attempt.id)
    assert [photo.mime for photo in kept] == ["image/jpeg"] * 3
    assert [photo.filename for photo in kept] == ["IMG_0001.HEIC", "scan.png", "passwd"]


async def test_the_same_photo_twice_is_one(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna, attempt = await working(world, telegram, "anna", await open_work(world, "anna"))
    anna.photo(page(1))
    await anna.hears("№1 принято, 1 из 10")
    anna.photo(page(1))
    await anna.hears("№1 принято, 1 из 10")
    assert len(await pages(world, attempt.id)) == 1
    assert len(await happened(world, "photo.uploaded")) == 1


async def test_every_refusal_has_its_own_words(world: World, telegram: TelegramServer, bot: Bot) -> None:
    course = await world.course("chem", "teacher", ["anna", "boris"])
    first, second = await world.work(course, "teacher"), await world.work(course, "teacher", title="Вторая")
    stranger = telegram.person("stranger")
    stranger.photo(page(1))
    await stranger.hears("Сначала войдите")
    anna = await linked(world, telegram, "anna")
    anna.photo(page(1))
    await anna.hears("нет открытых работ")
    anna.text("/works")
    await anna.hears("нет открытых работ")
    one, two = await world.start("anna", first), await world.start("anna", second)
    anna.photo(page(1))
    await anna.hears("сначала выберите")
    boris = await world.start("boris", first)
    said = {
        "/use": "Напишите номер",
        "/use 7": "номером 7 нет",
        "/use 0": "номером 0 нет",
        f"/use {boris.id}": "Такой попытки среди ваших нет",
        f"/use attempt_{'0' * 32}": "Такой попытки среди ваших нет",
        "/use какой-то": "Такой попытки среди ваших нет",
        f"/use attempt_{two.id.hex}": "Выбрано: «Вторая»",
        "/use 1": "Выбрано: «Контрольная»",
    }
    for command, words in said.items():
        anna.text(command)
        await anna.hears(words)
    files = [
        (b"%PDF-1.7 " + b"x" * 100, "Отправьте фотографию"),
        (b"not an image at all", "Это не изображение"),
        (page(1)[:2000], "повреждён"),
    ]
    for body, words in files:
        anna.document(body, "work.jpg")
        await anna.hears(words)
    anna.other(sticker={"file_id": "x", "file_unique_id": "y", "type": "regular", "width": 1, "height": 1,
                        "is_animated": False, "is_video": False})  # fmt: skip
    await anna.hears("Отправьте фотографию страницы")
    assert not await pages(world, one.id)
    await attempts.submit(await world.person("anna"), one.id)
    anna.photo(page(2))
    await anna.hears("уже завершена")
    anna.text(f"/use {two.id}")
    await anna.hears("Выбрано")
    world.clock.forward(hours=2)
    anna.photo(page(2))
    await anna.hears("Время вышло")
    await works.remove(await world.person("teacher"), second.id, force=True)
    anna.photo(page(2))
    await anna.hears("нет открытых работ")


async def test_an_attempt_that_vanishes_under_way(world: World, telegram: TelegramServer, bot: Bot) -> None:
    work = await open_work(world, "anna")
    anna, _ = await working(world, telegram, "anna", work)
    await bot.stop()
    anna.photo(page(1))
    telegram.script(Fault("getfile", "slow", 0.5))
    bot.start()
    while not telegram.calls["getfile"]:
        await asyncio.sleep(0.01)
    await works.remove(await world.person("teacher"), work.id, force=True)
    await anna.hears("Такой попытки среди ваших нет")


async def test_a_photo_goes_where_the_choice_stood_when_it_was_sent(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    one = await world.start("anna", await world.work(course, "teacher"))
    two = await world.start("anna", await world.work(course, "teacher", title="Вторая"))
    anna = await linked(world, telegram, "anna")
    await quiet(telegram)
    await bot.stop()
    anna.text(f"/use {one.id}")
    anna.photo(page(1))
    anna.text(f"/use {two.id}")
    anna.photo(page(2))
    bot.start()
    await anna.hears("Вторая", "№1 принято")
    await quiet(telegram)
    assert [len(await pages(world, attempt.id)) for attempt in (one, two)] == [1, 1]


async def test_a_suspended_student_sends_nothing(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna, attempt = await working(world, telegram, "anna", await open_work(world, "anna"))
    anna.text("/use 1")
    await anna.hears("Выбрано")
    mine = (await members.mine(await world.person("anna")))[0]
    await members.change(await world.person("teacher"), mine.id, status=MemberStatus.SUSPENDED)
    anna.photo(page(1))
    await anna.hears("Такой попытки среди ваших нет")
    anna.text("/works")
    await anna.hears("нет открытых работ")
    assert not await pages(world, attempt.id) and not telegram.downloads


async def test_photos_of_the_site_and_of_the_chat_share_numbers(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    anna, attempt = await working(world, telegram, "anna", await open_work(world, "anna"))
    await world.photo("anna", attempt.id, 50)
    anna.photo(page(1))
    await anna.hears("№2 принято, 2 из 10")
    removed = (await pages(world, attempt.id))[0]
    await photos.remove(await world.person("anna"), removed.id)
    anna.photo(page(2))
    await anna.hears("№2 принято, 2 из 10")
