"""Who may come in through the chat, how often they may try, and that a password stays nowhere."""

import asyncio
import logging
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from picrete_gql.local.telegram.people import Person
from picrete_gql.models import TelegramCode, TelegramLink
from picrete_gql.problems import NotFound, RateLimited
from picrete_gql.resolvers import accounts
from picrete_gql.resolvers import telegram as links
from picrete_gql.rules import telegram as rules
from tests.bot.support import Bot, code_for, happened, linked, quiet, rows
from tests.servers.telegram import Fault, TelegramServer
from tests.support.world import World


def failures() -> float:
    """The counter as Prometheus would read it."""
    return REGISTRY.get_sample_value("telegram_auth_fail_total") or 0


async def ask(phone: Person, username: str, password: str) -> None:
    """The dialogue up to the password."""
    phone.text("/login")
    await phone.hears("/cancel")
    phone.text(username)
    await phone.hears("Введите пароль")
    phone.text(password)


async def everything(world: World) -> str:
    """All that the database and Redis hold, as text."""
    found = []
    async with world.runtime.engine.connect() as connection:
        tables = await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        for (table,) in tables.all():
            found += [str(row) for row in (await connection.execute(text(f'SELECT * FROM "{table}"'))).all()]
    redis = world.runtime.gateways.redis
    for key in await redis.keys("*"):
        found.append(f"{key} {await redis.dump(key) if await redis.type(key) != 'string' else await redis.get(key)}")
    return "\n".join(found)


