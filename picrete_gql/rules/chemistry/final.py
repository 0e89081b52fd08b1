"""Findings about the final answers: the value against the reference, and the dimension of its unit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from . import final_words as say
from .answers import finals, results, written
from .comparison import Match, close, compare, lost_power, same_dimension, tonnes
from .figures import figures_finding
from .finding import SURE, Finding, Kind, Place, Verdict, finding
from .joined import Joined
from .legible import BLIND, Trust, literals
from .lookalikes import distance
from .misreading import near_literal
from .outcomes import Outcome, judged
from .pages import Line, Task
from .quantities import Quantity
from .reference import Reference, reference
from .sections import Section
from .units import convert

_FAR = Decimal("0.5")


def answer_findings(
    tasks: Sequence[Task], sections: Sequence[Section], trust: Trust = BLIND, sure: float = SURE
) -> list[Finding]:
    """One finding on the answer of every task, and one on its dimension where the reference has a unit.

    An answer that was not found at all is unsure, and its `found` is None.
    """
    by_number: Mapping[int | None, Section] = {section.number: section for section in sections}
    nobody = by_number.get(None, Section(None, ()))
    stray = written(nobody.lines)
    found: list[Finding] = []
    figures: list[Finding] = []
    for task in tasks:
        expected = reference(task)
        own = by_number.get(task.number, Section(task.number, ()))
        outcome = _of_task(task, expected, own, nobody, stray, trust)
        if not _believed(outcome, expected, trust) or _undivided(own, sections):
            outcome = replace(outcome, doubted=True)
        if outcome.doubted and outcome.verdict is Verdict.WRONG:
            outcome = replace(outcome, verdict=Verdict.UNSURE, words=say.DOUBTED)
        text = expected.shown if expected else None
        found.append(
            finding(
                Kind.ANSWER, outcome.verdict, task.number, outcome.place, outcome.words,
                expected=text, found=outcome.text, sure=sure,
            )
        )  # fmt: skip
        found += _dimension(task, expected, outcome, () if trust.firm else own.lines, sure)
        figures += figures_finding(task.number, outcome, own, sure)
    return found + figures


def _believed(outcome: Outcome, expected: Reference | None, trust: Trust) -> bool:
    """Whether the quantity that decided was surely read as it was written."""
    quantity = outcome.quantity
    if quantity is None or outcome.place is None or expected is None:
        return True
    if not trust.believes([outcome.place.line], literals(quantity.literal)):
        return False
    near = any(near_literal(quantity.literal, Fraction(reference.value)) for reference in expected.quantities)
    return trust.clean or outcome.match is Match.NUMBER or not near


def _undivided(own: Section, sections: Sequence[Section]) -> bool:
    """Whether this section may hold another task too, whose heading was lost."""
    empty = any(section.number is not None and not section.lines for section in sections)
    return empty and len(written(own.lines)) > 1


def _of_task(
    task: Task, expected: Reference | None, own: Section, nobody: Section, stray: Sequence[Joined], trust: Trust
) -> Outcome:
    labelled = [judged(answer, expected, task.tolerance) for answer in written(own.lines) if answer.text.strip()]
    if labelled:
        return _last(labelled, expected, task.tolerance, own.lines, trust)
    if expected is not None:
        candidates = (judged(answer, expected, task.tolerance) for answer in stray if answer.text.strip())
        right = next((outcome for outcome in candidates if outcome.verdict is Verdict.OK), None)
        right = right or _unlabelled(expected, task.tolerance, own.lines)
        if right is not None:
            return right
    if nobody.worked and not own.lines:
        return Outcome(Verdict.UNSURE, say.UNSPLIT, "")
    return Outcome(Verdict.UNSURE, say.ABSENT)


def _last(
    labelled: Sequence[Outcome], expected: Reference | None, tolerance: Decimal, own: Sequence[Line], trust: Trust
) -> Outcome:
    """The last answer counts, but accuses nobody when an earlier one or the calculation above it is right."""
    last = labelled[-1]
    if expected is None or last.quantity is None:
        return last
    quantity = last.quantity
    if last.match is Match.NEAR and _computed_so(quantity, expected, own):
        last = replace(last, verdict=Verdict.WRONG, words=say.WRONG.filled(quantity.text, expected.shown))
    if last.verdict is not Verdict.WRONG:
        return last
    if any(outcome.verdict is Verdict.OK for outcome in labelled):
        return replace(last, verdict=Verdict.UNSURE, words=say.SEVERAL)
    right = [q for _, q in results(own) if any(compare(q, r, tolerance) is Match.HIT for r in expected.quantities)]
    lost = any(_lost(quantity, q) for q in _near(expected, tolerance, own))
    misread = lost or any(not trust.copied and _misread(quantity.literal, q.literal) for q in right)
    if (right or lost) and (last.match is Match.FOREIGN or misread):
        return replace(last, verdict=Verdict.UNSURE, words=say.SLIP)
    return last


def _computed_so(quantity: Quantity, expected: Reference, own: Sequence[Line]) -> bool:
    """Whether an answer that looks as if its comma were lost is what the solution above it really came to."""
    if len(expected.quantities) != 1 or quantity.torn or quantity.computed or quantity.others or not quantity.unit:
        return False
    reference = expected.quantities[0]
    if not same_dimension(quantity.unit, reference.unit) or reference.unit is None or lost_power(quantity):
        return False
    value = convert(quantity.value, quantity.unit, reference.unit)
    far = not close(value, reference.value, _FAR) and not close(-value, reference.value, _FAR)
    return far and any(q.literal == quantity.literal and q.unit == quantity.unit for _, q in results(own))


def _near(expected: Reference, tolerance: Decimal, own: Sequence[Line]) -> list[Quantity]:
    """The results of the calculations that are right, or nearly."""
    near = (Match.HIT, Match.NEAR)
    return [q for _, q in results(own) if any(compare(q, r, tolerance) in near for r in expected.quantities)]


def _lost(answer: Quantity, result: Quantity) -> bool:
    """Whether only a comma, the last digits or the sign of a power went: few lose them in copying, readers often do."""
    if answer.literal == result.literal:
        return answer.value != result.value and answer.unit == result.unit
    bare = result.literal.replace(",", "").replace(".", "")
    return answer.literal == bare or (result.literal.startswith(answer.literal) and answer.literal.strip("0,.") != "")


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


def _dimension(
    task: Task, expected: Reference | None, outcome: Outcome, own: Sequence[Line], sure: float
) -> Iterator[Finding]:
    """The dimension of the quantity that decided."""
    if expected is None or not expected.quantities or not all(r.unit for r in expected.quantities):
        return
    quantity = outcome.quantity
    words, verdict = say.DIMENSION_UNSURE, Verdict.UNSURE
    if quantity is not None and quantity.unit is not None:
        if any(same_dimension(quantity.unit, r.unit) for r in expected.quantities):
            words, verdict = say.DIMENSION_OK, Verdict.OK
        elif _certain(quantity, outcome) and not outcome.doubted and not _cut(quantity, own):
            words, verdict = say.DIMENSION_WRONG, Verdict.WRONG
    yield finding(
        Kind.DIMENSION, verdict, task.number, outcome.place, words,
        expected=expected.shown, found=quantity.text if quantity else None, sure=sure,
    )  # fmt: skip


def _cut(quantity: Quantity, own: Sequence[Line]) -> bool:
    """Whether the solution has the same with more of a unit: «1,96 г/л» above «1,96 г»."""
    return any(q.text.startswith((f"{quantity.text}/", f"{quantity.text}·")) for _, q in results(own))


def _certain(quantity: Quantity, outcome: Outcome) -> bool:
    """The only quantity, and cleanly read."""
    glued = quantity.text[-1:].isascii() and quantity.text[-2:-1].isdigit() and quantity.text[-1:].isalpha()
    return (
        len(finals(outcome.text or "")) == 1
        and not (glued or tonnes(quantity))
        and not (quantity.torn or quantity.computed or lost_power(quantity))
    )
