"""What is computed of points, as SQL: which marks count, what each level makes of them, and how two judges agree."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Float, case, cast, func, literal, null, type_coerce
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from picrete_gql.models import (
    Assignment,
    Attempt,
    Criterion,
    CriterionScore,
    ScoreSource,
    Submission,
    SubmissionStatus,
    Task,
    Variant,
    Work,
)
from picrete_gql.rules.statistics import Level, Subject

QUARTILES = (0.25, 0.5, 0.75)
# Two marks always lie on a line.
LEAST_CORRELATED = 3


MODELS: dict[Level, Any] = {
    Level.WORK: Work,
    Level.TASK: Task,
    Level.VARIANT: Variant,
    Level.CRITERION: Criterion,
}


def subjects(level: Level, ids: Sequence[UUID], visible: Any) -> Any:
    """Id, most points, name and number of those of the subjects that are `visible`."""
    if level is Level.WORK:
        most = func.coalesce(func.sum(Task.max_points), 0)
        found: Any = select(Work.id, most, Work.title, null()).outerjoin(Task, col(Task.work_id) == Work.id)
        found = found.group_by(col(Work.id))
    elif level is Level.TASK:
        found = select(Task.id, Task.max_points, Task.title, Task.number)
    elif level is Level.VARIANT:
        found = select(Variant.id, Task.max_points, Task.title, Variant.number)
        found = found.join(Task, col(Task.id) == Variant.task_id)
    else:
        found = select(Criterion.id, Criterion.max_points, Criterion.name, Criterion.number)
    return found.where(MODELS[level].id.in_(ids), visible)


def marks(level: Level, ids: Sequence[UUID]) -> Any:
    """The marks that count in the works of these subjects: of each student the latest attempt that is approved."""
    return (
        select(Submission)
        .join(Attempt, col(Attempt.id) == Submission.attempt_id)
        .where(Submission.status == SubmissionStatus.APPROVED, col(Submission.final_points).is_not(None))
        .where(col(Submission.work_id).in_(_works(level, ids)))
        .ext(distinct_on(col(Submission.work_id), col(Submission.student_id)))
        .order_by(col(Submission.work_id), col(Submission.student_id), col(Attempt.number).desc())
        .subquery("mark")
    )


def points(level: Level, ids: Sequence[UUID]) -> Any:
    """Of each subject and each mark that counts: `points` out of `most`, and the `total` of the whole mark.

    A mark that was given as a whole says something of its parts only where it leaves no doubt: nothing, or everything.
    """
    mark = marks(level, ids)
    if level is Level.WORK:
        found: Any = select(mark.c.work_id.label("subject"), mark.c.final_points.label("points"), null().label("rest"))
        return found.where(mark.c.work_id.in_(ids)).subquery("item")
    teachers = _score(ScoreSource.TEACHER)
    sure = case(
        (mark.c.final_points == 0, literal(0)), (mark.c.final_points == mark.c.max_points, Criterion.max_points)
    )
    got = func.coalesce(teachers.points, sure)
    found = (
        select(mark.c.final_points.label("total"))
        .select_from(mark)
        .join(Criterion, col(Criterion.work_id) == mark.c.work_id)
        .outerjoin(teachers, _belongs(teachers, mark.c.id))
    )
    if level is Level.CRITERION:
        found = found.add_columns(col(Criterion.id).label("subject"), got.label("points"))
        return _with_rest(found.where(col(Criterion.id).in_(ids), got.is_not(None)))
    # A task counts where every line of its rubric does.
    whole = func.count() == func.count(got)
    found = found.group_by(mark.c.id, mark.c.final_points)
    if level is Level.TASK:
        found = found.add_columns(col(Criterion.task_id).label("subject"), func.sum(got).label("points"))
        return _with_rest(found.where(col(Criterion.task_id).in_(ids)).group_by(col(Criterion.task_id)).having(whole))
    drawn = (col(Assignment.attempt_id) == mark.c.attempt_id) & (col(Assignment.task_id) == Criterion.task_id)
    found = found.join(Assignment, drawn).group_by(col(Assignment.variant_id))
    found = found.add_columns(col(Assignment.variant_id).label("subject"), func.sum(got).label("points"))
    return _with_rest(found.where(col(Assignment.variant_id).in_(ids)).having(whole))


def bucket(item: Any, subjects: Sequence[Subject], bins: int) -> Any:
    """The number of the bar, from 1, that the points of a subject fall into; the most points fall into the last."""
    most = case({one.id: one.max_points for one in subjects}, value=item.subject)
    return func.least(func.width_bucket(item.points, literal(0), most, bins), bins)


def summary(item: Any) -> list[Any]:
    """The figures of `points` of a subject, the discrimination against the `rest` of the mark among them.

    Standard deviation of a sample; quartiles interpolated between neighbours. Discrimination is the corrected
    item-total correlation: the item's own points are taken out of the total (Henrysson, Psychometrika 28, 1963).
    """
    quartiles = func.percentile_cont(cast(list(QUARTILES), ARRAY(Float))).within_group(item.points)
    related = func.corr(cast(item.points, Float), cast(item.rest, Float))
    return [
        func.count().label("n"),
        func.avg(item.points).label("mean"),
        func.stddev_samp(item.points).label("deviation"),
        func.min(item.points).label("lowest"),
        func.max(item.points).label("highest"),
        type_coerce(quartiles, ARRAY(Float)).label("quartiles"),
        case((func.count() >= LEAST_CORRELATED, related)).label("discrimination"),
    ]


def pairs(level: Level, ids: Sequence[UUID]) -> Any:
    """Of each subject and each approved submission that has both: the points of the precheck and of a teacher."""
    approved = (Submission.status == SubmissionStatus.APPROVED, col(Submission.work_id).in_(_works(level, ids)))
    if level is Level.WORK:
        both: Any = select(
            col(Submission.work_id).label("subject"),
            col(Submission.ai_points).label("ai"),
            col(Submission.final_points).label("teacher"),
        ).where(*approved, col(Submission.ai_points).is_not(None), col(Submission.final_points).is_not(None))
        return both.subquery("pair")
    ai, teacher = _score(ScoreSource.AI), _score(ScoreSource.TEACHER)
    both = (
        select(Submission.id)
        .join(Criterion, col(Criterion.work_id) == Submission.work_id)
        .outerjoin(ai, _belongs(ai, Submission.id))
        .outerjoin(teacher, _belongs(teacher, Submission.id))
        .where(*approved)
    )
    if level is Level.CRITERION:
        said: Any = (col(Criterion.id).label("subject"), ai.points.label("ai"), teacher.points.label("teacher"))
        chosen = both.with_only_columns(*said).where(col(Criterion.id).in_(ids))
        return chosen.where(ai.points.is_not(None), teacher.points.is_not(None)).subquery("pair")
    sums = (func.sum(ai.points).label("ai"), func.sum(teacher.points).label("teacher"))
    chosen = both.with_only_columns(col(Criterion.task_id).label("subject"), *sums).where(
        col(Criterion.task_id).in_(ids)
    )
    whole = (func.count() == func.count(ai.points), func.count() == func.count(teacher.points))
    return chosen.group_by(col(Criterion.task_id), col(Submission.id)).having(*whole).subquery("pair")


def agreement(ai: Any, teacher: Any) -> list[Any]:
    """How near two judges' points lie: how often the same, how far apart, who gives more, and weighted kappa.

    Kappa with quadratic weights (Cohen, Psychological Bulletin 70, 1968), the points themselves being the categories:
    one minus the mean squared difference over the one that is expected of judges who give the same points by chance,
    which with these weights is the sum of both variances and the square of the difference of the means (Fleiss and
    Cohen, Educational and Psychological Measurement 33, 1973). Null where both always give the same points.
    """
    off = ai - teacher
    chance = func.var_pop(ai) + func.var_pop(teacher) + func.power(func.avg(ai) - func.avg(teacher), 2)
    return [
        func.count().label("n"),
        (func.avg(case((off == 0, 100), else_=0))).label("exact"),
        func.avg(func.abs(off)).label("error"),
        func.avg(off).label("bias"),
        (1 - func.avg(off * off) / func.nullif(chance, 0)).label("kappa"),
    ]


def _works(level: Level, ids: Sequence[UUID]) -> Any:
    if level is Level.WORK:
        return ids
    model = MODELS[level]
    return select(model.work_id).where(model.id.in_(ids))


def _score(source: ScoreSource) -> Any:
    rows = select(CriterionScore).where(CriterionScore.source == source).subquery(source.value)
    return aliased(CriterionScore, rows)


def _belongs(score: Any, submission_id: Any) -> Any:
    return (score.submission_id == submission_id) & (score.criterion_id == Criterion.id)


def _with_rest(found: Any) -> Any:
    inner = found.subquery("scored")
    rest = (inner.c.total - inner.c.points).label("rest")
    return select(inner.c.subject, inner.c.points, rest).subquery("item")
