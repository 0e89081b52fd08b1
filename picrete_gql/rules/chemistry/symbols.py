"""What a letter stands for, and so which unit it may have: `n(NaCl) = 0,1 г` is not an amount of substance."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .chains import Stated, statements
from .finding import SURE, Finding, Kind, Verdict, Words, finding
from .joined import Joined, joined
from .legible import Trust, literals
from .sections import Section
from .units import Dimension, Unit

_NAME = re.compile(
    r"(?:.*[\s,;:(])?(?P<symbol>n|ν|m|V|M|ω|w|ρ)\s?(?P<of>\([^()]*(?:\([^()]*\)\d*[^()]*)*\))?", re.DOTALL
)
_BARE = frozenset("nm")
_MEASURES: Mapping[str, tuple[str, Words]] = {
    "n": ("mole", Words("количество вещества", "an amount of substance")),
    "ν": ("mole", Words("количество вещества", "an amount of substance")),
    "m": ("gram", Words("масса", "a mass")),
    "V": ("liter", Words("объём", "a volume")),
    "M": ("gram*mole**-1", Words("молярная масса", "a molar mass")),
    "ω": ("percent", Words("массовая доля", "a mass fraction")),
    "w": ("percent", Words("массовая доля", "a mass fraction")),
    "ρ": ("gram*liter**-1", Words("плотность", "a density")),
}
_CLEAR_TEXT = (
    "gram kilogram milligram mole millimole liter milliliter gram*mole**-1 mole*liter**-1 gram*milliliter**-1 "
    "joule kilojoule percent gram*liter**-1"
)
_CLEAR = frozenset(_CLEAR_TEXT.split())
"""Units of which none is one misread letter away from another."""
_WRONG = Words(
    "{} — это {}, единица «{}» измеряет другую величину.", "{} is {}; the unit “{}” measures something else."
)
_MOLARITY = Unit("mole*liter**-1")


@dataclass(frozen=True)
class _Named:
    symbol: str
    text: str


def symbol_findings(sections: Sequence[Section], trust: Trust, sure: float = SURE) -> list[Finding]:
    """Findings on values whose unit does not fit the letter that they are said to be; only on those."""
    found: list[Finding] = []
    for section in sections:
        for line in joined(section.lines):
            every = list(statements(line.text))
            # «m = 180 г = 180 мл» abuses the sign of equality, but knows what a mass is.
            right = {stated.name for stated in every if _right(stated)}
            for stated in every:
                if stated.name not in right:
                    found += _check(section.number, line, stated, trust, sure)
    return found


def _right(stated: Stated) -> bool:
    named, unit = _symbol(stated.name), stated.number.unit
    return named is not None and unit is not None and _fits(named.symbol, unit.dimension)


def _check(number: int | None, line: Joined, stated: Stated, trust: Trust, sure: float) -> Iterator[Finding]:
    named, unit = _symbol(stated.name), stated.number.unit
    if named is None or unit is None or unit.expression not in _CLEAR or _fits(named.symbol, unit.dimension):
        return
    place = line.place(stated.start, stated.end)
    text = line.text[stated.number.start : stated.end].strip()
    shown = text[len(stated.number.literal) :].strip()
    measure = _MEASURES[named.symbol][1]
    words = Words(_WRONG.ru.format(named.text, measure.ru, shown), _WRONG.en.format(named.text, measure.en, shown))
    believed = trust.clean and trust.believes([part for _, part in line.parts], literals(stated.number.literal))
    verdict = Verdict.WRONG if believed else Verdict.UNSURE
    yield finding(Kind.DIMENSION, verdict, number, place, words, found=text, sure=sure)


def _symbol(name: str) -> _Named | None:
    match = _NAME.fullmatch(name.strip())
    if match is None or (match["of"] is None and match["symbol"] not in _BARE):
        return None
    return _Named(match["symbol"], match["symbol"] + (match["of"] or ""))


def _fits(symbol: str, dimension: Dimension) -> bool:
    expected = Unit(_MEASURES[symbol][0]).dimension
    return dimension == expected or (symbol == "M" and dimension == _MOLARITY.dimension)
