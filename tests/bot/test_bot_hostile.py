"""Texts that would break something: markup, length, nulls, half characters, other people's buttons."""

from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from picrete_gql.problems import Locale
from picrete_gql.resolvers import attempts
from picrete_gql.resolvers import telegram as links
from picrete_gql.rules.accounts import WrongCredentials
from picrete_gql.rules.telegram import Chat, button, cut, plain, pressed, units
from tests import images
from tests.bot.support import Bot, linked, quiet, working
from tests.servers.datalab import DatalabServer
from tests.servers.telegram import TelegramServer
from tests.support.world import World

TEXTS = [
    "<b>жирный</b> <script>alert(1)</script> </i>",
    "*md* _md_ [link](tg://user?id=1) `code` \\ | ~ > # + - = {title} {0} {!r}",
    "x" * 5000,
    "\0",
    "a\0b",
    "😀" * 3000,
    "\u202earabic\u202c \u200b\u2066",
    "' OR 1=1; --",
    "%s %d %n",
    "/use " + "9" * 4000,
    "/use ٣",
    "/use \0",
    "/use -1",
    "/start " + "x" * 4000,
    "/start \0x",
    "/works@picrete_test_bot",
    "/works@another_bot",
    "/",
    "//",
    "/unknown",
]


async def test_every_text_gets_an_answer_and_none_a_fault(world: World, telegram: TelegramServer, bot: Bot) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    anna, _ = await working(world, telegram, "anna", await world.work(course, "teacher", title=TEXTS[0]))
    anna.text("/use 1")
    await anna.hears("<b>жирный</b> <script>")
    world.runtime.settings.telegram.login_tries = 1000
    before = len(anna.heard)
    with capture_logs() as logs:
        for text in TEXTS:
            anna.text(text)
        anna.text("/help")
        await anna.hears("Как сдать")
        await quiet(telegram)
    assert len(anna.heard) - before == len(TEXTS) + 1
    assert not [line for line in logs if line["log_level"] == "error"], logs


async def test_the_dialogue_takes_anything_for_a_name_or_a_password(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    world.runtime.settings.telegram.login_tries = 1000
    world.runtime.settings.telegram.login_tries_per_name = 1000
    mallory = telegram.person("mallory")
    with capture_logs() as logs:
        for text in [text for text in TEXTS if not text.startswith(("/start", "/use", "/works"))]:
            mallory.text("/login")
            await mallory.hears("имя пользователя")
            mallory.text(text)
            await mallory.hears("Введите пароль")
            password = mallory.text(text)
            await mallory.hears("Пришлите пароль ещё раз")
            assert password.deleted
    assert not [line for line in logs if line["log_level"] == "error"], logs


async def test_names_from_outside_are_only_wrong(world: World) -> None:
    for name in ("a\0b", "\ud83d", "x" * 10_000, ""):
        with pytest.raises(WrongCredentials):
            await links.log_in(world.system, name, name, Chat(1, name, Locale.RU))


async def test_half_a_character_hides_nothing_else(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna = telegram.person("anna")
    anna.text("\ud83d")
    anna.text("/help")
    await anna.hears("Как сдать")


async def test_buttons_of_other_people_and_of_nobody(world: World, telegram: TelegramServer, bot: Bot) -> None:
    course = await world.course("chem", "teacher", ["anna", "boris"])
    work = await world.work(course, "teacher")
    anna, _ = await working(world, telegram, "anna", work)
    boris = await world.start("boris", work)
    photo = await world.photo("boris", boris.id)
    anna.text("/help")
    await anna.hears("Как сдать")
    foreign = [f"use:{boris.id.hex}", f"page:{boris.id.hex}:1", f"read:{boris.id.hex}:1", f"ok:{photo.id.hex}"]
    foreign += [f"send:{boris.id.hex}", f"follow:{work.id.hex}", f"use:{uuid4().hex}", "use"]
    for data in foreign:
        anna.press_data(data)
        await anna.hears("Такой попытки среди ваших нет" if data != "follow" else "нет")
    for data in ["", "x" * 64, "use:zz", "drop table", "page:1", "language:77", "quiet:9999"]:
        anna.press_data(data)
    await quiet(telegram)
    stranger = telegram.person("stranger")
    stranger.text("/help")
    await stranger.hears("Как сдать")
    for data in [*foreign, "quiet:1", "language:1"]:
        stranger.press_data(data)
        await stranger.hears("ойдите")
    assert telegram.calls["answercallbackquery"] >= len(foreign)


async def test_a_page_longer_than_a_message(
    world: World, telegram: TelegramServer, bot: Bot, ocr: DatalabServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One reader serves all tests.
    monkeypatch.setattr(ocr, "texts", {"*": "<b>H₂O & CO₂</b> 😀 *md* _x_\n" * 1000})
    course = await world.course("chem", "teacher", ["anna"])
    anna, attempt = await working(world, telegram, "anna", await world.work(course, "teacher", title="<i>" + "Т" * 190))
    anna.photo(images.jpeg(images.page(1)))
    await anna.hears("№1 принято")
    await attempts.submit(await world.person("anna"), attempt.id)
    await world.jobs()
    await anna.hears("страницы прочитаны")
    anna.press("Страница 1")
    shown = await anna.hears("целиком на сайте")
    assert units(shown.text) <= 4096 and "<b>H₂O & CO₂</b>" in shown.text


async def test_twenty_works_with_long_names_fit_into_one_message(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    course = await world.course("chem", "anna", ["anna"])
    for number in range(25):
        await world.start("anna", await world.work(course, "anna", title=f"{number} " + "😀" * 190))
    anna = await linked(world, telegram, "anna")
    anna.text("/works")
    listed = await anna.hears("20. ")
    assert len(listed.buttons) == 40


def test_texts_are_measured_as_telegram_does() -> None:
    assert units("a😀я") == 4
    assert cut("😀" * 3000, 4096) == "😀" * 2047 + "…" and units(cut("😀" * 3000, 4096)) <= 4096
    assert cut("я" * 4096, 4096) == "я" * 4096
    assert plain(" a\0\ud83d b ", 3) == "a b"[:3].strip() or plain(" a\0\ud83d b ", 10) == "a b"


def test_buttons_are_read_as_they_were_written() -> None:
    id = uuid4()
    found = pressed(button("x", "unfollow", id, 9999)["callback_data"])
    assert found is not None and (found.kind, found.id, found.number) == ("unfollow", id, 9999)
    assert pressed(None) is None and pressed("use:" + "0" * 31) is None and pressed("use\n") is None
    with pytest.raises(ValueError, match="not a button"):
        button("x", "kind-with-dash")
