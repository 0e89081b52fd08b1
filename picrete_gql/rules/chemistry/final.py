"""Findings about the final answers: the value against the reference, and the dimension of its unit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from . import final_words as say
from .answers import finals, results, written
from .comparison import Match, compare, lost_power, same_dimension
from .finding import SURE, Finding, Kind, Place, Verdict, finding
from .joined import Joined
from .lookalikes import distance
from .outcomes import Outcome, judged
from .pages import Line, Task
from .quantities import Quantity
from .reference import Reference, reference
from .sections import Section


def answer_findings(tasks: Sequence[Task], sections: Sequence[Section], sure: float = SURE) -> list[Finding]:
    """One finding on the answer of every task, and one on its dimension where the reference has a unit.

    An answer that was not found at all is unsure, and its `found` is None.
    """
    by_number: Mapping[int | None, Section] = {section.number: section for section in sections}
    nobody = by_number.get(None, Section(None, ()))
    stray = written(nobody.lines)
    found: list[Finding] = []
    for task in tasks:
        expected = reference(task)
        outcome = _of_task(task, expected, by_number.get(task.number, Section(task.number, ())), nobody, stray)
        text = expected.shown if expected else None
        found.append(
            finding(
                Kind.ANSWER, outcome.verdict, task.number, outcome.place, outcome.words,
                expected=text, found=outcome.text, sure=sure,
            )
        )  # fmt: skip
        found += _dimension(task, expected, outcome, sure)
    return found


def _of_task(task: Task, expected: Reference | None, own: Section, nobody: Section, stray: Sequence[Joined]) -> Outcome:
    labelled = [judged(answer, expected, task.tolerance) for answer in written(own.lines) if answer.text.strip()]
    if labelled:
        return _last(labelled, expected, task.tolerance, own.lines)
    if expected is not None:
        candidates = (judged(answer, expected, task.tolerance) for answer in stray if answer.text.strip())
        right = next((outcome for outcome in candidates if outcome.verdict is Verdict.OK), None)
        right = right or _unlabelled(expected, task.tolerance, own.lines)
        if right is not None:
            return right
    if nobody.worked and not own.lines:
        return Outcome(Verdict.UNSURE, say.UNSPLIT, "")
    return Outcome(Verdict.UNSURE, say.ABSENT)


def _last(labelled: Sequence[Outcome], expected: Reference | None, tolerance: Decimal, own: Sequence[Line]) -> Outcome:
    """The last answer counts, but accuses nobody when an earlier one or the calculation above it is right."""
    last = labelled[-1]
    if last.verdict is not Verdict.WRONG or expected is None or last.quantity is None:
        return last
    if any(outcome.verdict is Verdict.OK for outcome in labelled):
        return replace(last, verdict=Verdict.UNSURE, words=say.SEVERAL)
    right = [q for _, q in results(own) if any(compare(q, r, tolerance) is Match.HIT for r in expected.quantities)]
    if right and (last.match is Match.FOREIGN or any(_misread(last.quantity.literal, q.literal) for q in right)):
        return replace(last, verdict=Verdict.UNSURE, words=say.SLIP)
    return last


def _misread(answer: str, result: str) -> bool:
    """Whether an answer that differs from the result above it is as likely misread as miscopied."""
    digits, known = ("".join(filter(str.isdigit, text)).lstrip("0") for text in (answer, result))
    if digits == known:
        return answer.isdigit()
    return digits in known or known in digits or distance(answer, result, 1) <= 1


def _unlabelled(expected: Reference, tolerance: Decimal, own: Sequence[Line]) -> Outcome | None:
    """A right answer without the word «Ответ»: results of the section are every expected quantity, with its unit."""
    hits: list[tuple[Line, Quantity]] = []
    for r in expected.quantities:
        right = [pair for pair in results(own) if r.unit and compare(pair[1], r, tolerance) is Match.HIT]
        hits += right[-1:]
    if not hits or len(hits) < len(expected.quantities):
        return None
    line, quantity = hits[-1]
    place = Place(line, line.read.quote(quantity.start, quantity.end), line.confidence)
    return Outcome(Verdict.OK, say.UNLABELLED, quantity.text, place, quantity, Match.HIT)


def _dimension(task: Task, expected: Reference | None, outcome: Outcome, sure: float) -> Iterator[Finding]:
    """The dimension of the quantity that decided."""
    if expected is None or not expected.quantities or not all(r.unit for r in expected.quantities):
        return
    quantity = outcome.quantity
    words, verdict = say.DIMENSION_UNSURE, Verdict.UNSURE
    if quantity is not None and quantity.unit is not None:
        if any(same_dimension(quantity.unit, r.unit) for r in expected.quantities):
            words, verdict = say.DIMENSION_OK, Verdict.OK
        elif _certain(quantity, outcome):
            words, verdict = say.DIMENSION_WRONG, Verdict.WRONG
    yield finding(
        Kind.DIMENSION, verdict, task.number, outcome.place, words,
        expected=expected.shown, found=quantity.text if quantity else None, sure=sure,
    )  # fmt: skip


def _certain(quantity: Quantity, outcome: Outcome) -> bool:
    """The only quantity, and cleanly read."""
    return len(finals(outcome.text or "")) == 1 and not (quantity.torn or quantity.computed or lost_power(quantity))
