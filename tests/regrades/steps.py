"""A marked work to ask about, and what there is to see afterwards."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from picrete_gql.call import Context
from picrete_gql.marking import Mark
from picrete_gql.models import Course, Criterion, Regrade, Role, Submission, Work
from picrete_gql.resolvers import courses, grades, members, regrades, regrades_answering
from picrete_gql.rules.regrades import Anchor, Ruling
from tests.attempts.steps import TEACHER, class_of, handed_in, rows, submission_of
from tests.support.world import World

WHY = "Я перевёл граммы в моли"


async def plain_class(world: World, *students: str, **work: Any) -> tuple[Course, Work]:
    """A class whose work is marked by hand alone."""
    return await class_of(world, *students, ocr=False, precheck=False, **work)


async def rubric(world: World, work: Work) -> list[Criterion]:
    """The criteria in order: two of five points each for every task."""
    return await rows(world, select(Criterion).where(Criterion.work_id == work.id).order_by(col(Criterion.id)))


async def marked(world: World, name: str, work: Work, scores: Sequence[str] = ("4", "2")) -> Submission:
    """Handed in and marked by the teacher: by criterion, or, without scores, as a whole of 6."""
    attempt = await handed_in(world, name, work)
    found = await submission_of(world, attempt.id)
    criteria = await rubric(world, work)
    marks = {row.id: Mark(Decimal(points), "ошибка") for row, points in zip(criteria, scores, strict=False)}
    points = sum((mark.points for mark in marks.values()), Decimal(0)) if marks else Decimal(6)
    teacher = await world.person(TEACHER)
    return await grades.override(teacher, found.id, found.version, points, "Проверено", marks)


async def second_teacher(world: World, course: Course) -> Context:
    """One more teacher of a course."""
    rotated = await courses.rotate_invite(await world.person(TEACHER), course.id, Role.TEACHER, None)
    await members.join(await world.person("second"), rotated.code, "")
    return await world.person("second")


async def asked(
    world: World, name: str, submission: Submission, criterion: Criterion, text: str = WHY, anchor: Anchor | None = None
) -> Regrade:
    """A student asks."""
    return await regrades.ask(await world.person(name), submission.id, criterion.id, text, anchor)


async def answered(
    context: Context, regrade: Regrade, version: int, text: str = "Да, вы правы", **ruling: Any
) -> Regrade:
    """A teacher answers: `points`, `final_points`, `comment`, or nothing."""
    given = {key: Decimal(value) if key != "comment" else value for key, value in ruling.items()}
    return await regrades_answering.answer(context, regrade.id, version, text, Ruling(**given))


async def stored(world: World, id: UUID) -> Regrade:
    """A request as it is stored now."""
    return await regrades.get(world.system, id)


async def marks_of(context: Context, submission: Submission) -> list[tuple[Decimal, str]]:
    """Points and comments by criterion as somebody sees them."""
    [found] = await grades.scores_of_submissions(context, [submission.id])
    return [(row.points, row.comment) for row in found]
