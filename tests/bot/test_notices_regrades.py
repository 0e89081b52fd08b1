"""Requests for another look in Telegram: teachers hear of a new one, its student of the answer, each once."""

from typing import Any

from picrete_gql.jobs import notices as jobs
from picrete_gql.models import MemberStatus, Notice, NoticeKind, Submission, Work
from picrete_gql.models.regrades import RegradeAsked
from picrete_gql.problems import Locale
from picrete_gql.resolvers import members, notices_following, notices_regrades, regrades
from picrete_gql.resolvers import telegram as links
from tests.attempts.steps import TEACHER
from tests.bot.support import rows
from tests.bot.telling import asking, phone_of, states, sweep
from tests.regrades.steps import answered, asked, marked, plain_class, rubric, second_teacher
from tests.servers.telegram import TelegramServer
from tests.support.world import World


async def test_teachers_hear_of_a_request_and_the_student_of_the_answer(world: World, telegram: TelegramServer) -> None:
    boss = await phone_of(world, telegram, TEACHER)
    anna = await phone_of(world, telegram, "anna", Locale.EN)
    found, made, _ = await asking(world)
    await world.jobs()
    told = await boss.hears("просит пересмотреть задачу 1, «Счёт»", made.text)
    assert "http" in told.text and "Anna" not in told.text
    before = len(anna.heard)
    await answered(await world.person(TEACHER), made, found.version, "Yes <b>indeed</b> " + "ы" * 1900, points="4.5")
    await world.jobs()
    told = await anna.hears("the mark is now 8.5 of 10", "<b>indeed</b>")
    assert len(told.text) <= 4096
    for _ in range(2):
        await sweep(world)
    assert (len(boss.heard), len(anna.heard)) == (1, before + 1)


async def test_an_unchanged_mark_has_its_own_words(world: World, telegram: TelegramServer) -> None:
    anna = await phone_of(world, telegram, "anna")
    found, made, _ = await asking(world)
    await answered(await world.person(TEACHER), made, found.version, "Нет")
    await world.jobs()
    await anna.hears("оценка осталась прежней", "Преподаватель: Нет")


async def test_what_an_alarm_lost_is_told_by_the_sweeper(world: World, telegram: TelegramServer) -> None:
    boss, anna = await phone_of(world, telegram, TEACHER), await phone_of(world, telegram, "anna")
    found, made, _ = await asking(world)
    await world.runtime.gateways.redis.flushdb()
    await sweep(world)
    await boss.hears("просит пересмотреть")
    await answered(await world.person(TEACHER), made, found.version, "Нет")
    await world.runtime.gateways.redis.flushdb()
    await sweep(world)
    await anna.hears("оценка осталась прежней")
    assert await notices_regrades.unplanned(world.system) == []


async def test_old_news_is_not_told_to_who_links_later(world: World, telegram: TelegramServer) -> None:
    found, made, _ = await asking(world)
    boss = await phone_of(world, telegram, TEACHER)
    await sweep(world)
    await jobs.regrade_asked(world.system, RegradeAsked.about(made))
    await answered(await world.person(TEACHER), made, found.version)
    anna = await phone_of(world, telegram, "anna")
    await sweep(world)
    assert not boss.heard and not anna.heard


async def test_who_follows_the_work_hears_instead_of_everybody(world: World, telegram: TelegramServer) -> None:
    course, work = await plain_class(world, "anna")
    await second_teacher(world, course)
    boss, second = await phone_of(world, telegram, TEACHER), await phone_of(world, telegram, "second")
    found = await marked(world, "anna", work)
    criteria = await rubric(world, work)
    await asked(world, "anna", found, criteria[0])
    await world.jobs()
    for phone in (boss, second):
        await phone.hears("просит пересмотреть")
    await notices_following.follow(await world.person("second"), work.id, follow=True)
    await world.jobs()
    await asked(world, "anna", found, criteria[1])
    await world.jobs()
    await sweep(world)
    await second.hears("«Счёт»")
    assert not [message for message in boss.heard if "«Счёт»" in message.text]


async def test_what_is_over_or_hidden_is_not_told(world: World, telegram: TelegramServer) -> None:
    boss, anna = await phone_of(world, telegram, TEACHER), await phone_of(world, telegram, "anna")
    await links.update(await world.person("anna"), muted=True)
    found, made, course = await asking(world)
    student, teacher = await world.person("anna"), await world.person(TEACHER)
    # Withdrawn before a worker came.
    await notices_regrades.plan(world.system, found.attempt_id)
    await regrades.withdraw(student, made.id)
    await world.jobs()
    assert not boss.heard
    await links.update(student, muted=False)
    again = await asked(world, "anna", found, (await rubric(world, await work_of(world, found)))[0])
    await answered(teacher, again, found.version, "Нет")
    await notices_regrades.plan(world.system, found.attempt_id)
    [mine] = await members.mine(student)
    await members.change(teacher, mine.id, status=MemberStatus.SUSPENDED)
    await world.jobs()
    assert not [message for message in anna.heard if "запрос" in message.text]
    assert (await states(world))["regrade_answered"] == "stale"
    assert course.id == found.course_id


async def work_of(world: World, found: Submission) -> Any:
    """The work of a submission."""
    return (await rows(world, Work, Work.id == found.work_id))[0]


async def test_who_no_longer_teaches_hears_nothing(world: World, telegram: TelegramServer) -> None:
    course, work = await plain_class(world, "anna")
    second = await second_teacher(world, course)
    phone = await phone_of(world, telegram, "second")
    found = await marked(world, "anna", work)
    await asked(world, "anna", found, (await rubric(world, work))[0])
    await notices_regrades.plan(world.system, found.attempt_id)
    [mine] = await members.mine(second)
    await members.change(await world.person(TEACHER), mine.id, status=MemberStatus.SUSPENDED)
    await world.jobs()
    assert not phone.heard
    planned = await rows(world, Notice, Notice.kind == NoticeKind.REGRADE_ASKED)
    assert [notice.state.value for notice in planned] == ["stale"]
