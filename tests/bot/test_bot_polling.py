"""One process polls, others wait; a foreign poller, a webhook, a wrong token, and updates that nobody can read."""

import asyncio

import httpx2
from structlog.testing import capture_logs

from picrete_gql.bot import Listener
from picrete_gql.gateways.telegram import Telegram
from picrete_gql.local.telegram.people import until
from picrete_gql.models import TelegramBot
from picrete_gql.settings import Settings
from tests import images
from tests.bot.support import Bot, happened, linked, quiet, rows
from tests.servers.telegram import TOKEN, Fault, TelegramServer
from tests.support.world import World


async def test_a_second_poller_is_one_clear_line_and_waiting(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna = telegram.person("anna")
    with capture_logs() as logs:
        async with httpx2.AsyncClient() as foreign:
            for _ in range(4):
                polls = telegram.calls["getupdates"]
                await until(lambda polls=polls: telegram.calls["getupdates"] > polls, 20, lambda: "no poll")
                await foreign.get(f"{telegram.url}/bot{TOKEN}/getUpdates?timeout=0")
        anna.text("/help")
        await anna.hears("Как сдать решение")
    said = [line for line in logs if line["event"] == "bot.second_poller"]
    assert 1 <= len(said) <= 4 and "terminated by other getUpdates" in said[0]["why"]
    assert bot.task is not None and not bot.task.done()


async def test_a_webhook_in_the_way_is_said_once(world: World, telegram: TelegramServer, bot: Bot) -> None:
    telegram.webhook = "https://elsewhere.example"
    anna = telegram.person("anna")
    with capture_logs() as logs:
        polls = telegram.calls["getupdates"]
        await until(lambda: telegram.calls["getupdates"] > polls + 3, 20, lambda: "no poll")
        anna.text("/help")
        telegram.webhook = ""
        await anna.hears("Как сдать решение")
    said = [line for line in logs if line["event"] == "bot.second_poller"]
    assert len(said) == 1 and "webhook is active" in said[0]["why"]


async def test_one_of_two_processes_polls_and_the_other_takes_over(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    anna = telegram.person("anna")
    anna.text("/help")
    await anna.hears("Как сдать")
    second = Bot(world)
    with capture_logs() as logs:
        second.start()
        await until(lambda: [x for x in logs if x["event"] == "bot.standing_by"], 10, lambda: str(logs))
        polls = telegram.calls["getupdates"]
        await asyncio.sleep(0.5)
        # The first one alone: at most the long poll that was under way.
        assert telegram.calls["getupdates"] <= polls + 1
        await bot.stop()
        anna.text("/help")
        await anna.hears("Как сдать")
    await second.stop()
    assert not [line for line in logs if line["event"] == "bot.second_poller"]


async def test_a_wrong_token_is_one_clear_line(world: World, telegram: TelegramServer, settings: Settings) -> None:
    wrong = settings.telegram.model_copy(update={"token": type(settings.telegram.token)("123456789:another-token")})
    world.runtime.settings = settings.model_copy(update={"telegram": wrong})
    api = Telegram(wrong)
    with capture_logs() as logs:
        task = asyncio.create_task(Listener(world.runtime, api).run())
        await until(lambda: telegram.calls["getme"] > 3, 20, lambda: str(logs))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    said = [line for line in logs if line["event"] == "bot.interrupted"]
    assert len(said) == 1 and "PICRETE_TELEGRAM__TOKEN" in said[0]["why"]
    assert "another-token" not in str(logs)
    await api.close()


async def test_telegram_away_for_a_while(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna = telegram.person("anna")
    await bot.stop()
    telegram.script(Fault("getme", "html502"), Fault("getme", "429", 1), Fault("setmycommands", "500"))
    bot.start()
    faults = ["500", "html502", "reset", "429"]
    telegram.script(*[Fault("getupdates", kind, 1) for kind in faults])
    with capture_logs() as logs:
        anna.text("/help")
        await anna.hears("Как сдать")
    assert not telegram.faults
    assert TOKEN.split(":")[1] not in str(logs)


async def test_updates_that_nobody_can_read_do_not_hide_the_others(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    anna = telegram.person("anna")
    state = telegram.state
    state.tell("message", {"message_id": 1})
    state.tell("message", {"message_id": 1, "date": "когда-то", "chat": "secret-words", "text": "secret-words"})
    state.tell("callback_query", {"id": "1", "from": anna.user, "chat_instance": "1", "data": "x"})
    state.tell("message", {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "nobody"})
    with capture_logs() as logs:
        anna.text("/help")
        await anna.hears("Как сдать")
    assert len([line for line in logs if line["event"] == "bot.unreadable"]) == 2
    assert "secret-words" not in str(logs)
    await quiet(telegram)
    assert (await rows(world, TelegramBot))[0].next_update == state.confirmed


async def test_updates_that_are_delivered_again_are_not_handled_again(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    await world.start("anna", await world.work(course, "teacher"))
    await world.start("anna", await world.work(course, "teacher", title="Вторая"))
    anna = await linked(world, telegram, "anna")
    await quiet(telegram)
    await bot.stop()
    anna.text("/use 1")
    anna.text("/use 2")
    again = list(telegram.state.updates)
    bot.start()
    await anna.hears("Выбрано")
    await anna.hears("Выбрано")
    await quiet(telegram)
    with telegram.state.lock:
        telegram.state.updates[:0] = again
    bot_row = (await rows(world, TelegramBot))[0]
    async with world.runtime.sessions() as session:
        bot_row.next_update = 0
        session.add(bot_row)
        await session.commit()
    await bot.stop()
    bot.start()
    anna.text("/works")
    await anna.hears("Ваши открытые работы")
    await quiet(telegram)
    assert len(anna.heard) == 4 and len(await happened(world, "telegram.changed")) == 2


async def test_groups_get_one_line_and_nothing_else(world: World, telegram: TelegramServer, bot: Bot) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    await world.start("anna", await world.work(course, "teacher"))
    anna = await linked(world, telegram, "anna")
    group = telegram.group(anna)
    for text in ("/works", "/login", "anna"):
        group.text(text)
        await group.hears("только в личном чате")
    for _ in range(5):
        group.text("болтаем")
    group.photo(images.jpeg(images.page(1)))
    await quiet(telegram)
    assert len(group.heard) == world.runtime.settings.telegram.group_lines
    assert not telegram.calls["getfile"]
    english = telegram.group(telegram.person("john", language="en"))
    english.text("/start")
    await english.hears("private chat")


async def test_the_command_menu_speaks_both_languages(world: World, telegram: TelegramServer, bot: Bot) -> None:
    await until(lambda: len(telegram.state.commands) == 2, 20, lambda: str(telegram.state.commands))
    russian, english = telegram.state.commands[""], telegram.state.commands["en"]
    assert [c["command"] for c in russian] == [c["command"] for c in english]
    assert {"works", "use", "login", "logout", "help"} <= {c["command"] for c in russian}
    assert russian != english
