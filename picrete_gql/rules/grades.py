"""What a teacher's mark must be."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from picrete_gql.problems import Code, Invalid, Problem


@dataclass(eq=False)
class NothingToApprove(Problem):
    """No points were proposed: give your own with an override."""

    ru = "Нет предложенных баллов: поставьте свои."
    en = "No points were proposed: give your own."


@dataclass(eq=False)
class PointsOutOfRange(Problem):
    """Points must lie in 0..`max_points`."""

    max_points: Decimal
    code = Code.INVALID_INPUT
    ru = "Баллы: от 0 до {max_points}."
    en = "Points must be from 0 to {max_points}."


@dataclass(eq=False)
class AttemptStillOpen(Problem):
    """The student is still working."""

    ru = "Студент ещё выполняет работу."
    en = "The student is still working."


def ensure_points(points: Decimal, max_points: Decimal) -> Decimal:
    """Points with at most two decimals within the range. Raises PointsOutOfRange or Invalid."""
    if not points.is_finite() or not 0 <= points <= max_points:
        raise PointsOutOfRange(max_points)
    if points != round(points, 2):
        raise Invalid("points", "Не больше двух знаков после запятой.", "At most two decimals.")
    return points


def ensure_scores(points: Decimal, scores: Mapping[UUID, Decimal], rubric: Mapping[UUID, Decimal]) -> None:
    """Scores by criterion, when given: all of the rubric's, each within its points, and their sum is the whole."""
    if not scores:
        return
    if scores.keys() != rubric.keys():
        raise Invalid("scores", "Оцените каждый критерий один раз.", "Score every criterion once.")
    for criterion, given in scores.items():
        ensure_points(given, rubric[criterion])
    if sum(scores.values(), Decimal(0)) != points:
        raise Invalid("scores", "Сумма по критериям не равна баллам.", "The scores do not sum to the points.")
