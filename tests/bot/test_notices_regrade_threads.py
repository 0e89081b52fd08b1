"""Threads of requests in Telegram: what one side says the other hears, each message once, and nobody themselves."""

import asyncio
from typing import Any
from uuid import UUID

from picrete_gql.jobs import notices as jobs
from picrete_gql.local.telegram.people import Person
from picrete_gql.models import Criterion, MemberStatus, Notice, NoticeKind, NoticeState, Regrade, RegradeMessage, Role
from picrete_gql.models.regrades import RegradeDiscussed
from picrete_gql.models.telegram import NoticeQueued
from picrete_gql.problems import Locale
from picrete_gql.resolvers import members, notices_following, notices_regrade_threads, notices_regrades, regrades
from picrete_gql.resolvers import notices_sending as sending
from picrete_gql.resolvers import telegram as links
from tests.attempts.steps import TEACHER, change
from tests.bot.support import rows
from tests.bot.telling import asking, phone_of, states, sweep
from tests.regrades.steps import answered, asked, second_teacher
from tests.servers.telegram import Fault, TelegramServer
from tests.support.world import World

KIND = NoticeKind.REGRADE_DISCUSSED
BY_STUDENT, BY_TEACHER = "студент пишет о своём запросе", "преподаватель пишет о вашем запросе"


async def says(world: World, name: str, regrade: Regrade, text: str) -> RegradeMessage:
    """Somebody writes into the thread."""
    await regrades.say(await world.person(name), regrade.id, text)
    [said] = await rows(world, RegradeMessage, RegradeMessage.text == text)
    return said


async def talk(world: World) -> Regrade:
    """A request whose teachers have been told of it."""
    _, made, _ = await asking(world)
    await world.jobs()
    return made


def of_thread(phone: Person) -> list[str]:
    """What somebody was told of threads, the first first."""
    return [message.text for message in phone.heard if "пишет о" in message.text or "writes about" in message.text]


async def notices(world: World) -> dict[UUID, str]:
    """What has become of the news from threads, by who was to hear it."""
    return {notice.account_id: notice.state.value for notice in await rows(world, Notice, Notice.kind == KIND)}


async def test_each_side_hears_the_other_once(world: World, telegram: TelegramServer) -> None:
    boss, anna = await phone_of(world, telegram, TEACHER), await phone_of(world, telegram, "anna", Locale.EN)
    made = await talk(world)
    await says(world, "anna", made, "Вот <b>здесь</b>")
    await world.jobs()
    told = await boss.hears(BY_STUDENT, "задача 1, «Счёт»", "Вот <b>здесь</b>", "http")
    assert "Anna" not in told.text
    await says(world, TEACHER, made, "Where? " + "ы" * 1900)
    await world.jobs()
    told = await anna.hears("a teacher writes about your request", "task 1", "Where?", "http")
    assert len(told.text) <= 4096 and "Teacher" not in told.text
    for _ in range(2):
        await jobs.regrade_discussed(world.system, RegradeDiscussed.about(made))
        await sweep(world)
    assert (len(of_thread(boss)), len(of_thread(anna))) == (1, 1)
    [mine] = await rows(world, Notice, Notice.kind == KIND, Notice.account_id == made.student_id)
    [_, said] = await rows(world, RegradeMessage)
    assert (mine.subject_id, mine.about) == (said.id, said.created_at)


async def test_teachers_are_chosen_as_for_the_request(world: World, telegram: TelegramServer) -> None:
    _, made, course = await asking(world)
    await second_teacher(world, course)
    boss, second = await phone_of(world, telegram, TEACHER), await phone_of(world, telegram, "second")
    await says(world, "anna", made, "Всем")
    await world.jobs()
    await notices_following.follow(await world.person("second"), made.work_id, follow=True)
    await says(world, "anna", made, "Кто следит")
    await says(world, "second", made, "Смотрю")
    await world.jobs()
    await sweep(world)
    assert ["Всем" in text for text in of_thread(boss)] == [True]
    assert [BY_STUDENT in text for text in of_thread(second)] == [True, True]


