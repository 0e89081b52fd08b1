"""The types of the plain app: what a row says, and a loader for what hangs on it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry
from strawberry.scalars import JSON

from picrete_gql import models

from .loaders import Loaders

Info = strawberry.Info[dict[str, Any], None]
for enumeration in (
    models.WorkKind, models.WorkStatus, models.AttemptStatus, models.PhotoStatus, models.Verdict, models.Severity,
    models.SubmissionStatus, models.OcrStatus, models.PrecheckStatus, models.Role,
):  # fmt: skip
    strawberry.enum(enumeration)


def loaders(info: Info) -> Loaders:
    """The loaders of this request."""
    found: Loaders = info.context["loaders"]
    return found


def read(cls: Any, row: Any) -> Any:
    """A row as one of the types below: its plain fields copied, the row kept for the others."""
    if row is None:
        return None
    plain = {
        field.python_name: getattr(row, field.python_name)
        for field in cls.__strawberry_definition__.fields
        if field.base_resolver is None and field.python_name != "row"
    }
    return cls(row=row, **plain)


@strawberry.type
class Person:
    row: strawberry.Private[Any]
    full_name: str
    username: str


@strawberry.type
class Criterion:
    row: strawberry.Private[Any]
    number: int
    name: str
    max_points: Decimal


@strawberry.type
class Score:
    row: strawberry.Private[Any]
    points: Decimal
    comment: str

    @strawberry.field
    async def criterion(self, info: Info) -> Criterion:
        return read(Criterion, await loaders(info).criterion.load(self.row.criterion_id))


@strawberry.type
class Grade:
    row: strawberry.Private[Any]
    final_points: Decimal | None
    feedback: str

    @strawberry.field
    async def scores(self, info: Info) -> list[Score]:
        return [read(Score, row) for row in await loaders(info).teacher_scores.load(self.row.id)]


@strawberry.type
class Proposal:
    row: strawberry.Private[Any]
    points: Decimal

    @strawberry.field
    async def scores(self, info: Info) -> list[Score]:
        return [read(Score, row) for row in await loaders(info).ai_scores.load(self.row.id)]


@strawberry.type
class Submission:
    row: strawberry.Private[Any]
    id: strawberry.ID
    status: models.SubmissionStatus
    ocr_status: models.OcrStatus
    precheck_status: models.PrecheckStatus
    max_points: Decimal
    released_at: datetime | None
    version: int

    @strawberry.field
    def grade(self) -> Grade | None:
        marked = self.status in (models.SubmissionStatus.APPROVED, models.SubmissionStatus.REJECTED)
        return read(Grade, self.row) if marked else None

    @strawberry.field
    def proposal(self) -> Proposal | None:
        return None if self.row.ai_points is None else Proposal(row=self.row, points=self.row.ai_points)


@strawberry.type
class Reading:
    row: strawberry.Private[Any]
    number: int
    text: str
    quality: float | None


@strawberry.type
class Review:
    row: strawberry.Private[Any]
    verdict: models.Verdict


@strawberry.type
class Issue:
    row: strawberry.Private[Any]
    number: int
    original: str
    suggestion: str
    severity: models.Severity


@strawberry.type
class Photo:
    row: strawberry.Private[Any]
    id: strawberry.ID
    number: int
    status: models.PhotoStatus
    width: int
    height: int

    @strawberry.field
    async def reading(self, info: Info) -> Reading | None:
        rows = await loaders(info).readings.load(self.row.id)
        return read(Reading, rows[0]) if rows else None

    @strawberry.field
    async def review(self, info: Info) -> Review | None:
        return read(Review, await loaders(info).review.load(self.row.id))

    @strawberry.field
    async def issues(self, info: Info) -> list[Issue]:
        return [read(Issue, row) for row in await loaders(info).issues.load(self.row.id)]


@strawberry.type
class Task:
    row: strawberry.Private[Any]
    title: str
    statement: str
    max_points: Decimal

    @strawberry.field
    async def criteria(self, info: Info) -> list[Criterion]:
        return [read(Criterion, row) for row in await loaders(info).criteria.load(self.row.id)]


@strawberry.type
class Variant:
    row: strawberry.Private[Any]
    content: str


@strawberry.type
class AttemptTask:
    row: strawberry.Private[Any]
    number: int

    @strawberry.field
    async def task(self, info: Info) -> Task:
        return read(Task, await loaders(info).task.load(self.row.task_id))

    @strawberry.field
    async def variant(self, info: Info) -> Variant:
        return read(Variant, await loaders(info).variant.load(self.row.variant_id))


@strawberry.type
class Attempt:
    row: strawberry.Private[Any]
    id: strawberry.ID
    number: int
    status: models.AttemptStatus
    started_at: datetime
    expires_at: datetime
    extra_minutes: int
    submitted_at: datetime | None
    draft: JSON

    @strawberry.field
    async def work(self, info: Info) -> "Work":
        return read(Work, await loaders(info).work.load(self.row.work_id))

    @strawberry.field
    async def student(self, info: Info) -> Person:
        return read(Person, await loaders(info).account.load(self.row.student_id))

    @strawberry.field
    async def tasks(self, info: Info) -> list[AttemptTask]:
        return [read(AttemptTask, row) for row in await loaders(info).assignments.load(self.row.id)]

    @strawberry.field
    async def photos(self, info: Info) -> list[Photo]:
        return [read(Photo, row) for row in await loaders(info).photos.load(self.row.id)]

    @strawberry.field
    async def submission(self, info: Info) -> Submission | None:
        return read(Submission, await loaders(info).submission.load(self.row.id))


@strawberry.type
class Attempts:
    nodes: list[Attempt]


@strawberry.type
class Work:
    row: strawberry.Private[Any]
    id: strawberry.ID
    title: str
    kind: models.WorkKind
    status: models.WorkStatus
    starts_at: datetime
    ends_at: datetime
    duration_minutes: int | None

    @strawberry.field
    async def attempts(self, info: Info, first: int = 50) -> Attempts:
        rows = await loaders(info).attempts.load(self.row.id)
        return Attempts(nodes=[read(Attempt, row) for row in rows[:first]])

    @strawberry.field
    async def my_attempts(self, info: Info) -> list[Attempt]:
        return [read(Attempt, row) for row in await loaders(info).my_attempts.load(self.row.id)]


@strawberry.type
class Works:
    nodes: list[Work]


@strawberry.type
class Course:
    row: strawberry.Private[Any]
    id: strawberry.ID
    title: str
    organization: str

    @strawberry.field
    async def works(self, info: Info, first: int = 50) -> Works:
        rows = await loaders(info).works.load(self.row.id)
        return Works(nodes=[read(Work, row) for row in rows[:first]])

    @strawberry.field
    async def my_roles(self, info: Info) -> list[models.Role]:
        member = await loaders(info).membership.load(self.row.id)
        return [models.Role(role) for role in member.roles]


@strawberry.type
class Courses:
    nodes: list[Course]
