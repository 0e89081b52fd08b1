"""Half reactions, `Mn^+7 + 5e → Mn^+2`, and states of oxidation that a student states."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .elements import SYMBOLS
from .equations import State, find, judge
from .finding import SURE, Finding, Kind, Verdict, Words, finding
from .formulas import ELECTRON
from .joined import Joined, joined
from .legible import Trust
from .oxidation import states
from .readings import readings
from .redox import all_states
from .sections import Section

_STATE = r"(?:\^?\(?(?:[+-]\d|\d[+-]|[+-](?![\d]))\)?|\^?0(?!\d))"
_SIDE = rf"(\d{{1,2}})?\s?([A-Z][a-z]?)(?:([1-9])(?=\^|0\b|\s|\Z|[=→]))?({_STATE})?"
_HALF = re.compile(rf"(?<![\w^)]){_SIDE}\s*([+-])\s*(\d{{1,2}})?\s?[eеēéё](?:\^?-|\^[01]?-)?\s*[=→]\s*{_SIDE}(?![\w(])")
_INSIDE = re.compile(r"(?:[A-Z][a-z]?\d{0,2}\^\(?[+-]\d\)?\d{0,2}){2,6}(?![\w^])")
_ATOM = re.compile(r"([A-Z][a-z]?)(\d{0,2})\^\(?([+-]\d)\)?(\d{0,2})")
_PHRASE = re.compile(
    r"(?:степен[ьи] окисления|с\.\s?о\.|ст\.\s?ок\.)\s*\(?(?:[а-яё]{3,15}\s?\(?)?([A-Z][a-z]?)\)?\s*(?:в|во)\s+"
    r"(?:[а-яё]{3,20}\s){0,2}\(?([A-Z][A-Za-z0-9()\[\]]{1,20}(?:\^\d?[+-])?)\)?\s*(?:равна|составляет|это|[-=:])?\s*([+-]\s?\d|\d[+-]|0)(?![\d,.])"
)
_BALANCED = Words("Электроны посчитаны верно.", "The electrons are counted rightly.")
_COUNT = Words("Из {} в {}: должно быть {} e, записано {}.", "From {} to {}: it takes {} e, {} are written.")
_STATED = Words("Степень окисления {} в {} указана верно.", "The oxidation state of {} in {} is right.")
_MISSTATED = Words("Степень окисления {} в {} равна {}, а не {}.", "The oxidation state of {} in {} is {}, not {}.")
_NOWHERE = Words(
    "В веществах этой реакции у {} нет степени окисления {}: есть {}.",
    "In the substances of this reaction {} does not have the oxidation state {}: there is {}.",
)


@dataclass(frozen=True)
class Half:
    """Atoms of `element` go from `before` to `after`; `electrons` are added (positive) or taken away, as written."""

    element: str
    atoms: int
    before: int
    after: int
    electrons: int
    bare: bool
    start: int
    end: int

    @property
    def needed(self) -> int:
        """How many electrons it takes."""
        return (self.before - self.after) * self.atoms


def electron_findings(sections: Sequence[Section], trust: Trust, sure: float = SURE) -> list[Finding]:
    """One finding per half reaction and per stated oxidation state that can be judged."""
    found: list[Finding] = []
    for section in sections:
        lines = joined(section.lines)
        here = _states_of(lines)
        for line in lines:
            found += _halves(section.number, line, here, trust, sure)
            found += _stated(section.number, line, trust, sure)
    return found


def halves(text: str) -> Iterator[Half]:
    """The half reactions of single elements in a line of normalised text."""
    for match in _HALF.finditer(text):
        times, element, count, before, sign, number, times2, element2, count2, after = match.groups()
        one, two = int(times or 1) * int(count or 1), int(times2 or 1) * int(count2 or 1)
        if element != element2 or element not in SYMBOLS or one != two or not (before or after):
            continue
        electrons = int(number or 1) * (1 if sign == "+" else -1)
        yield Half(
            element, one, _state(before), _state(after), electrons, not (before and after), match.start(), match.end()
        )


def _state(text: str | None) -> int:
    text = (text or "0").strip("^()")
    if text in ("+", "-"):
        return int(text + "1")
    return int(text[-1] + text[:-1]) if text[-1] in "+-" else int(text)


def _states_of(lines: Sequence[Joined]) -> dict[str, set[Fraction]] | None:
    """The states of all elements in the equations of a section; None if one is not right, or has no certain states."""
    found: dict[str, set[Fraction]] = {}
    for line in lines:
        for equation in find(line.text):
            charges = any(ELECTRON in term.species for term in equation.terms)
            if len(equation.terms) < 3 or charges:
                continue
            if judge(equation).state is not State.BALANCED:
                return None
            known = all_states([term.species[0] for term in equation.terms])
            if known is None:
                return None
            for symbol, some in known.items():
                found.setdefault(symbol, set()).update(some)
    return found


def _halves(
    number: int | None, line: Joined, here: dict[str, set[Fraction]] | None, trust: Trust, sure: float
) -> Iterator[Finding]:
    for half in halves(line.text):
        place = line.place(half.start, half.end)
        verdict, words, expected = Verdict.OK, _BALANCED, None
        if half.needed != half.electrons:
            expected = _signed(half.needed)
            verdict = Verdict.UNSURE if _bare(half, here, trust) else Verdict.WRONG
            words = _COUNT.filled(_signed(half.before), _signed(half.after), expected, _signed(half.electrons))
        elif here and half.element in here:
            odd = next((s for s in (half.before, half.after) if Fraction(s) not in here[half.element]), None)
            if odd is not None:
                there = ", ".join(_signed(state) for state in sorted(here[half.element]))
                verdict, expected = Verdict.WRONG, there
                words = _NOWHERE.filled(half.element, _signed(odd), there)
        if verdict is Verdict.WRONG and not _believed(line, trust):
            verdict = Verdict.UNSURE
        yield finding(Kind.OXIDATION, verdict, number, place, words, expected=expected, found=place.quote, sure=sure)


def _bare(half: Half, here: dict[str, set[Fraction]] | None, trust: Trust) -> bool:
    """Whether a side without a state may have lost it; «Zn - 2e» means zero where the reaction has such zinc."""
    if not half.bare:
        return False
    known = here.get(half.element) if here else None
    return 0 not in known if known else not trust.firm


def _stated(number: int | None, line: Joined, trust: Trust, sure: float) -> Iterator[Finding]:
    for start, end, formula, element, state in _statements(line.text):
        species = readings(formula)
        known = states(species[0]) if len(species) == 1 else None
        if not known or element not in known:
            continue
        right = known[element] == state
        words = _STATED.filled(element, formula)
        if not right:
            words = _MISSTATED.filled(element, formula, _signed(known[element]), _signed(state))
        verdict = Verdict.OK if right else Verdict.WRONG if _believed(line, trust) else Verdict.UNSURE
        place = line.place(start, end)
        yield finding(
            Kind.OXIDATION, verdict, number, place, words,
            expected=_signed(known[element]), found=_signed(state), sure=sure,
        )  # fmt: skip


def _statements(text: str) -> Iterator[tuple[int, int, str, str, int]]:
    """Where it stands, the formula, the element, the state."""
    for match in _PHRASE.finditer(text):
        yield match.start(), match.end(), match[2], match[1], _state(match[3].replace(" ", ""))
    for match in _INSIDE.finditer(text):
        atoms = _ATOM.findall(match[0])
        formula = "".join(symbol + (count or after) for symbol, count, _, after in atoms)
        for symbol, _, state, _ in atoms:
            yield match.start(), match.end(), formula, symbol, int(state)


def _believed(line: Joined, trust: Trust) -> bool:
    return trust.believes([part for _, part in line.parts], [Fraction(-1)])


def _signed(state: Fraction | int) -> str:
    return f"{'+' if state > 0 else '−' if state < 0 else ''}{abs(state)}"