async def test_who_studies_and_teaches_is_never_told_their_own_words(world: World, telegram: TelegramServer) -> None:
    boss, anna = await phone_of(world, telegram, TEACHER), await phone_of(world, telegram, "anna")
    found, made, _ = await asking(world)
    [mine] = await members.mine(await world.person("anna"))
    await members.change(await world.person(TEACHER), mine.id, roles=[Role.STUDENT, Role.TEACHER])
    await notices_following.follow(await world.person("anna"), made.work_id, follow=True)
    await says(world, "anna", made, "Сама себе")
    await says(world, TEACHER, made, "Вам")
    await asked(world, "anna", found, (await rows(world, Criterion, Criterion.work_id == made.work_id))[0], "И ещё")
    await world.jobs()
    await sweep(world)
    assert ["Сама себе" in text for text in of_thread(boss)] == [True]
    assert ["Вам" in text for text in of_thread(anna)] == [True]
    await boss.hears("просит пересмотреть", "И ещё")
    assert not [message for message in anna.heard if "просит" in message.text]
    assert await notices_regrade_threads.unplanned(world.system) == await notices_regrades.unplanned(world.system) == []


async def test_who_wants_quiet_or_lost_the_right_hears_nothing(world: World, telegram: TelegramServer) -> None:
    boss, anna = await phone_of(world, telegram, TEACHER), await phone_of(world, telegram, "anna")
    found, made, course = await asking(world)
    await second_teacher(world, course)
    second = await phone_of(world, telegram, "second")
    await world.jobs()
    student, teacher = await world.person("anna"), await world.person(TEACHER)
    await links.update(student, muted=True)
    await links.update(teacher, muted=True)
    await says(world, TEACHER, made, "Тихо")
    await says(world, "anna", made, "Тише")
    await notices_regrade_threads.plan(world.system, found.attempt_id)
    [theirs] = await members.mine(await world.person("second"))
    await members.change(teacher, theirs.id, status=MemberStatus.SUSPENDED)
    await world.jobs()
    ids = {name: world.people[name].id for name in ("anna", TEACHER, "second")}
    assert await notices(world) == {ids["anna"]: "muted", ids[TEACHER]: "muted", ids["second"]: "stale"}
    await links.update(student, muted=False)
    await says(world, TEACHER, made, "Видно?")
    await notices_regrade_threads.plan(world.system, found.attempt_id)
    [mine] = await members.mine(student)
    await members.change(teacher, mine.id, status=MemberStatus.SUSPENDED)
    await world.jobs()
    await sweep(world)
    last = (await rows(world, Notice, Notice.kind == KIND))[-1]
    assert (last.account_id, last.state) == (ids["anna"], NoticeState.STALE)
    assert [of_thread(phone) for phone in (boss, anna, second)] == [[], [], []]


async def test_a_mark_that_is_taken_back_keeps_its_thread_quiet(world: World, telegram: TelegramServer) -> None:
    anna = await phone_of(world, telegram, "anna")
    found, made, _ = await asking(world)
    await world.jobs()
    await says(world, TEACHER, made, "Ещё посмотрим")
    await notices_regrade_threads.plan(world.system, found.attempt_id)
    await change(world, "UPDATE submission SET status = 'processing', released_at = NULL")
    await world.jobs()
    assert not of_thread(anna) and (await states(world))[KIND.value] == "stale"


async def test_who_blocked_the_bot_or_links_later_hears_nothing(world: World, telegram: TelegramServer) -> None:
    boss = await phone_of(world, telegram, TEACHER)
    made = await talk(world)
    await links.set_blocked(world.system, boss.id, is_blocked=True)
    said = [await says(world, TEACHER, made, "Рано"), await says(world, "anna", made, "Заблокировано")]
    anna = await phone_of(world, telegram, "anna")
    await jobs.regrade_discussed(world.system, RegradeDiscussed.about(made))
    await sweep(world)
    assert await notices_regrade_threads.unplanned(world.system) == []
    assert len(said) == 2 and not await notices(world) and not of_thread(boss) and not anna.heard


