"""What the tests of notices share: people who are linked without a bot, and works that have come so far."""

from typing import Any
from uuid import UUID

from picrete_gql.jobs import notices as jobs
from picrete_gql.local.telegram.people import Person
from picrete_gql.models import (
    Decision,
    Notice,
    Photo,
    Regrade,
    Submission,
    Work,
)
from picrete_gql.problems import Locale
from picrete_gql.resolvers import attempts, grades, reviews, submissions
from picrete_gql.resolvers import telegram as links
from picrete_gql.rules.telegram import Chat
from tests.bot.support import rows
from tests.regrades.steps import asked, marked, plain_class, rubric
from tests.servers.telegram import TelegramServer
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


async def asking(world: World, **more: Any) -> tuple[Submission, Regrade, Any]:
    """A class in which Anna has asked about the second criterion; her mark was released before anybody had a phone."""
    course, work = await plain_class(world, "anna", **more)
    found = await marked(world, "anna", work)
    return found, await asked(world, "anna", found, (await rubric(world, work))[1]), course


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
