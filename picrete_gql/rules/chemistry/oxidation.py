"""Oxidation states of the elements in a formula, where the usual rules give exactly one answer."""

import re
from collections.abc import Mapping
from fractions import Fraction

from .formulas import Counts, Formula, NotAFormula, parse

States = Mapping[str, Fraction]
"""Mean oxidation state of every element."""

_ALWAYS: Mapping[str, int] = {
    **dict.fromkeys(("Li", "Na", "K", "Rb", "Cs", "Ag"), 1), **dict.fromkeys(("Al", "Ga", "Sc", "Y", "La"), 3),
    **dict.fromkeys(("Be", "Mg", "Ca", "Sr", "Ba", "Zn", "Cd", "Ra"), 2), "F": -1,
}  # fmt: skip
_OTHER_METALS = "Ti V Cr Mn Fe Co Ni Cu Sn Pb Hg Au Pt Pd Bi Zr Mo W Ce U Sb Tl In"
_METALS = frozenset((*_ALWAYS, *_OTHER_METALS.split())) - {"F"}
# Groups that mean the same wherever something else stands beside them: text, charge, states inside.
_GROUPS: tuple[tuple[re.Pattern[str], int, Mapping[str, int]], ...] = tuple(
    (re.compile(rf"(?:\({text}\)(\d*)|{text}(?![\d])())"), charge, states)
    for text, charge, states in (
        ("NH4", 1, {"N": -3, "H": 1}), ("SO4", -2, {"S": 6, "O": -2}), ("SO3", -2, {"S": 4, "O": -2}),
        ("NO3", -1, {"N": 5, "O": -2}), ("NO2", -1, {"N": 3, "O": -2}), ("CO3", -2, {"C": 4, "O": -2}),
        ("PO4", -3, {"P": 5, "O": -2}), ("ClO4", -1, {"Cl": 7, "O": -2}), ("ClO3", -1, {"Cl": 5, "O": -2}),
        ("OH", -1, {"O": -2, "H": 1}), ("SiO3", -2, {"Si": 4, "O": -2}),
    )
)  # fmt: skip
_PEROXIDES = frozenset(("H2O2", "Na2O2", "K2O2", "BaO2", "CaO2", "Li2O2", "O2^2-"))
_STRANGE = frozenset(("O2F2", "OF2", "CrO5", "KO2", "Fe3O4", "Pb3O4", "CaOCl2", "N2O", "C3O2", "FeS2", "H2S2", "Na2S2"))


def states(formula: Formula) -> States | None:
    """The mean state of every element, or None where the rules of a school book give none, or more than one."""
    text = formula.text.split("·")[0]
    if text in _STRANGE or not formula.counts or any(not symbol.isalpha() for symbol in formula.counts):
        return None
    if len(formula.counts) == 1:
        (symbol, count), *_ = formula.counts.items()
        return {symbol: Fraction(formula.charge) / Fraction(count)}
    if "C" in formula.counts and "H" in formula.counts and "HCO3" not in text:
        return None
    return _solved(text, formula)


def _solved(text: str, formula: Formula) -> States | None:
    """Groups first, then what is always the same, then what is left must be one element."""
    whole = _dry(formula)
    if whole is None:
        return None
    counts, charge = dict(whole), Fraction(formula.charge)
    known: dict[str, Fraction] = {}
    for pattern, ion, inside in _GROUPS:
        for match in pattern.finditer(text):
            times = int(match[1]) if match[1] else 1
            rest = {s: counts.get(s, 0) - n * times for s, n in _sizes(pattern).items()}
            if min(rest.values()) < 0 or _alone(counts, _sizes(pattern)):
                continue
            if any(s in known and known[s] != state and s not in "OH" for s, state in inside.items()):
                return None
            counts.update(rest)
            charge -= ion * times
            known.update({symbol: Fraction(state) for symbol, state in inside.items()})
    left = {symbol: count for symbol, count in counts.items() if count}
    return _rest(text, left, charge, known)


def _sizes(pattern: re.Pattern[str]) -> Counts:
    return dict(parse(pattern.pattern.split(r"\)")[0].removeprefix(r"(?:\(")).counts)


def _alone(counts: Counts, group: Counts) -> bool:
    """SO3 and NO2 by themselves are oxides."""
    return {s: n for s, n in counts.items() if n} == group


def _dry(formula: Formula) -> Counts | None:
    """Without water of crystallisation."""
    body = formula.text.split("·")[0]
    if "·" not in formula.text:
        return dict(formula.counts)
    try:
        return dict(parse(body).counts)
    except NotAFormula:
        return None


def _rest(text: str, left: Counts, charge: Fraction, known: dict[str, Fraction]) -> States | None:
    written = frozenset(left)
    for symbol in sorted(written):
        state = _fixed(text, symbol, written)
        if state is not None:
            if len(left) == 1 and symbol not in known and symbol not in _ALWAYS and symbol not in ("O", "H"):
                break
            if symbol in known and known[symbol] != state:
                return None
            known[symbol] = Fraction(state)
            charge -= state * left.pop(symbol)
    if not left:
        return known if charge == 0 else None
    if len(left) > 1:
        return None
    (symbol, count), *_ = left.items()
    value = charge / count
    if symbol in known and known[symbol] != value:
        return None
    return {**known, symbol: value} if abs(value) <= 8 else None


def _fixed(text: str, symbol: str, left: frozenset[str]) -> int | None:
    if symbol in _ALWAYS:
        return _ALWAYS[symbol]
    others = left - {symbol}
    if symbol == "O" and "F" not in left:
        return -1 if text in _PEROXIDES else -2
    if symbol == "H":
        return -1 if others and others <= _METALS | {"B"} else 1
    binary = "O" not in left and bool(others & _METALS)
    if symbol in ("Cl", "Br", "I") and binary:
        return -1
    return -2 if symbol == "S" and binary else None
