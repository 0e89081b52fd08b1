"""A small world for tests below the doors: people, a course, a published work, and a clock that obeys."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from arq.worker import Worker

from picrete_gql.call import SYSTEM, Actor, Context
from picrete_gql.jobs import make_worker
from picrete_gql.models import Account, Attempt, Course, CriterionKind, Difficulty, Release, Role, Work, WorkKind
from picrete_gql.problems import Locale
from picrete_gql.resolvers import accounts, attempts, courses, members, photos, tasks, works
from picrete_gql.runtime import Runtime, utc_now
from tests import images


class Clock:
    """The time of day plus what the test adds."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.shift

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.shift += timedelta(**by)


def task_plan(variants: int = 2, points: str = "10") -> tasks.TaskPlan:
    """A task with the secrets that no student may see."""
    made = [
        tasks.VariantPlan(
            content=f"Вариант {n}: найдите массу {n} моль воды",
            parameters={"n": n},
            reference_solution=f"SECRET-SOLUTION m = {n} * 18",
            reference_answer=str(18 * n),
            tolerance=Decimal("0.01"),
            units="г",
        )
        for n in range(1, variants + 1)
    ]
    criteria = [
        tasks.CriterionPlan(CriterionKind.METHOD, "Метод", "ход решения", "SECRET-NOTE", Decimal(points) / 2),
        tasks.CriterionPlan(CriterionKind.CALCULATION, "Счёт", "числа", "SECRET-NOTE", Decimal(points) / 2),
    ]
    return tasks.TaskPlan("Масса", "Решите", Decimal(points), Difficulty.EASY, ["вода"], criteria, made)


@dataclass
class World:
    """People by name, each with the Context in which they call resolvers."""

    runtime: Runtime
    clock: Clock
    people: dict[str, Account] = field(default_factory=dict)

    @property
    def system(self) -> Context:
        """The system itself."""
        return Context(self.runtime, SYSTEM, door="job")

    def of(self, account: Account, door: str = "web") -> Context:
        """Somebody's context."""
        return Context(self.runtime, Actor(account.id), door=door)

    async def person(self, name: str) -> Context:
        """Somebody, signed up when first asked for."""
        if name not in self.people:
            nobody = Context(self.runtime, ip=name)
            who = accounts.Person(name, f"password-of-{name}", name.title(), Locale.RU)
            self.people[name] = await accounts.sign_up(nobody, who, consent=True, terms=True, privacy=True)
        return self.of(self.people[name])

    async def course(self, slug: str, teacher: str, students: Sequence[str] = ()) -> Course:
        """A course with its people in it."""
        await self.person(teacher)
        course = await courses.create(self.system, slug, slug.title(), "ИТМО", self.people[teacher].id)
        if students:
            rotated = await courses.rotate_invite(await self.person(teacher), course.id, Role.STUDENT, None)
            for name in students:
                await members.join(await self.person(name), rotated.code, "")
        return course

    async def work(
        self, course: Course, teacher: str, *, publish: bool = True, task_count: int = 1, **changes: Any
    ) -> Work:
        """A work that is open now."""
        now = self.clock()
        facts: dict[str, Any] = {
            "kind": WorkKind.CONTROL,
            "title": "Контрольная",
            "description": "",
            "starts_at": now - timedelta(minutes=1),
            "ends_at": now + timedelta(hours=3),
            "duration_minutes": 60,
            "time_zone": "Europe/Moscow",
            "max_attempts": 1,
            "ocr": True,
            "precheck": True,
            "release": Release.ON_APPROVAL,
            **changes,
        }
        who = await self.person(teacher)
        work = await works.create(who, course.id, works.WorkPlan(**facts))
        for _ in range(task_count):
            await tasks.add(who, work.id, task_plan())
        return await works.publish(who, work.id) if publish else work

    async def start(self, name: str, work: Work) -> Attempt:
        """A student begins."""
        return await attempts.start(await self.person(name), work.id)

    async def photo(self, name: str, attempt_id: UUID, seed: int = 0) -> Any:
        """A student sends a page; another seed is another page."""
        body = images.jpeg(images.page(seed))
        return await photos.upload(await self.person(name), attempt_id, f"page-{seed}.jpg", body)

    async def jobs(self) -> int:
        """Do what is waiting, and what follows from it, until nothing is left that is due now."""
        pool = await self.runtime.gateways.queue.open()
        worker: Worker = make_worker(self.runtime, redis_pool=pool, burst=True, cron_jobs=[], handle_signals=False)
        await worker.async_run()
        assert not worker.jobs_failed, "a job failed"
        return int(worker.jobs_complete)


def world_of(runtime: Runtime) -> World:
    """A world around a runtime, with a clock that obeys."""
    clock = Clock()
    runtime.now = clock
    return World(runtime, clock)
