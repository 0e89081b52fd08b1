"""Data loaders: one statement for each relation of a request."""

from collections.abc import Callable
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlmodel import col, select
from strawberry.dataloader import DataLoader

from picrete_gql.models import (
    Account,
    Assignment,
    Attempt,
    Course,
    Criterion,
    CriterionScore,
    Issue,
    Membership,
    MemberStatus,
    Photo,
    Reading,
    Review,
    ScoreSource,
    Submission,
    Task,
    Variant,
    Work,
    WorkStatus,
)


class Loaders:
    """The loaders of one request."""

    def __init__(self, sessions: "async_sessionmaker[AsyncSession]", viewer: UUID | None) -> None:
        self.sessions, self.viewer = sessions, viewer

    async def rows(self, statement: Any) -> list[Any]:
        """The rows of a statement, in a session of its own: loaders run at the same time."""
        async with self.sessions() as session:
            return list((await session.execute(statement)).scalars().all())

    def one(self, model: Any, key: Any) -> DataLoader[UUID, Any]:
        """The one row of each key."""

        async def load(ids: list[UUID]) -> list[Any]:
            found = {getattr(row, key.key): row for row in await self.rows(select(model).where(col(key).in_(ids)))}
            return [found.get(id) for id in ids]

        return DataLoader(load_fn=load)

    def many(self, wanted: Callable[[], Any], key: Any) -> DataLoader[UUID, list[Any]]:
        """The rows of each key, in order."""

        async def load(ids: list[UUID]) -> list[list[Any]]:
            found: dict[UUID, list[Any]] = {id: [] for id in ids}
            for row in await self.rows(wanted().where(col(key).in_(ids))):
                found[getattr(row, key.key)].append(row)
            return [found[id] for id in ids]

        return DataLoader(load_fn=load)

    @cached_property
    def account(self) -> DataLoader[UUID, Any]:
        return self.one(Account, Account.id)

    @cached_property
    def work(self) -> DataLoader[UUID, Any]:
        return self.one(Work, Work.id)

    @cached_property
    def task(self) -> DataLoader[UUID, Any]:
        return self.one(Task, Task.id)

    @cached_property
    def variant(self) -> DataLoader[UUID, Any]:
        return self.one(Variant, Variant.id)

    @cached_property
    def criterion(self) -> DataLoader[UUID, Any]:
        return self.one(Criterion, Criterion.id)

    @cached_property
    def submission(self) -> DataLoader[UUID, Any]:
        return self.one(Submission, Submission.attempt_id)

    @cached_property
    def review(self) -> DataLoader[UUID, Any]:
        return self.one(Review, Review.photo_id)

    @cached_property
    def criteria(self) -> DataLoader[UUID, list[Any]]:
        return self.many(lambda: select(Criterion).order_by(col(Criterion.number)), Criterion.task_id)

    @cached_property
    def photos(self) -> DataLoader[UUID, list[Any]]:
        return self.many(lambda: select(Photo).order_by(col(Photo.number)), Photo.attempt_id)

    @cached_property
    def readings(self) -> DataLoader[UUID, list[Any]]:
        return self.many(lambda: select(Reading).order_by(col(Reading.number).desc()), Reading.photo_id)

    @cached_property
    def issues(self) -> DataLoader[UUID, list[Any]]:
        return self.many(lambda: select(Issue).order_by(col(Issue.number)), Issue.photo_id)

    @cached_property
    def assignments(self) -> DataLoader[UUID, list[Any]]:
        return self.many(lambda: select(Assignment).order_by(col(Assignment.number)), Assignment.attempt_id)

    @cached_property
    def attempts(self) -> DataLoader[UUID, list[Any]]:
        return self.many(lambda: select(Attempt).order_by(col(Attempt.started_at), col(Attempt.id)), Attempt.work_id)

    @cached_property
    def my_attempts(self) -> DataLoader[UUID, list[Any]]:
        mine = select(Attempt).where(Attempt.student_id == self.viewer).order_by(col(Attempt.number))
        return self.many(lambda: mine, Attempt.work_id)

    @cached_property
    def works(self) -> DataLoader[UUID, list[Any]]:
        shown = select(Work).where(Work.status != WorkStatus.DRAFT)
        return self.many(lambda: shown.order_by(col(Work.starts_at).desc(), col(Work.id).desc()), Work.course_id)

    @cached_property
    def ai_scores(self) -> DataLoader[UUID, list[Any]]:
        return self.many(lambda: self._scores(ScoreSource.AI), CriterionScore.submission_id)

    @cached_property
    def teacher_scores(self) -> DataLoader[UUID, list[Any]]:
        return self.many(lambda: self._scores(ScoreSource.TEACHER), CriterionScore.submission_id)

    @cached_property
    def membership(self) -> DataLoader[UUID, Any]:
        async def load(ids: list[UUID]) -> list[Any]:
            mine = select(Membership).where(Membership.account_id == self.viewer, col(Membership.course_id).in_(ids))
            found = {row.course_id: row for row in await self.rows(mine)}
            return [found[id] for id in ids]

        return DataLoader(load_fn=load)

    async def courses(self, first: int) -> list[Course]:
        """The viewer's courses."""
        active = Membership.account_id == self.viewer, Membership.status == MemberStatus.ACTIVE
        mine = select(Course).join(Membership, col(Membership.course_id) == Course.id).where(*active)
        return await self.rows(mine.where(col(Course.is_active)).order_by(col(Course.id)).limit(first))

    def _scores(self, source: ScoreSource) -> Any:
        by_rubric = select(CriterionScore).join(Criterion, col(Criterion.id) == CriterionScore.criterion_id)
        return by_rubric.where(CriterionScore.source == source).order_by(col(Criterion.task_id), col(Criterion.number))
