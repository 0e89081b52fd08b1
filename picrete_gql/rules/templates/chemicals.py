"""The substances that a relation speaks of."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from picrete_gql.rules.chemistry.balance import balance
from picrete_gql.rules.chemistry.equations import find
from picrete_gql.rules.chemistry.formulas import Formula, NotAFormula, parse
from picrete_gql.rules.chemistry.normalise import normalise


@dataclass(frozen=True)
class Chemicals:
    """Formulas and an equation as text; the equation is balanced here, its own coefficients are not believed."""

    formula: str = ""
    equation: str = ""
    given: str = ""
    wanted: str = ""

    @property
    def molar_mass(self) -> Decimal:
        """Of `formula`, g/mol, by the standard atomic masses. Raises ValueError."""
        return molar_mass(self.formula)

    @property
    def ratio(self) -> Decimal:
        """Moles of `wanted` per mole of `given`. Raises ValueError when the equation does not say it."""
        equations = list(find(normalise(self.equation).text))
        if len(equations) != 1:
            raise ValueError(f"not one equation: {self.equation}")
        terms = equations[0].terms
        species = [term.species[0] for term in terms]
        divider = len(equations[0].left)
        found = balance(species[:divider], species[divider:]).coefficients
        if found is None:
            raise ValueError(f"cannot be balanced in one way: {self.equation}")
        numbers = {formula.text: number for formula, number in zip(species, found, strict=True)}
        given, wanted = formula_of(self.given).text, formula_of(self.wanted).text
        if given not in numbers or wanted not in numbers:
            raise ValueError(f"not in the equation: {self.given}, {self.wanted}")
        part = Fraction(numbers[wanted], numbers[given])
        return Decimal(part.numerator) / Decimal(part.denominator)


def molar_mass(text: str) -> Decimal:
    """Of a formula, g/mol, by the standard atomic masses. Raises ValueError."""
    return formula_of(text).molar_mass


def formula_of(text: str) -> Formula:
    """The formula that a text is. Raises ValueError."""
    try:
        return parse(normalise(text.strip()).text)
    except NotAFormula:
        raise ValueError(f"not a formula: {text}") from None
