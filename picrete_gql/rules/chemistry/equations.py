"""Equations of reactions on a page, and whether they are balanced."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import islice, product

from .balance import balance, balanced
from .blanks import blanked
from .formulas import ELECTRON, Formula
from .plausible import plausible
from .runs import Run, Term, runs
from .tokens import Kind

MAX_TERMS = 14
MAX_READINGS = 64
MAX_COEFFICIENT = 500

_QUANTITY = re.compile(r"[A-Z]\([^()]*(?:\([^()]*\)\d*[^()]*)*\)|\[[^\[\]]*\]")
_SYMBOLS_OF_PHYSICS = frozenset("VCPNFUIWKHSB")


class State(StrEnum):
    """What is known of an equation."""

    BALANCED = "balanced"
    UNBALANCED = "unbalanced"
    CUT = "cut"
    IMPOSSIBLE = "impossible"
    AMBIGUOUS = "ambiguous"
    SCHEME = "scheme"
    ODD = "odd"
    DOUBTED = "doubted"


@dataclass(frozen=True)
class Equation:
    """An equation in a blanked line, at line[start:end]; terms after a minus already stand on the other side."""

    left: tuple[Term, ...]
    right: tuple[Term, ...]
    arrow: str
    clean: bool
    start: int
    end: int

    @property
    def terms(self) -> tuple[Term, ...]:
        """Both sides."""
        return self.left + self.right

    @property
    def plain(self) -> bool:
        """No coefficient is written at all."""
        return all(term.coefficient == 1 for term in self.terms)

    @property
    def signature(self) -> tuple[tuple[tuple[str, Fraction], ...], ...]:
        """Its species with their coefficients, by sides."""
        return tuple(tuple(sorted((t.text, t.coefficient) for t in side)) for side in (self.left, self.right))

    @property
    def names(self) -> frozenset[str]:
        """Its species, however they are multiplied."""
        return frozenset(term.species[0].text for term in self.terms)


@dataclass(frozen=True)
class Judged:
    """An equation with what is known of it; `corrected` is the equation as it should be, when that is certain."""

    equation: Equation
    state: State
    corrected: str | None = None


def find(text: str) -> Iterator[Equation]:
    """The equations in a line of normalised text. Chains, arithmetic and formulas of physics are none."""
    if not any(arrow in text for arrow in "=→⇄"):
        return
    for run in runs(blanked(text)):
        equation = _equation(run)
        if equation is not None and not _physics(equation):
            yield equation


def _equation(run: Run) -> Equation | None:
    arrows = [operator for operator in run.operators if operator.kind is Kind.ARROW]
    if len(arrows) != 1 or len(run.terms) > MAX_TERMS:
        return None
    sides: tuple[list[Term], list[Term]] = ([], [])
    side = 0
    for term, operator in zip(run.terms, (None, *run.operators), strict=True):
        side = 1 if operator is arrows[0] else side
        sides[1 - side if operator is not None and operator.kind is Kind.MINUS else side].append(term)
    if not all(sides):
        return None
    return Equation(tuple(sides[0]), tuple(sides[1]), arrows[0].text, run.clean, run.start, run.end)


def _physics(equation: Equation) -> bool:
    """`C1V1 = C2V2`, `V(O2) = 2V(H2)`, `[H2] = 2[I2]`, `F = PS`, `CH2=CH2`: equalities and bonds, not reactions."""
    if any(_QUANTITY.fullmatch(term.text) for term in equation.terms):
        return True
    if {term.text for term in equation.left} == {term.text for term in equation.right}:
        return True
    elements = {symbol for term in equation.terms for symbol in term.species[0].counts}
    if elements and elements <= _SYMBOLS_OF_PHYSICS and not elements <= {"N"}:
        return "V" in elements or not any(char.isdigit() for term in equation.terms for char in term.text)
    return False


def judge(equation: Equation) -> Judged:
    """Balanced in any reading is balanced; unbalanced is only what is whole, readable, and balances in one way."""
    chosen = list(islice(product(*(term.species for term in equation.terms)), MAX_READINGS))
    for species in chosen:
        if balanced(_side(equation.left, species), _side(equation.right, species[len(equation.left) :])):
            return Judged(equation, State.BALANCED)
    if not equation.clean or any(not _whole(term.coefficient) for term in equation.terms):
        return Judged(equation, State.CUT)
    if len(chosen) == MAX_READINGS:
        return Judged(equation, State.AMBIGUOUS)
    return _unbalanced(equation, chosen)


def _unbalanced(equation: Equation, chosen: Sequence[tuple[Formula, ...]]) -> Judged:
    divider = len(equation.left)
    chosen = [species for species in chosen if all(map(plausible, species))]
    if not chosen:
        return Judged(equation, State.ODD)
    results = [(species, balance(species[:divider], species[divider:])) for species in chosen]
    solved = [(species, result.coefficients) for species, result in results if result.coefficients]
    if any(not result.unique for _, result in results) or len(solved) > 1:
        return Judged(equation, State.AMBIGUOUS)
    if not solved:
        return Judged(equation, State.IMPOSSIBLE)
    species, coefficients = solved[0]
    if not _certain(equation, species):
        return Judged(equation, State.SCHEME)
    return Judged(equation, State.UNBALANCED, written(species, coefficients, divider, equation.arrow))


def _certain(equation: Equation, species: Sequence[Formula]) -> bool:
    """Whether its author surely meant it to be balanced as it stands."""
    if len(species) == 2:
        return False
    if ELECTRON in species:
        charged = [formula.text for formula in species if formula.charge and formula is not ELECTRON]
        return bool(charged) and all("^" in text for text in charged)
    organic = any({"C", "H"} <= formula.counts.keys() and "HCO3" not in formula.text for formula in species)
    return not (organic and equation.plain and equation.arrow == "→")


def _whole(coefficient: Fraction) -> bool:
    return coefficient <= MAX_COEFFICIENT and coefficient.denominator <= 2


def _side(terms: Sequence[Term], species: Sequence[Formula]) -> list[tuple[Fraction, Formula]]:
    return [(term.coefficient, formula) for term, formula in zip(terms, species, strict=False)]


def written(species: Sequence[Formula], coefficients: Sequence[int], divider: int, arrow: str) -> str:
    """The equation as text."""
    terms = [f"{n if n > 1 else ''}{formula.text}" for n, formula in zip(coefficients, species, strict=True)]
    return f"{' + '.join(terms[:divider])} {arrow} {' + '.join(terms[divider:])}"
