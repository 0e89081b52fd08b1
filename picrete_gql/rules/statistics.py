"""What is said of a class's points, and what is asked of whoever wants to know."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from picrete_gql.problems import Invalid


class Level(StrEnum):
    """Whose points: of the whole work, or of a part of it."""

    WORK = "work"
    TASK = "task"
    VARIANT = "variant"
    CRITERION = "criterion"


@dataclass(frozen=True)
class Subject:
    """What the figures are about. It is known by its `name`, and by its `number` where it has one."""

    level: Level
    id: UUID
    max_points: Decimal
    name: str
    number: int | None = None


@dataclass(frozen=True)
class Bin:
    """One bar of a histogram: from `start` up to `end`, which only in the last bar belongs to it; `count` marks."""

    start: float
    end: float
    count: int


@dataclass(frozen=True)
class Value:
    """How many got exactly so many points."""

    points: Decimal
    count: int


@dataclass(frozen=True)
class Summary:
    """The figures of one subject; without marks there are only the empty bars."""

    subject: Subject
    n: int = 0
    mean: float | None = None
    deviation: float | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    quartiles: tuple[float, float, float] | None = None
    discrimination: float | None = None
    histogram: Sequence[Bin] = field(default_factory=list)
    distribution: Sequence[Value] | None = None

    @property
    def difficulty(self) -> float | None:
        """The mean as a share of the most points: the easier, the nearer to one."""
        most = float(self.subject.max_points)
        return None if self.mean is None or not most else self.mean / most


@dataclass(frozen=True)
class Agreement:
    """How near the precheck came to the teachers in one subject. `exact` in percent, `bias` of the precheck."""

    subject: Subject
    n: int = 0
    exact: float | None = None
    error: float | None = None
    bias: float | None = None
    kappa: float | None = None


@dataclass(frozen=True)
class Pair:
    """So often the precheck gave `ai` points where a teacher gave `teacher`."""

    ai: float
    teacher: float
    count: int


def ensure_bins(bins: int, most: int) -> int:
    """Raises Invalid."""
    if not 1 <= bins <= most:
        raise Invalid("bins", f"bins — от 1 до {most}.", f"bins must be from 1 to {most}.")
    return bins


def ensure_few(plots: int, most: int) -> None:
    """Raises Invalid."""
    if plots > most:
        raise Invalid("format", f"Не больше {most} картинок за раз.", f"At most {most} pictures at once.")


def bars(most: Decimal, bins: int, counts: dict[int, int]) -> list[Bin]:
    """All bars of a histogram from zero to `most`, from the counts of those that are not empty, numbered from 1."""
    width = float(most) / bins
    return [Bin(round(width * n, 9), round(width * (n + 1), 9), counts.get(n + 1, 0)) for n in range(bins)]