async def test_a_password_is_deleted_at_once_and_kept_nowhere(
    world: World, telegram: TelegramServer, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "s3cret-passphrase-of-ivan"
    nobody = world.of(await _account(world, "ivan", secret))
    assert nobody
    phone = telegram.person("ivan")
    telegram.script(Fault("deletemessage", "429", 1))
    await ask(phone, "IVAN", "wrong-" + secret)
    await phone.hears("Пришлите пароль ещё раз")
    phone.text(secret)
    await phone.hears("вы вошли как Ivan")
    typed = [message for message in phone.chat.messages if secret in message.text and message.sender is phone.user]
    assert len(typed) == 2 and all(message.deleted for message in typed)
    await quiet(telegram)
    assert secret not in await everything(world)
    assert secret not in caplog.text
    link = (await rows(world, TelegramLink))[0]
    assert (link.telegram_id, link.name, link.account_id) == (phone.id, "@ivan", nobody.actor.account_id)


async def test_a_password_that_cannot_be_deleted_is_said_so(world: World, telegram: TelegramServer, bot: Bot) -> None:
    await world.person("anna")
    phone = telegram.person("anna")
    telegram.script(*[Fault("deletemessage", "500")] * 3)
    await ask(phone, "anna", "password-of-anna")
    await phone.hears("вы вошли")
    await phone.hears("удалите его сами")


async def test_a_password_behind_the_command_vanishes_too(world: World, telegram: TelegramServer, bot: Bot) -> None:
    await world.person("anna")
    phone = telegram.person("anna")
    typed = phone.text("/login anna password-of-anna")
    await phone.hears("имя пользователя")
    assert typed.deleted
    telegram.script(Fault("deletemessage", "429", 30))
    phone.text("/login password-of-anna")
    await phone.hears("удалите его сами")
    assert telegram.calls["deletemessage"] == 2


async def test_ten_passwords_a_minute_and_no_more(world: World, telegram: TelegramServer, bot: Bot) -> None:
    await world.person("anna")
    phone, before = telegram.person("thief"), failures()
    await ask(phone, "anna", "guess-0")
    for number in range(1, 10):
        await phone.hears("Пришлите пароль ещё раз")
        phone.text(f"guess-{number}")
    await phone.hears("Пришлите пароль ещё раз")
    phone.text("password-of-anna")
    await phone.hears("Слишком часто")
    telegram.script(*[Fault("deletemessage", "500")] * 3)
    left = phone.text("password-of-anna")
    await phone.hears("Слишком часто")
    await phone.hears("удалите его сами")
    left.deleted = True
    phone.text("/start " + "A" * 32)
    await phone.hears("Слишком часто")
    assert failures() - before == 13
    assert not await rows(world, TelegramLink)
    assert all(m.deleted for m in phone.chat.messages if m.text.startswith(("guess", "password-of")))
    # Another chat is not locked out by this one.
    anna = telegram.person("anna")
    await ask(anna, "anna", "password-of-anna")
    await anna.hears("вы вошли как Anna")


async def test_many_chats_against_one_name_are_slowed_down_together(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    await world.person("anna")
    chats = [rules.Chat(1000 + n, f"bot{n}", world.people["anna"].locale) for n in range(50)]
    tries = [links.log_in(world.system, "anna", f"guess-{chat.telegram_id}", chat) for chat in chats]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    most = world.runtime.settings.telegram.login_tries_per_name
    assert sum(isinstance(answer, RateLimited) for answer in answers) == 50 - most


async def test_a_link_code_works_once_and_ten_minutes(world: World, telegram: TelegramServer, bot: Bot) -> None:
    code = await code_for(world, "anna")
    assert code.url == f"https://t.me/picrete_test_bot?start={code.code}" or code.url is None
    assert code.code not in await everything(world)
    anna, thief = telegram.person("anna", language="en"), telegram.person("thief")
    anna.text(f"/start {code.code}")
    await anna.hears("signed in as Anna")
    thief.text(f"/start {code.code}")
    await thief.hears("больше не действует")
    old = await code_for(world, "boris")
    world.clock.forward(minutes=10)
    boris = telegram.person("boris")
    boris.text(f"/start {old.code}")
    await boris.hears("больше не действует")
    first, second = await code_for(world, "boris"), await code_for(world, "boris")
    boris.text(f"/start {first.code}")
    await boris.hears("больше не действует")
    boris.text(f"/start {second.code}")
    await boris.hears("вы вошли как Boris")
    assert not await rows(world, TelegramCode)


async def test_codes_are_guessed_as_seldom_as_passwords(world: World, telegram: TelegramServer, bot: Bot) -> None:
    code = await code_for(world, "anna")
    thief, before = telegram.person("thief"), failures()
    for number in range(11):
        thief.text(f"/start guess{number}")
        await thief.hears("больше не действует" if number < 10 else "Слишком часто")
    thief.text(f"/start {code.code}")
    await thief.hears("Слишком часто")
    assert failures() - before == 12 and not await rows(world, TelegramLink)


async def test_one_telegram_per_person_and_one_person_per_telegram(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    anna = await linked(world, telegram, "anna")
    other, boris = telegram.person("second_phone"), await code_for(world, "boris")
    other.text(f"/start {(await code_for(world, 'anna')).code}")
    await other.hears("уже привязан другой Telegram")
    anna.text(f"/start {boris.code}")
    await anna.hears("уже привязан к другому пользователю")
    anna.text("/login")
    await anna.hears("Вы уже вошли как Anna")
    anna.text("/logout")
    await anna.hears("Вы вышли")
    anna.text("/logout")
    await anna.hears("Сначала войдите")
    # A refused code was not used up.
    anna.text(f"/start {boris.code}")
    await anna.hears("вы вошли как Boris")
    assert [link.telegram_id for link in await rows(world, TelegramLink)] == [anna.id]
    assert len(await happened(world, "telegram.linked")) == 2
    assert len(await happened(world, "telegram.unlinked")) == 1


async def test_two_chats_with_one_account_at_the_same_moment(world: World, telegram: TelegramServer) -> None:
    await world.person("anna")
    chats = [rules.Chat(n, "x", world.people["anna"].locale) for n in (1, 2, 3, 4)]
    tries = [links.log_in(world.system, "anna", "password-of-anna", chat) for chat in chats]
    done = await asyncio.gather(*tries, return_exceptions=True)
    refused = (rules.TelegramElsewhere, rules.TelegramTaken)
    assert sum(isinstance(result, refused) for result in done) == 3
    assert len(await rows(world, TelegramLink)) == 1


async def test_a_closed_account_is_out_at_once(world: World, telegram: TelegramServer, bot: Bot) -> None:
    anna = await linked(world, telegram, "anna")
    await accounts.administer(world.system, world.people["anna"].id, is_active=False)
    anna.text("/works")
    await anna.hears("закрыта")
    anna.text("/use 1")
    await anna.hears("закрыта")
    boris = telegram.person("boris")
    await ask(boris, "anna", "password-of-anna")
    await boris.hears("Пришлите пароль ещё раз")


async def test_nobody_makes_a_code_for_somebody_else(world: World) -> None:
    await world.person("anna")
    admin = await accounts.add(
        world.system,
        accounts.Person("boss", "password-of-boss", "Boss", world.people["anna"].locale),
        is_platform_admin=True,
    )
    for who in (await world.person("boris"), world.of(admin)):
        with pytest.raises(NotFound):
            await links.make_code(who, world.people["anna"].id)


async def test_codes_are_not_made_without_end(world: World) -> None:
    await world.person("anna")
    for _ in range(world.runtime.settings.telegram.codes_per_minute):
        await code_for(world, "anna")
    with pytest.raises(RateLimited):
        await code_for(world, "anna")


async def test_the_dialogue_can_be_left_and_outlives_a_restart(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    await world.person("anna")
    anna = telegram.person("anna")
    anna.text("/login")
    await anna.hears("имя пользователя")
    anna.text("/cancel")
    await anna.hears("прервали")
    anna.text("anna")
    await anna.hears("Не понимаю")
    anna.text("/login")
    await anna.hears("имя пользователя")
    anna.text("anna")
    await anna.hears("Введите пароль")
    await quiet(telegram)
    await bot.stop()
    anna.text("password-of-anna")
    bot.start()
    await anna.hears("вы вошли как Anna")


async def _account(world: World, name: str, password: str) -> Any:
    await world.person("keeper")
    person = accounts.Person(name, password, name.title(), world.people["keeper"].locale)
    return await accounts.add(world.system, person, is_platform_admin=False)
