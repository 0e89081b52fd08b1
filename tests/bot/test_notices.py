"""What people are told by themselves: once each, in time, not when they want quiet, and not what they may not know."""

import asyncio
from datetime import timedelta
from uuid import UUID

from picrete_gql.jobs import notices as jobs
from picrete_gql.models import (
    Decision,
    MemberStatus,
    Notice,
    NoticeKind,
    NoticeState,
    Photo,
    Release,
    TelegramLink,
    Work,
    WorkKind,
)
from picrete_gql.models.telegram import NoticeQueued
from picrete_gql.problems import Locale
from picrete_gql.resolvers import attempts, grades, members, notices_following, readings, reviews, submissions, works
from picrete_gql.resolvers import notices_sending as sending
from picrete_gql.resolvers import telegram as links
from picrete_gql.rules.telegram import Chat
from tests.bot.support import rows
from tests.servers.telegram import Fault, TelegramServer
from tests.servers.telegram_people import Person
from tests.support.world import World


async def phone_of(world: World, telegram: TelegramServer, name: str, locale: Locale = Locale.RU) -> Person:
    """Somebody linked, without a bot running."""
    await world.person(name)
    phone = telegram.person(name)
    phone.chat.started = True
    await links.attach(world.system, world.people[name].id, Chat(phone.id, f"@{name}", locale))
    return phone


async def reviewing(world: World, name: str, work: Work, seeds: range = range(1)) -> UUID:
    """An attempt whose pages are up for review."""
    attempt = await world.start(name, work)
    for seed in seeds:
        await world.photo(name, attempt.id, seed)
    await attempts.submit(await world.person(name), attempt.id)
    await world.jobs()
    return attempt.id


async def approved(world: World, name: str, attempt_id: UUID) -> None:
    """The student sends it, the model proposes, the teacher approves."""
    student, teacher = await world.person(name), await world.person("teacher")
    for photo in await rows_of(world, attempt_id):
        await reviews.approve_page(student, photo)
    await reviews.finalise(student, attempt_id, Decision.SUBMIT, "")
    await world.jobs()
    submission = (await submissions.of_attempts(teacher, [attempt_id]))[0]
    assert submission is not None
    await grades.approve(teacher, submission.id, submission.version)
    await world.jobs()


async def rows_of(world: World, attempt_id: UUID) -> list[UUID]:
    """The ids of the photos of an attempt."""
    return [photo.id for photo in await rows(world, Photo, Photo.attempt_id == attempt_id)]


async def sweep(world: World) -> None:
    """What a worker does every ten seconds."""
    await jobs.sweep(world.system)
    await world.jobs()


async def states(world: World) -> dict[str, str]:
    """What has become of every notice."""
    return {notice.kind.value: notice.state.value for notice in await rows(world, Notice)}


