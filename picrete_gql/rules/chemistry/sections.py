"""Which lines of a work belong to which task."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .labels import answer_labels, bare_heading, heading
from .pages import Line

Heading = Callable[[str], tuple[int, int] | None]


@dataclass(frozen=True)
class Section:
    """The lines of one task. `number` is None for what could not be given to any task."""

    number: int | None
    lines: tuple[Line, ...]

    @property
    def worked(self) -> bool:
        """Whether something was solved here: an equality, a reaction or an answer, not only names and headings."""
        return any(char in line.text for line in self.lines for char in "=→⇄") or _answered(self.lines)


def split(lines: Sequence[Line], numbers: Collection[int]) -> list[Section]:
    """Sections in the order of the tasks, one per number, then the one without a number.

    A heading («Задача 2», «№2», "Task 2") holds until the next one, over page breaks; a heading with a number that no
    task has begins text of nobody. A work of one task takes all. Bare `2)` counts only when there are no other
    headings and they cannot be steps of a solution: they rise, none comes twice, and an answer stands under each.
    """
    if len(numbers) == 1:
        return [Section(next(iter(numbers)), tuple(lines)), Section(None, ())]
    found = _divide(lines, numbers, heading)
    if set(found) <= {None} and _safe(bare := _divide(lines, numbers, _bare(numbers)), lines, numbers):
        found = bare
    return [Section(number, tuple(found.get(number, ()))) for number in (*sorted(numbers), None)]


def _divide(lines: Iterable[Line], numbers: Collection[int], read: Heading) -> dict[int | None, list[Line]]:
    found: dict[int | None, list[Line]] = {}
    current: int | None = None
    for line in lines:
        start = read(line.text)
        rest: Line | None = line
        if start is not None:
            current = start[0] if start[0] in numbers else None
            kept = line.read.cut(start[1], len(line.text))
            rest = replace(line, read=kept) if kept.text.strip() else None
        if rest is not None:
            found.setdefault(current, []).append(rest)
        elif current is not None:
            found.setdefault(current, [])
    return found


def _bare(numbers: Collection[int]) -> Heading:
    def read(text: str) -> tuple[int, int] | None:
        found = bare_heading(text)
        return found if found is not None and found[0] in numbers else None

    return read


def _safe(found: dict[int | None, list[Line]], lines: Iterable[Line], numbers: Collection[int]) -> bool:
    order = [mark[0] for line in lines if (mark := _bare(numbers)(line.text)) is not None]
    rising = len(order) > 1 and all(one < other for one, other in pairwise(order))
    return rising and all(_answered(found.get(number, ())) for number in order)


def _answered(lines: Iterable[Line]) -> bool:
    return any(True for line in lines for _ in answer_labels(line.text))
