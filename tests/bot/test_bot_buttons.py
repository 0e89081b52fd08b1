"""What people choose for themselves: language, quiet, and for teachers the works that they follow."""

from picrete_gql.local.telegram.people import until
from picrete_gql.local.telegram.state import Message
from picrete_gql.models import Follow, TelegramLink
from picrete_gql.problems import Locale
from picrete_gql.resolvers import attempts
from tests.bot.support import Bot, linked, rows
from tests.servers.telegram import TelegramServer
from tests.support.world import World


async def offers(message: Message, button: str) -> None:
    """Until a message has a button whose text contains this."""
    await until(
        lambda: any(button in found["text"] for found in message.buttons), 10, lambda: f"{button} in {message.buttons}"
    )


async def test_a_language_is_chosen(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna = await linked(world, telegram, "anna")
    anna.text("/language")
    offered = await anna.hears("Выберите язык")
    anna.press("English")
    await anna.sees(offered, "I speak English now")
    anna.text("/works")
    await anna.hears("no open works")
    assert (await rows(world, TelegramLink))[0].locale is Locale.EN
    anna.text("/language")
    await anna.hears("Choose")
    anna.press("Русский")
    await anna.sees(anna.last, "Теперь говорю по-русски")


async def test_notices_are_switched_off_and_on(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna = await linked(world, telegram, "anna")
    anna.text("/quiet")
    shown = await anna.hears("Сообщения включены")
    anna.press("Выключить", shown)
    await anna.sees(shown, "Сообщения выключены")
    assert (await rows(world, TelegramLink))[0].muted
    anna.press("Включить", shown)
    await anna.sees(shown, "Сообщения включены")
    assert not (await rows(world, TelegramLink))[0].muted


async def test_a_teacher_follows_a_work_by_a_button(world: World, telegram: TelegramServer, bot: Bot) -> None:
    course = await world.course("chem", "teacher", ["anna", "boris"])
    work = await world.work(course, "teacher")
    boss = await linked(world, telegram, "teacher")
    boss.text("/works")
    listed = await boss.hears("Работы, которые вы ведёте", "Контрольная — 0 из 2")
    boss.press("Следить: Контрольная", listed)
    await offers(listed, "Не следить: Контрольная")
    await attempts.submit(await world.person("anna"), (await world.start("anna", work)).id)
    await world.jobs()
    await boss.hears("«Контрольная»: сдали 1 из 2")
    boss.press("Не следить", listed)
    await offers(listed, "🔔 Следить: Контрольная")
    assert not await rows(world, Follow)
