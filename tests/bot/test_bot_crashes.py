"""SIGKILL at every moment that matters: nothing is lost and nothing is done twice."""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from picrete_gql.call import Context
from picrete_gql.local.telegram.people import Person, until
from picrete_gql.models import Attempt, TelegramAnswer, TelegramBot, TelegramLink
from picrete_gql.models.telegram import TelegramChanged, TelegramLinked
from picrete_gql.resolvers import attempts
from picrete_gql.resolvers import telegram as links
from picrete_gql.resolvers import telegram_updates as updates
from picrete_gql.rules.telegram import Chat
from picrete_gql.settings import Settings
from tests import images
from tests.bot.processes import BotProcess
from tests.bot.support import Bot, code_for, happened, pages, quiet, rows
from tests.servers.telegram import Fault, TelegramServer
from tests.support.house import environment
from tests.support.world import World


@pytest.fixture
def processes() -> Iterator[list[BotProcess]]:
    """Those that were started; none outlives the test."""
    started: list[BotProcess] = []
    yield started
    for process in started:
        process.kill()


async def ready(world: World, telegram: TelegramServer) -> tuple[Person, Attempt]:
    """Anna, linked without a bot, with an open attempt."""
    course = await world.course("chem", "teacher", ["anna"])
    attempt = await world.start("anna", await world.work(course, "teacher"))
    anna = telegram.person("anna")
    chat = Chat(anna.id, "@anna", world.people["anna"].locale)
    await links.attach(world.system, world.people["anna"].id, chat)
    return anna, attempt


async def test_killed_between_download_and_commit_and_again_before_the_answer(
    world: World, telegram: TelegramServer, settings: Settings, processes: list[BotProcess]
) -> None:
    anna, attempt = await ready(world, telegram)
    killed: list[str] = []

    def kill(when: str) -> None:
        killed.append(when)
        processes[-1].kill()

    telegram.script(Fault("download", "after", hook=lambda: kill("downloaded")))
    anna.photo(images.jpeg(images.page(1)))
    processes.append(BotProcess(settings))
    await asyncio.to_thread(processes[0].process.join)
    assert killed == ["downloaded"] and not any(p.uploaded_at for p in await pages(world, attempt.id))
    telegram.script(Fault("sendmessage", "call", hook=lambda: kill("committed")))
    processes.append(BotProcess(settings))
    await asyncio.to_thread(processes[1].process.join)
    assert killed == ["downloaded", "committed"] and not anna.heard
    assert [p.number for p in await pages(world, attempt.id) if p.uploaded_at] == [1]
    # The answer is owed, even though the attempt cannot take photos any more.
    await attempts.submit(await world.person("anna"), attempt.id)
    processes.append(BotProcess(settings))
    await anna.hears("фото №1 принято, 1 из 10")
    await quiet(telegram)
    assert len(anna.heard) == 1
    assert len(await happened(world, "photo.uploaded")) == 1
    bot = (await rows(world, TelegramBot))[0]
    assert bot.next_update == telegram.state.confirmed


async def test_photo_and_bookkeeping_are_one_transaction(world: World, telegram: TelegramServer, bot: Bot) -> None:
    """While the file's row cannot be written, the photo has not arrived either."""
    anna, attempt = await ready(world, telegram)
    telegram.script(Fault("getfile", "slow", 0.5))
    anna.photo(images.jpeg(images.page(1)))
    await until(lambda: telegram.calls["getfile"], 20, lambda: "not fetched")
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")
    async with world.runtime.engine.connect() as locker, world.runtime.engine.connect() as watcher:
        await locker.execute(text("SELECT id FROM telegram_file FOR UPDATE"))
        while not await watcher.scalar(waiting):
            await asyncio.sleep(0.01)
        assert not await happened(world, "photo.uploaded")
        await locker.rollback()
    await anna.hears("фото №1 принято")
    assert [photo.number for photo in await pages(world, attempt.id)] == [1]


async def test_killed_again_and_again_in_the_middle_of_albums(
    world: World, telegram: TelegramServer, settings: Settings, processes: list[BotProcess]
) -> None:
    anna, attempt = await ready(world, telegram)
    dice = random.Random(7)
    for album in (range(4), range(4, 8)):
        anna.album([images.jpeg(images.page(n)) for n in album])
    for _ in range(6):
        processes.append(BotProcess(settings))
        calls = telegram.calls["getupdates"]
        while telegram.calls["getupdates"] == calls:
            await asyncio.sleep(0.01)
        await asyncio.sleep(dice.uniform(0, 0.5))
        processes[-1].kill()
    processes.append(BotProcess(settings))
    await anna.hears("8 из 10")
    await quiet(telegram)
    kept = await pages(world, attempt.id)
    assert [photo.number for photo in kept] == list(range(1, 9)) and all(photo.uploaded_at for photo in kept)
    assert len(await happened(world, "photo.uploaded")) == 8
    assert len({message.text for message in anna.heard}) == 2


