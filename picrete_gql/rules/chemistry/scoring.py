"""Engine `rules`: points per criterion from the findings alone, for a teacher to confirm.

How the share of a criterion's points follows from the findings of its task:

- no text of the task at all: 0;
- `calculation`, `other` and unknown kinds: the answer is ok → all, wrong or not found → 0, also with a slip that is
  certain in a calculation on the way to an answer that is not ok;
- `units`: the dimension of the answer's unit is ok → all, wrong → 0, no answer found → 0;
- `notation`: all, unless an equation, an ion, a nucleus or an oxidation state is provably wrong → 0;
- `method`: the answer is ok → all, else half if steps on the way were checked and all are right, else 0.

`unsure` never counts against a student: where the rules could not tell, the points are all given on condition, the
comment says so, and `checked` is False. Points are rounded half up to 0.01, and never exceed the criterion's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from uuid import UUID

from . import scoring_words as say
from .finding import SURE, Finding, Kind, Verdict, Words
from .findings import check_divided, divided
from .pages import Page, Task
from .sections import Section

ENGINE = "rules"

_ALL, _HALF, _NONE = Decimal(1), Decimal("0.5"), Decimal(0)
_CENT = Decimal("0.01")


_SUMS = (Kind.ARITHMETIC, Kind.CONVERSION)
_WRITTEN = (Kind.EQUATION, Kind.ION, Kind.NUCLEAR, Kind.OXIDATION)
_STEPS = (*_SUMS, *_WRITTEN, Kind.MOLAR_MASS)


@dataclass(frozen=True)
class Criterion:
    """One line of a task's rubric. `kind`: method, calculation, units, notation, other."""

    id: UUID
    kind: str
    max_points: Decimal


@dataclass(frozen=True)
class CriterionScore:
    """Proposed points; `checked` is False when they are given on condition. The quote stands in the block."""

    criterion_id: UUID
    task_number: int
    points: Decimal
    comment_ru: str
    comment_en: str
    checked: bool
    quote: str | None = None
    block_id: str | None = None
    photo_id: UUID | None = None


@dataclass(frozen=True)
class RulesProposal:
    """Scores in the order of the rubric; `total` is exactly their sum."""

    scores: tuple[CriterionScore, ...]
    total: Decimal
    feedback_ru: str
    feedback_en: str
    findings: tuple[Finding, ...]
    engine: str = ENGINE


@dataclass(frozen=True)
class _Share:
    """Which part of the points, why, and the finding that decided."""

    part: Decimal
    words: Words
    finding: Finding | None = None
    checked: bool = True


def propose(
    tasks: Sequence[Task], rubric: Mapping[int, Sequence[Criterion]], pages: Sequence[Page], *, sure: float = SURE
) -> RulesProposal:
    """Check a work and propose points for every criterion of `rubric` (task number → criteria)."""
    work = divided(tasks, pages)
    findings = check_divided(tasks, work, sure=sure)
    scores: list[CriterionScore] = []
    for task in tasks:
        has_text = _has_text(task.number, work.sections)
        scores += score_task(task.number, rubric.get(task.number, ()), findings, has_text)
    total = sum((score.points for score in scores), Decimal("0.00"))
    most = sum((criterion.max_points for task in tasks for criterion in rubric.get(task.number, ())), Decimal(0))
    words = say.feedback(findings, total, most)
    return RulesProposal(tuple(scores), total, words.ru, words.en, tuple(findings))


def score_task(
    number: int, criteria: Sequence[Criterion], findings: Sequence[Finding], has_text: bool
) -> list[CriterionScore]:
    """Points for the criteria of one task."""
    mine = [finding for finding in findings if finding.task_number == number]
    return [_score(number, criterion, _share(criterion.kind, mine, has_text)) for criterion in criteria]


def _has_text(number: int, sections: Sequence[Section]) -> bool:
    """A task without a section of its own may stand in the text that could not be divided."""
    own = any(section.lines for section in sections if section.number == number)
    return own or any(section.worked for section in sections if section.number is None)


def _score(number: int, criterion: Criterion, share: _Share) -> CriterionScore:
    exact = criterion.max_points * share.part
    points = exact.quantize(_CENT, ROUND_HALF_UP)
    if points > criterion.max_points:
        points = exact.quantize(_CENT, ROUND_DOWN)
    found = share.finding if share.finding and share.finding.quote else None
    words = say.comment(criterion.kind, share.words, found, on_condition=not share.checked)
    return CriterionScore(
        criterion.id, number, points, words.ru, words.en, share.checked,
        found.quote if found else None, found.block_id if found else None, found.photo_id if found else None,
    )  # fmt: skip


def _share(kind: str, mine: Sequence[Finding], has_text: bool) -> _Share:
    if not has_text:
        return _Share(_NONE, say.EMPTY)
    answer = next((finding for finding in mine if finding.kind is Kind.ANSWER), None)
    if kind == "notation":
        return _notation(mine)
    if kind == "units":
        return _units(mine, answer)
    return _method(mine, answer) if kind == "method" else _calculation(mine, answer)


def _calculation(mine: Sequence[Finding], answer: Finding | None) -> _Share:
    slip = next((f for f in mine if f.kind in _SUMS and f.verdict is Verdict.WRONG), None)
    if slip is not None and (answer is None or answer.verdict is not Verdict.OK):
        return _Share(_NONE, Words(slip.explanation_ru, slip.explanation_en), slip)
    if answer is None:
        return _Share(_ALL, say.NOT_CHECKED, checked=False)
    words = Words(answer.explanation_ru, answer.explanation_en)
    if answer.verdict is Verdict.UNSURE and (answer.found is not None or answer.expected is None):
        return _Share(_ALL, words, answer, checked=False)
    return _Share(_ALL if answer.verdict is Verdict.OK else _NONE, words, answer)


def _units(mine: Sequence[Finding], answer: Finding | None) -> _Share:
    dimension = next((finding for finding in mine if finding.kind is Kind.DIMENSION), None)
    if dimension is None:
        return _Share(_ALL, say.NO_UNIT, checked=False)
    words = Words(dimension.explanation_ru, dimension.explanation_en)
    if dimension.verdict is Verdict.UNSURE:
        absent = answer is None or answer.found is None
        return _Share(_NONE if absent else _ALL, words, dimension, checked=absent)
    return _Share(_ALL if dimension.verdict is Verdict.OK else _NONE, words, dimension)


def _notation(mine: Sequence[Finding]) -> _Share:
    equations = [finding for finding in mine if finding.kind is Kind.EQUATION]
    written = [finding for finding in mine if finding.kind in _WRITTEN]
    wrong = next((finding for finding in written if finding.verdict is Verdict.WRONG), None)
    if wrong is not None:
        return _Share(_NONE, Words(wrong.explanation_ru, wrong.explanation_en), wrong)
    right = [finding for finding in equations if finding.verdict is Verdict.OK]
    sure = bool(right) and len(right) == len(equations)
    return _Share(_ALL, say.equations(len(right), len(equations)), right[0] if right else None, checked=sure)


def _method(mine: Sequence[Finding], answer: Finding | None) -> _Share:
    whole = _calculation(mine, answer)
    if whole.part:
        return whole
    steps = [finding for finding in mine if finding.kind in _STEPS]
    right = [finding for finding in steps if finding.verdict is Verdict.OK]
    if right and not any(finding.verdict is Verdict.WRONG for finding in steps):
        return _Share(_HALF, say.STEPS_RIGHT, right[0])
    return whole
