"""Numbers of the example bank: masses from formulas, and answers written as a textbook writes them."""

import math
import re
from decimal import Decimal

# As school textbooks round them.
MASSES = {
    "H": 1, "C": 12, "N": 14, "O": 16, "Na": 23, "Mg": 24, "Al": 27, "P": 31, "S": 32, "Cl": 35.5, "K": 39, "Ca": 40,
    "Cr": 52, "Mn": 55, "Fe": 56, "Ni": 59, "Cu": 64, "Zn": 65, "Br": 80, "Ag": 108, "Ba": 137, "Pb": 207,
}  # fmt: skip
R, FARADAY, VM, WATER = 8.314, 96485.0, 22.4, 4.18
AVOGADRO = 6.02e23
PART = re.compile(r"\(([^()]*)\)(\d*)|([A-Z][a-z]?)(\d*)")


def molar(formula: str) -> float:
    """Molar mass in g/mol: `Al2(SO4)3`, `CuSO4*5H2O`."""
    total = 0.0
    for piece in formula.split("*"):
        times, body = re.fullmatch(r"(\d*)(.*)", piece).groups()  # type: ignore[union-attr]
        total += (int(times) if times else 1) * _mass(body)
    return total


def _mass(body: str) -> float:
    found, total = 0, 0.0
    for group, many, symbol, count in PART.findall(body):
        found += len(group) + 2 + len(many) if group else len(symbol) + len(count)
        total += int(many or 1) * _mass(group) if group else int(count or 1) * MASSES[symbol]
    assert found == len(body), body
    return total


def written(value: float, unit: str, digits: int = 3) -> str:
    """`0,125 моль`, `1,20·10^24`: so many significant figures, decimal comma, no zeros that say nothing."""
    power = math.floor(math.log10(abs(value)))
    if -4 <= power < 5:
        text = f"{Decimal(repr(round(value, digits - 1 - power))).normalize():f}".replace(".", ",")
    else:
        mantissa = f"{Decimal(repr(round(value / 10**power, digits - 1))).normalize():f}".replace(".", ",")
        text = f"{mantissa}·10^{power}"
    return f"{text} {unit}".strip()
