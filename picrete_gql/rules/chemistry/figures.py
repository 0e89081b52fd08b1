"""Significant figures of a final answer: something to know, never an accusation."""

import re
from collections.abc import Sequence

from .finding import SURE, Finding, Kind, Verdict, Words, finding
from .outcomes import Outcome
from .quantities import Quantity, find
from .sections import Section

_LEAD = re.compile(r"^[0.,]+")
_SAME = Words("Значащих цифр в ответе: {}.", "Significant figures in the answer: {}.")
_MANY = Words(
    "Значащих цифр в ответе: {}, а в самых грубых данных решения: {}.",
    "The answer has {} significant figures, the coarsest number of the solution has {}.",
)
_SPARE = 2


def significant(literal: str) -> int:
    """How many figures of a number as written are significant; zeros at the end of a whole number count."""
    return len(_LEAD.sub("", literal).replace(",", "").replace(".", "").replace(" ", "")) or 1


def figures_finding(task: int, outcome: Outcome, section: Section, sure: float = SURE) -> list[Finding]:
    """One finding on an answer that is a number."""
    if outcome.quantity is None or outcome.place is None or outcome.verdict is Verdict.WRONG:
        return []
    mine = significant(outcome.quantity.literal)
    least = _least([quantity for line in section.lines for quantity in find(line.text)])
    if least is not None and mine > least + _SPARE:
        words, verdict = _MANY.filled(str(mine), str(least)), Verdict.UNSURE
    else:
        words, verdict = _SAME.filled(str(mine)), Verdict.OK
    return [
        finding(
            Kind.FIGURES, verdict, task, outcome.place, words,
            expected=str(least) if verdict is Verdict.UNSURE else None, found=str(mine), sure=sure,
        )
    ]  # fmt: skip


def _least(quantities: Sequence[Quantity]) -> int | None:
    """The fewest figures of the decimal numbers with a unit: whole ones are often exact."""
    decimals = [q.literal for q in quantities if q.unit is not None and q.unit.dimension and set(",.") & set(q.literal)]
    return min(map(significant, decimals), default=None)
