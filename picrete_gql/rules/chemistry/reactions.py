"""Findings about the equations of a work."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from .blanks import blanked
from .equations import Equation, Judged, State, find, judge
from .finding import SURE, Finding, Kind, Verdict, Words, finding
from .joined import Joined, joined
from .legible import BLIND, Trust
from .runs import runs
from .sections import Section
from .tokens import Kind as TokenKind

MAX_EQUATIONS = 200
"""The first equations of a work; what comes after is not judged."""

_DRAFT = re.compile(
    r"схем|уравня|расстав|коэффиц|цепочк|превращ|баланс|неверн|ошиб|черновик|scheme|draft", re.IGNORECASE
)
_VERDICTS = {State.BALANCED: Verdict.OK, State.UNBALANCED: Verdict.WRONG}
_WORDS = {
    State.BALANCED: Words("Уравнение уравнено.", "The equation is balanced."),
    State.UNBALANCED: Words("Уравнение не уравнено. Верно: {}.", "The equation is not balanced. It should be: {}."),
    State.CUT: Words(
        "Уравнение не сходится, но прочитано не целиком или с посторонними знаками.",
        "The equation does not add up, but it was not read whole, or with foreign signs in it.",
    ),
    State.IMPOSSIBLE: Words(
        "С такими формулами уравнение не уравнивается: формула записана или прочитана неверно, или чего-то не хватает.",
        "With these formulas it cannot be balanced: a formula was written or read wrongly, or something is missing.",
    ),
    State.AMBIGUOUS: Words(
        "Коэффициенты не сходятся, но уравнять можно не единственным образом или прочитать по-разному.",
        "The coefficients do not fit, but it can be balanced in more than one way, or read differently.",
    ),
    State.ODD: Words(
        "Коэффициенты не сходятся, но одна из формул необычна и могла быть прочитана неверно.",
        "The coefficients do not fit, but one of the formulas is unusual and may have been misread.",
    ),
    State.DOUBTED: Words(
        "Коэффициенты не сходятся, но на странице есть следы неточного распознавания.",
        "The coefficients do not fit, but the page shows traces of misreading.",
    ),
    State.SCHEME: Words(
        "Похоже на схему реакции, которую не обязательно уравнивать.",
        "This looks like a scheme of the reaction, which need not be balanced.",
    ),
}


@dataclass(frozen=True)
class _Seen:
    section: Section
    line: Joined
    judged: Judged


def equation_findings(sections: Sequence[Section], trust: Trust = BLIND, sure: float = SURE) -> list[Finding]:
    """One finding per equation. An unbalanced one that is written again elsewhere, better, is taken for a draft."""
    seen = list(islice((item for section in sections for item in _seen(section)), MAX_EQUATIONS))
    return [
        _finding(item, _believed(item, _state(item, seen, strict=trust.clean), seen, trust), sure)
        for item in seen
        if _worth(item.judged)
    ]


def _believed(item: _Seen, state: State, seen: Sequence[_Seen], trust: Trust) -> State:
    """On a page that was read badly an unbalanced equation accuses only if it stands there twice."""
    if state is not State.UNBALANCED:
        return state
    mine = item.judged.equation
    again = sum(other.judged.equation.signature == mine.signature for other in seen) > 1
    lines = [line for _, line in item.line.parts]
    return state if trust.whole(lines) and (trust.clean or again) else State.DOUBTED


def _seen(section: Section) -> Iterator[_Seen]:
    lines = joined(section.lines)
    for number, line in enumerate(lines):
        for equation in find(line.text):
            judged = judge(equation)
            around = line.text + (lines[number - 1].text if number else "")
            if judged.state is State.UNBALANCED:
                if _torn(lines, number, judged):
                    judged = Judged(equation, State.CUT)
                elif _DRAFT.search(around):
                    judged = Judged(equation, State.SCHEME)
            yield _Seen(section, line, judged)


def _worth(judged: Judged) -> bool:
    """A pair that does not add up is a step of a chain or an equality, and says nothing."""
    return judged.state is State.BALANCED or len(judged.equation.terms) > 2


def _torn(lines: Sequence[Joined], number: int, judged: Judged) -> bool:
    """Whether the neighbouring line may hold the rest of the equation, without an operator at the break."""
    text, equation = lines[number].text, judged.equation
    if number + 1 < len(lines) and not text[equation.end :].strip() and _piece(lines[number + 1].text):
        return True
    return number > 0 and not text[: equation.start].strip() and _piece(lines[number - 1].text)


def _piece(text: str) -> bool:
    """Whether the line is nothing but species joined by plus signs."""
    text = blanked(text).strip()
    found = runs(text)
    if not found or any(operator.kind is TokenKind.ARROW for operator in found[0].operators):
        return False
    return found[0].start == 0 and not text[found[-1].end :].strip(" .,;+")


def _same_reaction(mine: Equation, theirs: Equation, *, strict: bool) -> bool:
    """Where formulas may be misread, half of them the same must do: then a neighbour is taken for it now and then."""
    if strict:
        return mine.names == theirs.names
    return 2 * len(mine.names & theirs.names) >= len(mine.names | theirs.names)


def _state(item: _Seen, seen: Sequence[_Seen], *, strict: bool) -> State:
    if item.judged.state is not State.UNBALANCED:
        return item.judged.state
    mine = item.judged.equation
    for other in seen:
        theirs = other.judged.equation
        if theirs is mine or not _same_reaction(mine, theirs, strict=strict):
            continue
        if other.judged.state is not State.UNBALANCED or (mine.plain and not theirs.plain):
            return State.SCHEME
    return State.UNBALANCED


def _finding(item: _Seen, state: State, sure: float) -> Finding:
    place = item.line.place(item.judged.equation.start, item.judged.equation.end)
    expected = item.judged.corrected if state is State.UNBALANCED else None
    words = _WORDS[state]
    if expected is not None:
        words = words.filled(expected)
    verdict = _VERDICTS.get(state, Verdict.UNSURE)
    return finding(
        Kind.EQUATION, verdict, item.section.number, place, words, expected=expected, found=place.quote, sure=sure
    )
