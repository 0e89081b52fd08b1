"""What the engine `rules` says about its points."""

from collections.abc import Sequence
from decimal import Decimal

from .finding import Finding, Kind, Verdict, Words

EMPTY = Words("Текст решения этой задачи не найден.", "No text of a solution of this task was found.")
NOT_CHECKED = Words("Ответ не проверялся.", "The answer was not checked.")
NO_UNIT = Words("У эталона нет единицы, сравнивать не с чем.", "The reference has no unit to compare with.")
STEPS_RIGHT = Words(
    "Ответ не подтверждён, но всё, что проверено в решении, верно: половина баллов.",
    "The answer is not confirmed, but every step that was checked is right: half of the points.",
)
_PREFIX = Words("Проверено правилами, без модели: ", "Checked by rules, without a model: ")
_CONDITION = Words(
    " Правила не смогли решить: баллы поставлены условно, решает преподаватель.",
    " The rules could not tell: the points are given on condition, the teacher decides.",
)
_NOT_LOOKED_AT = {
    "method": Words(" Ход решения правила не читают.", " The rules do not read the reasoning."),
    "calculation": Words(
        " Кроме ответа проверены только вычисления, записанные числами.",
        " Besides the answer only calculations written in numbers were checked.",
    ),
    "units": Words(
        " Единицы внутри решения проверены лишь там, где они записаны при числах.",
        " Units inside the solution were checked only where they are written with the numbers.",
    ),
    "notation": Words(
        " Проверены только уравнения, заряды и степени окисления, остальное оформление нет.",
        " Only equations, charges and oxidation states were checked, no other notation.",
    ),
}
_OTHER = Words(
    " Сам критерий правила не читают, только итоговый ответ.", " The criterion itself was not read, only the answer."
)


def equations(right: int, total: int) -> Words:
    """How many equations are balanced."""
    if not total:
        return Words("Уравнений в решении не найдено.", "No equations were found in the solution.")
    return Words(
        f"Неуравненных уравнений не найдено; уравнено {right} из {total}.",
        f"No unbalanced equation was found; {right} of {total} are balanced.",
    )


def comment(kind: str, words: Words, found: Finding | None, *, on_condition: bool) -> Words:
    """The comment of one criterion: what was checked, where, and what was not."""
    left_out = _NOT_LOOKED_AT.get(kind, _OTHER)
    condition = _CONDITION if on_condition else Words("", "")
    place = Words("", "")
    if found is not None:
        place = Words(f" «{found.quote}» (блок {found.block_id}).", f" “{found.quote}” (block {found.block_id}).")
    return Words(
        _PREFIX.ru + _lowered(words.ru) + place.ru + left_out.ru + condition.ru,
        _PREFIX.en + _lowered(words.en) + place.en + left_out.en + condition.en,
    )


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _comma(points: Decimal) -> str:
    return f"{points:f}".replace(".", ",")


def feedback(findings: Sequence[Finding], total: Decimal, most: Decimal) -> Words:
    """One sentence on the whole work."""
    answers = [finding.verdict for finding in findings if finding.kind is Kind.ANSWER]
    balanced = [finding.verdict for finding in findings if finding.kind is Kind.EQUATION]
    right, wrong = answers.count(Verdict.OK), answers.count(Verdict.WRONG)
    other = len(answers) - right - wrong
    good, all_equations = balanced.count(Verdict.OK), len(balanced)
    return Words(
        f"Предварительная проверка правилами, без модели: ответов верно {right} из {len(answers)}, неверно {wrong}, "
        f"не определено или не найдено {other}; уравнений уравнено {good} из {all_equations}; предложено баллов "
        f"{_comma(total)} из {_comma(most)}. Баллы подтверждает преподаватель.",
        f"Precheck by rules, without a model: {right} of {len(answers)} answers right, {wrong} wrong, {other} not told "
        f"or not found; {good} of {all_equations} equations balanced; {total} of {most} points proposed. "
        f"A teacher confirms them.",
    )
