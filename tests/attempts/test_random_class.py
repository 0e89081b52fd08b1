"""A class in which everybody does anything at any time: nothing leaves the table, nothing takes a human's mark back."""

import random
from decimal import Decimal
from uuid import UUID

import pytest

from picrete_gql.models import Attempt, AttemptStatus, Decision, Submission
from picrete_gql.problems import NotFound, Problem
from picrete_gql.resolvers import attempts, grades, pages, reviews, submissions
from tests.attempts.steps import TEACHER, class_of, happened, pages_of, submission_of
from tests.attempts.table import HUMAN, TABLE, mark, statuses
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support.world import World


@pytest.mark.parametrize("seed", range(3))
async def test_a_random_class_stays_in_the_table(
    world: World, ocr: DatalabServer, llm: OpenAiServer, seed: int
) -> None:
    """The same through the resolvers, with real rows, real jobs, and providers that fail now and then."""
    rng = random.Random(seed)
    names = ["ada", "bob", "eve"]
    _, work = await class_of(world, *names, max_attempts=5)
    teacher = await world.person(TEACHER)
    started: dict[str, UUID] = {}

    async def start(name: str) -> None:
        started[name] = (await world.start(name, work)).id

    async def photo(name: str) -> None:
        await world.photo(name, started[name], seed=rng.randrange(4))

    async def submit(name: str) -> None:
        await attempts.submit(await world.person(name), started[name])

    async def review(name: str) -> None:
        who = rng.choice([await world.person(name), teacher])
        for page in await pages_of(world, started[name]):
            await reviews.approve_page(who, page.id)
        await reviews.finalise(who, started[name], Decision.SUBMIT, "")

    async def read_again(name: str) -> None:
        for page in (await pages_of(world, started[name]))[:1]:
            await pages.read_again(teacher, page.id)

    async def teach(name: str) -> None:
        [found] = await submissions.of_attempts(world.system, [started[name]])
        if found is None:
            raise NotFound("submission")
        version = found.version - rng.choice([0, 0, 0, 1])
        await rng.choice(
            [
                lambda: grades.approve(teacher, found.id, version),
                lambda: grades.override(teacher, found.id, version, Decimal(3), "seen", {}),
                lambda: grades.reject(teacher, found.id, version, "seen"),
                lambda: grades.precheck_again(teacher, found.id, version),
            ]
        )()

    async def jobs(name: str) -> None:
        ocr.script(rng.choice([[], [], ["500"], ["complete_failed"]]))
        llm.script(rng.choice([[], [], ["500"], ["refusal"]]))
        marked = {id: mark(await submission_of(world, id)) for id in await marked_ones()}
        await world.jobs()
        assert marked == {id: mark(await submission_of(world, id)) for id in marked}, "a job changed a human's mark"

    async def clock(name: str) -> None:
        world.clock.forward(minutes=rng.choice([1, 20]))
        await attempts.expire_due(world.system)
        await reviews.time_out(world.system)
        for id in await attempts.unsettled(world.system):
            await attempts.settle(world.system, id)

    async def everything() -> list[tuple[Attempt, Submission | None]]:
        found = [await attempts.get(world.system, id) for id in started.values()]
        return list(zip(found, await submissions.of_attempts(world.system, [a.id for a in found]), strict=True))

    async def marked_ones() -> list[UUID]:
        return [attempt.id for attempt, found in await everything() if found is not None and found.status in HUMAN]

    steps = [start, photo, photo, submit, review, review, read_again, teach, teach, jobs, jobs, clock]
    refused, done, reached = 0, 0, set()
    for _ in range(100):
        name = rng.choice(names)
        step = start if name not in started else rng.choice(steps)
        try:
            await step(name)
            done += 1
        except Problem:
            refused += 1
        for attempt, found in await everything():
            closed = attempt.status is not AttemptStatus.ACTIVE
            assert closed is (attempt.submitted_at is not None)
            if found is not None:
                reached.add(statuses(found))
            assert closed <= (found is not None), "every closed attempt has a submission"
            marked = found is not None and found.status in HUMAN
            assert (attempt.status is AttemptStatus.GRADED) is marked
    assert reached <= TABLE
    assert len(reached) >= 6 and done > 30 and refused > 10, "else the test has not tried much"
    ends = [name for name in await happened(world) if name in ("attempt.expired", "attempt.submitted")]
    begun = await happened(world, "attempt.started")
    assert len(ends) <= len(begun)
