"""The periodic table: symbols for the parser, standard atomic masses from the `molmass` tables."""

from decimal import Decimal
from functools import cache

_SYMBOLS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb "
    "Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au "
    "Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr"
)
SYMBOLS = frozenset(_SYMBOLS.split())
NUMBERS = {symbol: number for number, symbol in enumerate(_SYMBOLS.split(), 1)}
"""The number of every element in the periodic table, which is the charge of its nucleus."""

_ONE = Decimal(1)
_HALF = Decimal("0.5")
_STEPS = (_ONE, Decimal("0.1"), Decimal("0.01"))


@cache
def atomic_mass(symbol: str) -> Decimal:
    """Standard atomic mass, g/mol. Raises KeyError for what is not an element."""
    # Imported here: a process that never computes a mass does not pay for the tables.
    from molmass import ELEMENTS

    if symbol not in SYMBOLS:
        raise KeyError(symbol)
    return Decimal(str(ELEMENTS[symbol].mass))


@cache
def usual_masses(symbol: str) -> tuple[Decimal, Decimal]:
    """The least and the greatest atomic mass that rounding gives: to 0.01, to 0.1, to a whole, to a half (Cl 35,5)."""
    mass = atomic_mass(symbol)
    rounded = [mass, *(mass.quantize(step) for step in _STEPS), (mass / _HALF).quantize(_ONE) * _HALF]
    return min(rounded), max(rounded)