async def test_killed_while_a_password_is_being_deleted(
    world: World, telegram: TelegramServer, settings: Settings, processes: list[BotProcess]
) -> None:
    await world.person("anna")
    anna = telegram.person("anna")
    processes.append(BotProcess(settings))
    anna.text("/login")
    await anna.hears("имя пользователя")
    anna.text("anna")
    await anna.hears("Введите пароль")
    telegram.script(Fault("deletemessage", "call", hook=processes[0].kill))
    password = anna.text("password-of-anna")
    await asyncio.to_thread(processes[0].process.join)
    processes.append(BotProcess(settings))
    await anna.hears("вы вошли как Anna")
    assert password.deleted and len(await rows(world, TelegramLink)) == 1


async def test_a_username_is_not_taken_for_a_password_after_a_crash(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    """The dialogue had moved on, the update was not finished: as after a crash in between."""
    await world.person("anna")
    anna = telegram.person("anna")
    anna.text("/login")
    await anna.hears("имя пользователя")
    await quiet(telegram)
    await bot.stop()
    redis = world.runtime.gateways.redis
    before = {"state": "Asked:username", "data": {}}
    keys = [key for key in await redis.keys("picrete:bot:*") if key.endswith(":state")]
    assert [await redis.get(key) for key in keys] == [before["state"]]
    anna.text("anna")
    update_id = telegram.state.updates[-1]["update_id"]
    await updates.claim(world.system, telegram.state.bot["id"], update_id, anna.id, before)
    await redis.set(keys[0], "Asked:password")
    bot.start()
    await anna.hears("Введите пароль")
    await quiet(telegram)
    assert telegram.calls["deletemessage"] == 0
    anna.text("password-of-anna")
    await anna.hears("вы вошли как Anna")


async def test_an_effect_that_had_happened_does_not_happen_again(
    world: World, telegram: TelegramServer, bot: Bot
) -> None:
    """The code was used up and the link made, the update was not finished: as after a crash in between."""
    code = await code_for(world, "anna")
    anna = telegram.person("anna")
    anna.text("/help")
    await anna.hears("/works")
    await quiet(telegram)
    await bot.stop()
    anna.text(f"/start {code.code}")
    bot_id, update_id = telegram.state.bot["id"], telegram.state.updates[-1]["update_id"]
    await updates.claim(world.system, bot_id, update_id, anna.id, {"state": None, "data": {}})
    seen = Context(world.runtime, world.system.actor, witness=updates.witness(bot_id, update_id, TelegramLinked))
    await links.redeem(seen, code.code, Chat(anna.id, "@anna", world.people["anna"].locale))
    bot.start()
    await anna.hears("вы вошли как Anna")
    assert len(await happened(world, "telegram.linked")) == 1


async def test_two_processes_with_one_update_cause_one_effect(world: World, telegram: TelegramServer) -> None:
    """The loser's transaction is undone whole."""
    course = await world.course("chem", "teacher", ["anna"])
    mine = [await world.start("anna", await world.work(course, "teacher")) for _ in range(2)]
    await updates.begin(world.system, 1, "bot")
    await updates.claim(world.system, 1, 7, 5, None)
    chat = Chat(5, "anna", world.people["anna"].locale)
    await links.attach(world.system, world.people["anna"].id, chat)
    who = world.of(world.people["anna"], "telegram")
    watched = replace(who, witness=updates.witness(1, 7, TelegramChanged))
    done = await asyncio.gather(*(links.choose(watched, a.id) for a in mine), return_exceptions=True)
    assert sum(isinstance(result, updates.AlreadyHappened) for result in done) == 1
    chosen = next(result.id for result in done if not isinstance(result, BaseException))
    assert (await rows(world, TelegramLink))[0].attempt_id == chosen
    assert len(await happened(world, "telegram.changed")) == 1
    assert not await rows(world, TelegramAnswer)


def test_without_a_token_the_command_says_what_is_missing(settings: Settings) -> None:
    env = {**os.environ, **environment(settings)}
    env.pop("PICRETE_TELEGRAM__TOKEN")
    command = [sys.executable, "-m", "picrete_gql", "bot"]
    done = subprocess.run(command, env=env, capture_output=True, timeout=60, check=False)
    assert done.returncode == 1 and b"PICRETE_TELEGRAM__TOKEN" in done.stderr and b"Traceback" not in done.stderr
