"""Faults of our own, a token that was taken back, a stop in the middle: nobody waits in vain, nothing is said twice."""

from sqlalchemy import text
from structlog.testing import capture_logs

from picrete_gql.local.telegram.people import until
from picrete_gql.models import TelegramLink
from picrete_gql.resolvers import telegram as links
from tests.bot.support import Bot, linked, quiet, rows
from tests.servers.telegram import Fault, TelegramServer
from tests.support.world import World

BREAKS = "CREATE FUNCTION breaks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$"
TRIGGER = "CREATE TRIGGER breaks BEFORE UPDATE ON telegram_link FOR EACH ROW EXECUTE FUNCTION breaks()"


async def test_a_statement_that_always_fails_holds_up_nobody_else(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    anna, boris = await linked(world, telegram, "anna"), await linked(world, telegram, "boris")
    async with world.runtime.engine.begin() as connection:
        for statement in (BREAKS, TRIGGER):
            await connection.execute(text(statement))
    anna.text("/quiet")
    await anna.hears("Сообщения включены")
    with capture_logs() as logs:
        anna.press("Выключить")
        await anna.hears("Что-то пошло не так")
        boris.text("/help")
        await boris.hears("Как сдать")
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["bot.fault"]


async def test_what_is_to_be_said_outlives_a_token_that_was_taken_back(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    anna = telegram.person("anna")
    telegram.script(*[Fault("sendmessage", "401")] * 3, Fault("getupdates", "401"))
    anna.text("/help")
    await anna.hears("Как сдать")
    assert not telegram.faults


async def test_a_polite_stop_in_the_middle_of_a_message_does_not_say_it_twice(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    anna = telegram.person("anna")
    telegram.script(Fault("sendmessage", "slow", 0.5))
    anna.text("/help")
    await until(lambda: telegram.calls["sendmessage"], 20, lambda: "nothing is said")
    await bot.stop()
    bot.start()
    await quiet(telegram)
    assert len(anna.heard) == telegram.calls["sendmessage"] == 1


async def test_who_writes_has_not_blocked_the_bot(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna = await linked(world, telegram, "anna")
    await links.set_blocked(world.system, anna.id, is_blocked=True)
    anna.text("/help")
    await anna.hears("Как сдать")
    assert (await rows(world, TelegramLink))[0].blocked_at is None
    anna.block()
    await quiet(telegram)
    assert (await rows(world, TelegramLink))[0].blocked_at is not None
    anna.unblock()
    await quiet(telegram)
    assert (await rows(world, TelegramLink))[0].blocked_at is None
