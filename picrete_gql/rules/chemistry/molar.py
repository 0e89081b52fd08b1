"""Molar masses that a student states, `M(NaCl) = 23 + 35,5 = 58,5 г/моль`, against the table."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from .arithmetic import compute
from .finding import SURE, Finding, Kind, Place, Verdict, Words, finding
from .formulas import MAX_CHARS, Formula
from .legible import BLIND, Trust
from .pages import Line
from .plausible import plausible
from .quantities import Quantity, read
from .readings import readings
from .sections import Section
from .units import Unit, convert, read_unit

_HEAD = re.compile(r"(?<![^\s,;:(])(M_?r|М_?[rг]|[MМ])\s?[({]")
_PART_OF_MORE = re.compile(r"[+\-·/=\d]\s*\Z")
_CHAIN = re.compile(r"\s?[=≈]\s?(?:[\d.,+·()=≈-]|\s(?=[\d.,+·()=≈-])){1,160}")
_LAST = re.compile(r"(?:\A|[=≈])\s*(\d{1,6}(?:[.,]\d{1,6})?)\s?\.?\s?\(?\Z")
_MOLAR = Unit("gram*mole**-1")
_SLACK = Decimal("0.002")
"""Relative; for atomic masses of other tables than ours."""

_SIGNS = "23456789O"
_RIGHT = Words("Молярная масса {} указана верно.", "The molar mass of {} is right.")
_WRONG = Words("Молярная масса {}: по таблице {} г/моль.", "The molar mass of {}: by the table it is {} g/mol.")
_UNCLEAR = Words(
    "Молярная масса {} не сходится с таблицей ({} г/моль), но запись прочитана неоднозначно.",
    "The molar mass of {} does not fit the table ({} g/mol), but the writing can be read in more than one way.",
)


@dataclass(frozen=True)
class Statement:
    """A stated molar mass at text[start:end]; `named`: the unit or `Mr` leaves no doubt that it is one.

    `adds_up`: the sum before the result, if it is written out, comes to it.
    """

    species: tuple[Formula, ...]
    quantity: Quantity
    named: bool
    adds_up: bool
    start: int
    end: int


def find(text: str) -> Iterator[Statement]:
    """The stated molar masses of a line of normalised text. Molarities and multiples (`2M(H2O)`) are none."""
    for head in _HEAD.finditer(text):
        if _PART_OF_MORE.search(text[max(0, head.start() - 3) : head.start()]):
            continue
        close = _closing(text, head.end())
        chain = _CHAIN.match(text, close + 1) if close else None
        last = _LAST.search(chain[0]) if chain else None
        if not close or chain is None or last is None:
            continue
        found = _statement(text, head, close, chain.start() + last.start(1), chain.start() + last.end(1))
        if found is not None:
            yield found


def _statement(text: str, head: re.Match[str], close: int, start: int, end: int) -> Statement | None:
    species = readings(text[head.end() : close].replace(" ", ""))
    at = end + len(text[end : end + 2]) - len(text[end : end + 2].lstrip(" ("))
    unit = read_unit(text, at)
    quantity = read(text[start:end])
    if not species or quantity is None or (unit is not None and unit[0].dimension != _MOLAR.dimension):
        return None
    # «M(NaCl) = 0,1 · …» or a letter that is no unit we know: nothing to judge.
    if unit is None and text[end : end + 2].strip(" .,;"):
        return None
    named = unit is not None or len(head[1]) > 1
    adds_up = _adds_up(text[close + 1 : start], quantity.value)
    stop = unit[1] if unit else end
    quantity = replace(quantity, unit=unit[0] if unit else _MOLAR, text=text[start:stop])
    return Statement(species, quantity, named, adds_up, head.start(), stop)


def _closing(text: str, start: int) -> int | None:
    """Where the bracket that was opened before `start` closes."""
    depth = 1
    for at in range(start, min(len(text), start + MAX_CHARS)):
        depth += (text[at] in "({") - (text[at] in ")}")
        if depth == 0:
            return at
    return None


def judge(statement: Statement) -> Verdict:
    """Right if any usual rounding of the atomic masses, in any reading of the formula, leads to it."""
    quantity, unit = statement.quantity, statement.quantity.unit or _MOLAR
    if "tonne" in unit.expression:
        # «т/моль» is a misread «г/моль».
        unit = _MOLAR
    value = convert(quantity.value, unit, _MOLAR)
    half = convert(Decimal("0.5").scaleb(-quantity.places), unit, _MOLAR)
    for formula in statement.species:
        low, high = formula.usual_molar_masses
        if low * (1 - _SLACK) - half <= value <= high * (1 + _SLACK) + half:
            return Verdict.OK
    lost_comma = quantity.places == 0 and any(_near(value, formula) for formula in statement.species)
    readable = len(statement.species) == 1 and plausible(statement.species[0]) and not quantity.torn
    sure = statement.named and statement.adds_up and readable and not lost_comma
    return Verdict.WRONG if sure else Verdict.UNSURE


def _adds_up(chain: str, value: Decimal) -> bool:
    """Whether a sum that is written out comes to the value, or there is none: otherwise some digit was misread."""
    sums = [part for part in re.split("[=≈]", chain) if "+" in part]
    total = compute(sums[-1].strip(" .")) if sums else None
    return not sums or (total is not None and abs(total - Fraction(value)) < 1)


def _near(value: Decimal, formula: Formula) -> bool:
    """Whether the digits are right and only the comma is lost."""
    low, high = formula.usual_molar_masses
    slack = Decimal("0.01")
    return any(low * (1 - slack) <= value.scaleb(-shift) <= high * (1 + slack) for shift in (1, 2, 3))


def molar_mass_findings(sections: Sequence[Section], trust: Trust = BLIND, sure: float = SURE) -> list[Finding]:
    """One finding per stated molar mass."""
    found = []
    for section in sections:
        for line in section.lines:
            for statement in find(line.text):
                place = Place(line, line.read.quote(statement.start, statement.end), line.confidence)
                verdict = judge(statement)
                if verdict is Verdict.WRONG and not _believed(line, statement, trust):
                    verdict = Verdict.UNSURE
                found.append(_finding(statement, verdict, section.number, place, sure))
    return found


def _believed(line: Line, statement: Statement, trust: Trust) -> bool:
    """On a page with misreading the formula and its mass must both stand there again."""
    again = trust.text.count(statement.species[0].text) > 1
    if trust.confirmed:
        return True
    if trust.clean:
        return trust.whole([line]) and (again or not _formula_misread(statement))
    return again and trust.believes([line], [Fraction(statement.quantity.value)])


def _formula_misread(statement: Statement) -> bool:
    """Whether one sign more or another one makes a formula of the stated mass: `AgN3` for AgNO3."""
    text = statement.species[0].text
    edits = {text[:at] + sign + text[at + cut :] for at in range(1, len(text) + 1) for sign in _SIGNS for cut in (0, 1)}
    species = tuple(one for edit in edits - {text} for one in readings(edit)[:1] if plausible(one))
    return any(judge(replace(statement, species=(one,))) is Verdict.OK for one in species)


def _finding(statement: Statement, verdict: Verdict, task: int | None, place: Place, sure: float) -> Finding:
    formula = statement.species[0]
    mass = format(formula.molar_mass.quantize(Decimal("0.01")).normalize(), "f").replace(".", ",")
    words = {Verdict.OK: _RIGHT, Verdict.WRONG: _WRONG, Verdict.UNSURE: _UNCLEAR}[verdict]
    return finding(
        Kind.MOLAR_MASS, verdict, task, place,
        Words(words.ru.format(formula.text, mass), words.en.format(formula.text, mass.replace(",", "."))),
        expected=f"{mass} г/моль", found=statement.quantity.text, sure=sure,
    )  # fmt: skip
