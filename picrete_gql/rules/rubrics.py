"""Rubrics: criteria that sum to the points of their task."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from picrete_gql.models import CriterionKind
from picrete_gql.problems import Code, Problem

CENT = Decimal("0.01")
DEFAULT = (
    (CriterionKind.METHOD, "Метод решения", Decimal("0.3")),
    (CriterionKind.CALCULATION, "Вычисления", Decimal("0.3")),
    (CriterionKind.UNITS, "Единицы измерения", Decimal("0.2")),
    (CriterionKind.NOTATION, "Химическая запись", Decimal("0.2")),
)


@dataclass(eq=False)
class RubricSumWrong(Problem):
    """The criteria of a task do not sum to its points."""

    task_number: int
    expected: Decimal
    found: Decimal
    code = Code.INVALID_INPUT
    ru = "Задача {task_number}: сумма критериев {found}, а должна быть {expected}."
    en = "Task {task_number}: the criteria sum to {found}, not to {expected}."


def ensure_sum(task_number: int, max_points: Decimal, points: Sequence[Decimal]) -> None:
    """Raises RubricSumWrong."""
    if sum(points, Decimal(0)) != max_points:
        raise RubricSumWrong(task_number, max_points, sum(points, Decimal(0)))


def default(max_points: Decimal) -> list[tuple[CriterionKind, str, Decimal]]:
    """Kind, name and points of the default criteria; what rounding leaves goes to the last, and none is zero."""
    parts = [(kind, name, (max_points * share).quantize(CENT, ROUND_HALF_UP)) for kind, name, share in DEFAULT]
    if any(points <= 0 for _, _, points in parts):
        return [(CriterionKind.CALCULATION, DEFAULT[1][1], max_points)]
    kind, name, points = parts[-1]
    left = max_points - sum((part[2] for part in parts), Decimal(0))
    if points + left <= 0:
        return [(CriterionKind.CALCULATION, DEFAULT[1][1], max_points)]
    return [*parts[:-1], (kind, name, points + left)]