async def test_a_review_is_announced_and_reminded_of_in_time(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    anna = await phone_of(world, telegram, "anna")
    await reviewing(world, "anna", await world.work(course, "teacher"), range(2))
    ready = await anna.hears("страницы прочитаны (2)")
    assert [button["text"] for button in ready.buttons] == ["Страница 1", "Страница 2"]
    await sweep(world)
    world.clock.forward(minutes=59)
    await sweep(world)
    assert len(anna.heard) == 1
    world.clock.forward(minutes=2)
    await sweep(world)
    await sweep(world)
    await anna.hears("половина времени")
    world.clock.forward(minutes=50)
    await sweep(world)
    await sweep(world)
    await anna.hears("почти вышло")
    assert len(anna.heard) == 3
    assert set((await states(world)).values()) == {"sent"}


async def test_deadlines_are_told_in_the_zone_of_the_work(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    anna = await phone_of(world, telegram, "anna", Locale.EN)
    work = await world.work(course, "teacher", time_zone="Asia/Vladivostok")
    await reviewing(world, "anna", work)
    told = await anna.hears("the pages have been read")
    deadline = (await rows(world, Notice, Notice.kind == NoticeKind.REVIEW_READY))[0].about
    assert (deadline + timedelta(hours=10)).strftime("%d.%m %H:%M") in told.text


async def test_who_sent_the_work_is_not_reminded(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    anna = await phone_of(world, telegram, "anna")
    attempt_id = await reviewing(world, "anna", await world.work(course, "teacher"))
    await reviews.approve_page(await world.person("anna"), (await rows_of(world, attempt_id))[0])
    await reviews.finalise(await world.person("anna"), attempt_id, Decision.SUBMIT, "")
    world.clock.forward(minutes=115)
    await sweep(world)
    assert [message.text[-1:] for message in anna.heard] and len(anna.heard) == 1
    assert await states(world) == {"review_ready": "sent", "review_half": "stale", "review_last": "stale"}


async def test_a_page_read_again_is_announced_again(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    anna = await phone_of(world, telegram, "anna")
    attempt_id = await reviewing(world, "anna", await world.work(course, "teacher"))
    world.clock.forward(minutes=10)
    await readings.read_again(await world.person("teacher"), (await rows_of(world, attempt_id))[0])
    await world.jobs()
    await anna.hears("страницы прочитаны")
    await anna.hears("страницы прочитаны")
    world.clock.forward(minutes=55)
    await sweep(world)
    # Half of the first deadline is nobody's business any more.
    assert len(anna.heard) == 2


async def test_a_mark_is_told_when_it_is_released_and_not_before(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    anna = await phone_of(world, telegram, "anna")
    work = await world.work(course, "teacher", release=Release.MANUAL)
    attempt_id = await reviewing(world, "anna", work)
    await approved(world, "anna", attempt_id)
    await sweep(world)
    assert len(anna.heard) == 1
    await grades.release(await world.person("teacher"), work.id)
    await world.jobs()
    await anna.hears(" из 10.", "Преподаватель:")
    await sweep(world)
    assert len(anna.heard) == 2
    teacher = await world.person("teacher")
    submission = (await submissions.of_attempts(teacher, [attempt_id]))[0]
    assert submission is not None
    await grades.reject(teacher, submission.id, submission.version, "<b>списано</b> " + "ы" * 5000)
    await sweep(world)
    assert len(anna.heard) == 2


async def test_a_rejection_has_its_own_words(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    anna = await phone_of(world, telegram, "anna")
    attempt_id = await reviewing(world, "anna", await world.work(course, "teacher"))
    teacher = await world.person("teacher")
    submission = (await submissions.of_attempts(teacher, [attempt_id]))[0]
    assert submission is not None
    await grades.reject(teacher, submission.id, submission.version, "<b>списано</b> " + "ы" * 5000)
    await world.jobs()
    told = await anna.hears("отклонена", "<b>списано</b>")
    assert len(told.text) <= 4096 and "http" in told.text


async def test_old_news_is_not_told_to_who_links_later(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna", "boris"])
    work = await world.work(course, "teacher")
    done, waiting = await reviewing(world, "anna", work), await reviewing(world, "boris", work)
    await approved(world, "anna", done)
    anna, boris = await phone_of(world, telegram, "anna"), await phone_of(world, telegram, "boris")
    world.clock.forward(minutes=70)
    await sweep(world)
    # A review can still be done; half of its time is over, so only the last reminder is left.
    await boris.hears("страницы прочитаны")
    assert not anna.heard and waiting
    assert await states(world) == {"review_ready": "sent", "review_last": "waiting"}


async def test_quiet_is_kept(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    anna = await phone_of(world, telegram, "anna")
    await links.update(await world.person("anna"), muted=True)
    attempt_id = await reviewing(world, "anna", await world.work(course, "teacher"))
    await approved(world, "anna", attempt_id)
    assert not anna.heard
    await links.update(await world.person("anna"), muted=False)
    await sweep(world)
    assert not anna.heard and (await states(world))["mark"] == "muted"


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


async def test_a_worker_that_died_while_sending_is_replaced(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    anna = await phone_of(world, telegram, "anna")
    await links.update(await world.person("anna"), muted=True)
    await reviewing(world, "anna", await world.work(course, "teacher"))
    await links.update(await world.person("anna"), muted=False)
    notice = (await rows(world, Notice, Notice.kind == NoticeKind.REVIEW_READY))[0]
    async with world.runtime.sessions() as session:
        notice.state = NoticeState.WAITING
        session.add(notice)
        await session.commit()
    dead = UUID(int=1)
    assert await sending.take(world.system, world.people["anna"].id, dead) is not None
    await sweep(world)
    assert not anna.heard
    world.clock.forward(seconds=world.runtime.settings.telegram.lease_seconds + 1)
    await sweep(world)
    assert len(anna.heard) == 1
    assert not await sending.delivered(world.system, notice.id, dead, 1, None)


async def test_a_suspended_student_hears_nothing_of_the_course(world: World, telegram: TelegramServer) -> None:
    course = await world.course("chem", "teacher", ["anna"])
    anna = await phone_of(world, telegram, "anna")
    attempt = await world.start("anna", await world.work(course, "teacher"))
    await world.photo("anna", attempt.id)
    await attempts.submit(await world.person("anna"), attempt.id)
    mine = (await members.mine(await world.person("anna")))[0]
    await members.change(await world.person("teacher"), mine.id, status=MemberStatus.SUSPENDED)
    await world.jobs()
    await sweep(world)
    assert not anna.heard and (await states(world))["review_ready"] == "stale"


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
