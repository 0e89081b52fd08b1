"""What people are told by themselves: once each, in time, not when they want quiet, and not what they may not know."""

from datetime import timedelta

from picrete_gql.models import (
    Decision,
    MemberStatus,
    Notice,
    NoticeKind,
    Release,
)
from picrete_gql.problems import Locale
from picrete_gql.resolvers import attempts, grades, members, pages, reviews, submissions
from picrete_gql.resolvers import telegram as links
from tests.bot.support import rows
from tests.bot.telling import approved, phone_of, reviewing, rows_of, states, sweep
from tests.servers.telegram import TelegramServer
from tests.support.world import World


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
    await pages.read_again(await world.person("teacher"), (await rows_of(world, attempt_id))[0])
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
