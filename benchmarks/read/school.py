"""What is read: courses with works, and of the main course's works the attempts of a class with photos and points."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from benchmarks.site import Person, Site
from picrete_gql import models
from picrete_gql.models import Attempt, Course, Submission, Work
from picrete_gql.resolvers import grades

STUDENTS, WORKS, PHOTOS, TASKS, CRITERIA = 50, 4, 4, 3, 2
COURSES, WORKS_OF_OTHERS = 5, 5
LINES = (
    "n(H₂O) = m / M = 36 / 18 = 2 моль",
    "2H₂ + O₂ → 2H₂O",
    "Ответ: m = 36 г",
    "M(H₂O) = 18 г/моль",
    "w = 0,12 · 100 %",
)


@dataclass
class School:
    """Everything that a read may be about."""

    place: Site
    teacher: Person
    students: list[Person]
    works: list[Work] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    written: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def write(self) -> None:
        """A teacher gives other points to somebody."""
        rng, self.written = random.Random(self.written), self.written + 1
        at, points = rng.randrange(len(self.submissions)), Decimal(rng.randrange(60)) / 2
        async with self.turn:
            old = self.submissions[at]
            given = (old.id, old.version, points, f"по ходу решения, {self.written}", {})
            self.submissions[at] = await grades.override(self.teacher.context, *given)


async def school(place: Site) -> School:
    """A teacher and a class, in their course and in others."""
    world = place.world
    course = await world.course("read", "owner")
    [teacher] = await place.people("teacher", 1, course, "teacher")
    students = await place.people("student", STUDENTS, course, "student")
    found = School(place, teacher, students)
    for number in range(COURSES):
        other = await world.course(f"other-{number}", "owner")
        await place.store([_member(other, person) for person in students])
        await place.store([_work(place, other, n) for n in range(WORKS_OF_OTHERS)])
    for number in range(WORKS):
        await _class(found, course, number)
    # As everywhere after a minute: without it the first contenders would be measured before PostgreSQL has looked.
    async with world.runtime.engine.begin() as connection:
        await connection.execute(text("ANALYZE"))
    return found


async def _class(of: School, course: Course, number: int) -> None:
    work = _work(of.place, course, number)
    await of.place.store([work])
    tasks = [_task(work, n) for n in range(1, TASKS + 1)]
    await of.place.store([task for task, _, _ in tasks])
    await of.place.store([row for _, rubric, variant in tasks for row in (*rubric, variant)])
    attempts = [_attempt(work, person, n) for n, person in enumerate(of.students)]
    await of.place.store(attempts)
    handed_in = [_submission(attempt, n) for n, attempt in enumerate(attempts)]
    photos = [_photo(attempt, n) for attempt in attempts for n in range(1, PHOTOS + 1)]
    await of.place.store(handed_in + photos)
    drawn = [_assignment(attempt, n, task, v) for attempt in attempts for n, (task, _, v) in enumerate(tasks, 1)]
    scores = [
        _score(submission, criterion, source)
        for submission in handed_in
        for source in (models.ScoreSource.AI, *([models.ScoreSource.TEACHER] if submission.released_at else []))
        for _, rubric, _ in tasks
        for criterion in rubric
    ]
    seen = [row for n, photo in enumerate(photos) for row in _seen(photo, n)]
    await of.place.store([*drawn, *scores, *seen])
    of.works.append(work)
    of.attempts += attempts
    of.submissions += handed_in


def _member(course: Course, person: Person) -> models.Membership:
    facts: dict[str, Any] = {"account_id": person.context.actor.account_id, "roles": ["student"]}
    return models.Membership(course_id=course.id, **facts, created_at=course.created_at)


def _work(place: Site, course: Course, number: int) -> Work:
    now = place.world.clock()
    return Work(
        course_id=course.id,
        kind=models.WorkKind.HOMEWORK,
        title=f"Домашняя работа № {number + 1}",
        description="Решите все задачи, покажите ход решения.",
        starts_at=now - timedelta(days=number + 2),
        ends_at=now + timedelta(days=30),
        status=models.WorkStatus.ACTIVE,
        created_at=now,
    )


def _task(work: Work, number: int) -> tuple[models.Task, list[models.Criterion], models.Variant]:
    of: dict[str, Any] = {"course_id": work.course_id, "work_id": work.id, "created_at": work.created_at}
    points = Decimal(5)
    task = models.Task(
        **of,
        number=number,
        title=f"Задача {number}",
        statement="Найдите массу воды. " * 8,
        max_points=points * CRITERIA,
    )
    rubric = [
        models.Criterion(**of, task_id=task.id, number=n, name=f"Критерий {n}", max_points=points)
        for n in range(1, CRITERIA + 1)
    ]
    variant = models.Variant(**of, task_id=task.id, number=1, content="n(H₂O) = 2 моль; найдите m. " * 6)
    return task, rubric, variant


def _attempt(work: Work, person: Person, number: int) -> Attempt:
    started = work.starts_at + timedelta(seconds=number)
    return Attempt(
        course_id=work.course_id,
        work_id=work.id,
        student_id=person.context.actor.account_id,
        number=1,
        seed=number,
        started_at=started,
        expires_at=work.ends_at,
        submitted_at=started + timedelta(hours=1),
        status=models.AttemptStatus.GRADED if number % 2 else models.AttemptStatus.SUBMITTED,
        draft={"text": "черновик", "page": number},
        created_at=started,
    )


def _submission(attempt: Attempt, number: int) -> Submission:
    marked = number % 2 == 1
    final: dict[str, Any] = {"final_points": Decimal("21.50"), "released_at": attempt.submitted_at} if marked else {}
    return Submission(
        **_of(attempt),
        work_id=attempt.work_id,
        status=models.SubmissionStatus.APPROVED if marked else models.SubmissionStatus.PRELIMINARY,
        ocr_status=models.OcrStatus.VALIDATED,
        precheck_status=models.PrecheckStatus.COMPLETED,
        max_points=Decimal(TASKS * CRITERIA * 5),
        ai_points=Decimal("21.00"),
        ai_engine="rules",
        feedback="Хорошо, но проверьте единицы." if marked else "",
        **final,
    )


def _photo(attempt: Attempt, number: int) -> models.Photo:
    return models.Photo(
        **_of(attempt),
        work_id=attempt.work_id,
        number=number,
        filename=f"{number}.jpg",
        source=models.UploadSource.WEB,
        status=models.PhotoStatus.READY,
        size=3_000_000,
        width=3000,
        height=4000,
        uploaded_at=attempt.started_at,
    )


def _assignment(attempt: Attempt, number: int, task: models.Task, variant: models.Variant) -> models.Assignment:
    return models.Assignment(**_of(attempt), number=number, task_id=task.id, variant_id=variant.id)


def _score(of: Submission, criterion: models.Criterion, source: models.ScoreSource) -> models.CriterionScore:
    facts: dict[str, Any] = {"criterion_id": criterion.id, "source": source, "points": Decimal("3.50")}
    mine: dict[str, Any] = {"attempt_id": of.attempt_id, "student_id": of.student_id, "created_at": of.created_at}
    return models.CriterionScore(
        course_id=of.course_id, submission_id=of.id, **mine, **facts, comment="Верно, но без единиц.", quote=LINES[0]
    )


def _seen(photo: models.Photo, number: int) -> Sequence[Any]:
    of: dict[str, Any] = {
        **{name: getattr(photo, name) for name in ("course_id", "attempt_id", "student_id", "created_at")},
        "photo_id": photo.id,
    }
    text = "\n".join(LINES[(number + n) % len(LINES)] for n in range(18))
    reading = models.Reading(
        **of, number=1, markdown=text, text=text, blocks=[], engine="datalab", model="marker", quality=0.75
    )
    wrong = number % 4 == 3
    verdict = models.Verdict.REPORTED if wrong else models.Verdict.APPROVED
    review = models.Review(**of, author_id=photo.student_id, verdict=verdict)
    issue = models.Issue(**of, author_id=photo.student_id, number=1, original=LINES[0], suggestion=LINES[2])
    return [reading, review, *([issue] if wrong else [])]


def _of(attempt: Attempt) -> dict[str, Any]:
    of = {name: getattr(attempt, name) for name in ("course_id", "student_id", "created_at")}
    return of | {"attempt_id": attempt.id}
