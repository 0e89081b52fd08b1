"""Charges of ions in ionic equations: an ion that everybody knows, written with another charge."""

from collections.abc import Iterator, Mapping, Sequence

from .equations import Equation, find
from .finding import SURE, Finding, Kind, Verdict, Words, finding
from .formulas import ELECTRON, Formula
from .joined import Joined, joined
from .legible import Trust
from .sections import Section

_CHARGES: Mapping[int, str] = {
    1: "Li Na K Rb Cs Ag NH4 H3O H", 2: "Mg Ca Sr Ba Zn Cd Ni Mn", 3: "Al",
    -1: "F Cl Br I OH NO3 NO2 HCO3 HSO4 HSO3 ClO4 ClO3 CH3COO SCN CN H2PO4",
    -2: "SO4 SO3 CO3 SiO3 S2O3 Cr2O7 CrO4 HPO4", -3: "PO4",
}  # fmt: skip
_KNOWN = {ion: charge for charge, ions in _CHARGES.items() for ion in ions.split()}
_MOST = 3
_WRONG = Words("Заряд иона {} — {}, а не {}.", "The charge of the ion {} is {}, not {}.")


def ion_findings(sections: Sequence[Section], trust: Trust, sure: float = SURE) -> list[Finding]:
    """Findings on ions with a wrong charge; only on those. Half reactions and states of oxidation are left alone."""
    return [
        found
        for section in sections
        for line in joined(section.lines)
        for equation in find(line.text)
        for found in _check(section.number, line, equation, trust, sure)
    ]


def _check(number: int | None, line: Joined, equation: Equation, trust: Trust, sure: float) -> Iterator[Finding]:
    if any(ELECTRON in term.species for term in equation.terms) or len(equation.terms) < 3:
        return
    for term in equation.terms:
        wrong = _wrong(term.species)
        if wrong is None or not _explicit(line.text[term.start : term.end]):
            continue
        place = line.place(term.start, term.end)
        body, charge = wrong
        words = _WRONG.filled(body, _signed(_KNOWN[body]), _signed(charge))
        believed = trust.copied and trust.believes([part for _, part in line.parts])
        verdict = Verdict.WRONG if believed else Verdict.UNSURE
        yield finding(
            Kind.ION, verdict, number, place, words, expected=_signed(_KNOWN[body]), found=_signed(charge), sure=sure
        )


def _wrong(species: Sequence[Formula]) -> tuple[str, int] | None:
    """The ion and its written charge, when no reading of it has the right one."""
    found = None
    for formula in species:
        body = formula.text.split("^")[0].rstrip("+-") if "^" in formula.text else formula.text
        if not formula.charge or body not in _KNOWN:
            return None
        # Another sign, or more than anybody would write, was rather misread.
        if formula.charge == _KNOWN[body] or formula.charge * _KNOWN[body] < 0 or abs(formula.charge) > _MOST:
            return None
        found = body, formula.charge
    return found


def _explicit(text: str) -> bool:
    """A superscript was written, and as a charge (`2-`), not as a state of oxidation (`-2`)."""
    return "^" in text and text.rstrip(" ,.;")[-1:] in "+-"


def _signed(charge: int) -> str:
    size = abs(charge)
    return f"{size if size > 1 else ''}{'+' if charge > 0 else '−'}"
