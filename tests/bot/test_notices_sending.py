"""How people are told: once, by one of many workers, as fast as Telegram allows; teachers see one message change."""

import asyncio
from datetime import timedelta
from uuid import UUID

from picrete_gql.jobs import notices as jobs
from picrete_gql.local.telegram.people import until
from picrete_gql.models import (
    Notice,
    NoticeKind,
    NoticeState,
    TelegramLink,
    Work,
    WorkKind,
)
from picrete_gql.models.telegram import NoticeQueued
from picrete_gql.resolvers import attempts, notices_following, works
from picrete_gql.resolvers import notices_sending as sending
from picrete_gql.resolvers import telegram as links
from tests.bot.support import rows
from tests.bot.telling import phone_of, reviewing, sweep
from tests.servers.telegram import Fault, TelegramServer
from tests.support.world import World


async def test_who_blocked_the_bot_is_left_alone_until_they_come_back(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    anna = await phone_of(world, telegram, "anna")
    anna.chat.blocked = True
    work = await world.work(course, "teacher")
    await reviewing(world, "anna", work)
    await sweep(world)
    assert telegram.calls["sendmessage"] == 1
    assert (await rows(world, TelegramLink))[0].blocked_at is not None
    anna.chat.blocked = False
    await links.set_blocked(world.system, anna.id, is_blocked=False)
    world.clock.forward(minutes=110)
    await sweep(world)
    assert [message.text for message in anna.heard] and "почти вышло" in anna.last.text


async def test_429_is_obeyed_and_nothing_is_lost(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna", "boris"])
    anna, boris = await phone_of(world, telegram, "anna"), await phone_of(world, telegram, "boris")
    telegram.script(Fault("sendmessage", "429", 2, chat_id=anna.id), Fault("sendmessage", "500", chat_id=boris.id))
    work = await world.work(course, "teacher")
    await reviewing(world, "anna", work)
    await reviewing(world, "boris", work)
    await anna.hears("страницы прочитаны")
    await boris.hears("страницы прочитаны")
    assert not telegram.impatient and not telegram.faults
    assert (len(anna.heard), len(boris.heard)) == (1, 1)


async def test_many_workers_tell_once(world: World, telegram: TelegramServer) -> None:
    names = [f"student-{n}" for n in range(6)]
    course = await world.course("chem", "teacher", names)
    phones = [await phone_of(world, telegram, name) for name in names]
    work = await world.work(course, "teacher", kind=WorkKind.HOMEWORK, duration_minutes=None)
    for name in names:
        attempt = await world.start(name, work)
        await world.photo(name, attempt.id)
        await attempts.submit(await world.person(name), attempt.id)
    for name in names:
        await links.update(await world.person(name), muted=True)
    await world.jobs()
    for name in names:
        await links.update(await world.person(name), muted=False)
    async with world.runtime.sessions() as session:
        for notice in await rows(world, Notice, Notice.kind == NoticeKind.REVIEW_READY):
            notice.state = NoticeState.WAITING
            session.add(notice)
        await session.commit()
    telegram.script(*[Fault("sendmessage", "slow", 0.3, chat_id=phone.id) for phone in phones])
    queued = [NoticeQueued(account_id=world.people[name].id) for name in names]
    await asyncio.gather(*(jobs.send(world.system, event) for event in queued * 4), sweep(world), sweep(world))
    await sweep(world)
    assert [len(phone.heard) for phone in phones] == [1] * 6


async def unsent(world: World, name: str, work: Work) -> Notice:
    """News that nobody has begun to send."""
    await links.update(await world.person(name), muted=True)
    await reviewing(world, name, work)
    await links.update(await world.person(name), muted=False)
    notice: Notice = (await rows(world, Notice, Notice.kind == NoticeKind.REVIEW_READY))[0]
    async with world.runtime.sessions() as session:
        notice.state = NoticeState.WAITING
        session.add(notice)
        await session.commit()
    return notice


async def test_a_worker_that_died_while_sending_is_replaced(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    anna = await phone_of(world, telegram, "anna")
    notice = await unsent(world, "anna", await world.work(course, "teacher"))
    dead = UUID(int=1)
    assert await sending.take(world.system, world.people["anna"].id, dead) is not None
    await sweep(world)
    assert not anna.heard
    world.clock.forward(seconds=world.runtime.settings.telegram.lease_seconds + 1)
    await sweep(world)
    assert len(anna.heard) == 1
    assert not await sending.delivered(world.system, notice.id, dead, 1, None)


async def test_a_worker_that_stops_politely_while_sending_tells_once(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    anna = await phone_of(world, telegram, "anna")
    await unsent(world, "anna", await world.work(course, "teacher"))
    telegram.script(Fault("sendmessage", "slow", 0.5))
    task = asyncio.create_task(jobs.send(world.system, NoticeQueued(account_id=world.people["anna"].id)))
    await until(lambda: telegram.calls["sendmessage"], 10, lambda: "nothing is sent")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    world.clock.forward(seconds=world.runtime.settings.telegram.lease_seconds + 1)
    await sweep(world)
    assert len(anna.heard) == telegram.calls["sendmessage"] == 1


async def test_a_teacher_follows_how_many_have_handed_in(world: World, telegram: TelegramServer) -> None:
    names = ["anna", "boris", "clara"]
    course = await world.course("chem", "teacher", names)
    boss = await phone_of(world, telegram, "teacher")
    work = await world.work(course, "teacher")
    await notices_following.follow(await world.person("teacher"), work.id, follow=True)
    for number, name in enumerate(names, 1):
        attempt = await world.start(name, work)
        await attempts.submit(await world.person(name), attempt.id)
        await world.jobs()
        world.clock.forward(seconds=5)
        await sweep(world)
        shown = await boss.sees(boss.heard[0], f"сдали {number} из 3")
    assert len(boss.heard) == 1 and shown.edits == 2
    await sweep(world)
    world.clock.forward(hours=4)
    while await works.tick(world.system):
        pass
    await sweep(world)
    await boss.hears("закончилась: сдали 3 из 3")
    await sweep(world)
    assert len(boss.heard) == 2
    # A message that was deleted meanwhile is said anew instead of being changed.
    second = await world.work(course, "teacher", title="Вторая", ends_at=world.clock() + timedelta(hours=2))
    await notices_following.follow(await world.person("teacher"), second.id, follow=True)
    for name in names[:2]:
        await attempts.submit(await world.person(name), (await world.start(name, second)).id)
        await world.jobs()
        boss.last.deleted = "Вторая" in boss.last.text and name == "anna"
        world.clock.forward(seconds=5)
        await sweep(world)
    assert "«Вторая»: сдали 2 из 3" in boss.last.text
    await notices_following.follow(await world.person("teacher"), second.id, follow=False)
    await attempts.submit(await world.person("clara"), (await world.start("clara", second)).id)
    await sweep(world)
    assert "сдали 2 из 3" in boss.last.text


async def test_without_a_token_nobody_is_told_anything(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    await phone_of(world, telegram, "anna")
    world.runtime.gateways.telegram = None
    await reviewing(world, "anna", await world.work(course, "teacher"))
    await sweep(world)
    assert not await rows(world, Notice) and not telegram.calls["sendmessage"]