async def test_what_was_closed_meanwhile_is_not_told(world: World, telegram: TelegramServer) -> None:
    boss, anna = await phone_of(world, telegram, TEACHER), await phone_of(world, telegram, "anna")
    found, made, _ = await asking(world)
    await world.jobs()
    await says(world, "anna", made, "Подождите")
    await says(world, TEACHER, made, "Смотрю")
    await notices_regrade_threads.plan(world.system, found.attempt_id)
    await says(world, "anna", made, "Не дошло")
    await world.runtime.gateways.redis.flushdb()
    await answered(await world.person(TEACHER), made, found.version, "Нет")
    await sweep(world)
    assert set((await notices(world)).values()) == {"stale"}
    await anna.hears("оценка осталась прежней")
    assert len(await rows(world, Notice, Notice.kind == KIND)) == 2
    assert not of_thread(boss) and not of_thread(anna)


async def test_a_lost_alarm_is_made_up_for_in_the_order_of_the_thread(world: World, telegram: TelegramServer) -> None:
    boss, anna = await phone_of(world, telegram, TEACHER), await phone_of(world, telegram, "anna")
    _, made, _ = await asking(world)
    for name, text in (("anna", "раз"), ("anna", "два"), (TEACHER, "три"), ("anna", "четыре")):
        await says(world, name, made, text)
    await world.runtime.gateways.redis.flushdb()
    await notices_regrade_threads.plan(world.system, made.attempt_id)
    await world.runtime.gateways.redis.flushdb()
    await sweep(world)
    await sweep(world)
    words = ["просит пересмотреть", "\nраз", "\nдва", "\nчетыре"]
    assert [word for message in boss.heard for word in words if word in message.text] == words
    assert ["три" in text for text in of_thread(anna)] == [True]
    await says(world, TEACHER, made, "пять")
    await world.runtime.gateways.redis.flushdb()
    assert await notices_regrade_threads.unplanned(world.system) == [made.attempt_id]
    await sweep(world)
    assert ["пять" in text for text in of_thread(anna)] == [False, True]
    assert await notices_regrade_threads.unplanned(world.system) == []


async def test_old_words_are_not_told(world: World, telegram: TelegramServer) -> None:
    boss, anna = await phone_of(world, telegram, TEACHER), await phone_of(world, telegram, "anna")
    made = await talk(world)
    await says(world, "anna", made, "Спланировано поздно")
    world.clock.forward(hours=world.runtime.settings.telegram.notice_hours - 1)
    await notices_regrade_threads.plan(world.system, made.attempt_id)
    await says(world, TEACHER, made, "Ещё ново")
    world.clock.forward(hours=2)
    await sweep(world)
    assert not of_thread(boss) and ["Ещё ново" in text for text in of_thread(anna)] == [True]
    await says(world, TEACHER, made, "Забыто")
    await world.runtime.gateways.redis.flushdb()
    world.clock.forward(hours=25)
    await sweep(world)
    assert not of_thread(boss) and len(of_thread(anna)) == 1
    assert await notices(world) == {world.people[TEACHER].id: "stale", made.student_id: "sent"}


async def test_many_workers_tell_once_and_a_dead_one_is_replaced(world: World, telegram: TelegramServer) -> None:
    boss, anna = await phone_of(world, telegram, TEACHER), await phone_of(world, telegram, "anna")
    made = await talk(world)
    await says(world, "anna", made, "Вопрос")
    await says(world, TEACHER, made, "Ответ")
    await world.runtime.gateways.redis.flushdb()
    event: Any = RegradeDiscussed.about(made)
    await asyncio.gather(*(jobs.regrade_discussed(world.system, event) for _ in range(4)), jobs.sweep(world.system))
    assert len(await rows(world, Notice, Notice.kind == KIND)) == 2
    # One has taken the teacher's and dies with it, the others send what is left.
    dead, ids = UUID(int=1), [world.people[name].id for name in (TEACHER, "anna")]
    assert await sending.take(world.system, ids[0], dead) is not None
    telegram.script(Fault("sendmessage", "slow", 0.3, chat_id=anna.id))
    await asyncio.gather(*(jobs.send(world.system, NoticeQueued(account_id=id)) for id in ids * 3))
    assert (len(of_thread(boss)), len(of_thread(anna))) == (0, 1)
    world.clock.forward(seconds=world.runtime.settings.telegram.lease_seconds + 1)
    await asyncio.gather(sweep(world), sweep(world))
    await sweep(world)
    assert (len(of_thread(boss)), len(of_thread(anna))) == (1, 1)
