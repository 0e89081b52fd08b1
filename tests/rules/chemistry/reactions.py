"""Reactions without their coefficients, and the ways in which recognition writes them."""

import re
from collections.abc import Callable

REACTIONS = """\
H2 + O2 = H2O
Na + H2O = NaOH + H2
Al + O2 = Al2O3
Fe + Cl2 = FeCl3
Fe2O3 + CO = Fe + CO2
KMnO4 = K2MnO4 + MnO2 + O2
KClO3 = KCl + O2
NH3 + O2 = NO + H2O
NH3 + O2 = N2 + H2O
Cu + HNO3 = Cu(NO3)2 + NO + H2O
Cu + HNO3 = Cu(NO3)2 + NO2 + H2O
Zn + HNO3 = Zn(NO3)2 + NH4NO3 + H2O
K2Cr2O7 + HCl = KCl + CrCl3 + Cl2 + H2O
K2Cr2O7 + FeSO4 + H2SO4 = K2SO4 + Fe2(SO4)3 + Cr2(SO4)3 + H2O
KMnO4 + FeSO4 + H2SO4 = K2SO4 + MnSO4 + Fe2(SO4)3 + H2O
KMnO4 + KNO2 + H2SO4 = MnSO4 + KNO3 + K2SO4 + H2O
KMnO4 + Na2SO3 + H2O = MnO2 + Na2SO4 + KOH
MnO2 + HCl = MnCl2 + Cl2 + H2O
Al + NaOH + H2O = Na[Al(OH)4] + H2
Al2O3 + NaOH = NaAlO2 + H2O
AlCl3 + NH3 + H2O = Al(OH)3 + NH4Cl
Ca(OH)2 + H3PO4 = Ca3(PO4)2 + H2O
Fe2(SO4)3 + NaOH = Fe(OH)3 + Na2SO4
BaCl2 + Na2SO4 = BaSO4 + NaCl
AgNO3 + CaCl2 = AgCl + Ca(NO3)2
Pb(NO3)2 = PbO + NO2 + O2
Cu(NO3)2 = CuO + NO2 + O2
AgNO3 = Ag + NO2 + O2
NaNO3 = NaNO2 + O2
NH4NO2 = N2 + H2O
(NH4)2Cr2O7 = N2 + Cr2O3 + H2O
FeS2 + O2 = Fe2O3 + SO2
ZnS + O2 = ZnO + SO2
H2S + SO2 = S + H2O
SO2 + O2 = SO3
N2 + H2 = NH3
P + O2 = P2O5
P2O5 + H2O = H3PO4
PCl5 + H2O = H3PO4 + HCl
Ca3(PO4)2 + SiO2 + C = CaSiO3 + P + CO
SiO2 + HF = SiF4 + H2O
CaC2 + H2O = Ca(OH)2 + C2H2
Al4C3 + H2O = Al(OH)3 + CH4
C2H2 + O2 = CO2 + H2O
C6H6 + O2 = CO2 + H2O
C2H5OH + O2 = CO2 + H2O
C6H12O6 + O2 = CO2 + H2O
CH3COOH + CaCO3 = (CH3COO)2Ca + CO2 + H2O
C6H5NO2 + Fe + HCl = C6H5NH2 + FeCl2 + H2O
C6H5OH + Br2 = C6H2Br3OH + HBr
CH3CHO + Ag2O = CH3COOH + Ag
I2 + Na2S2O3 = NaI + Na2S4O6
Cl2 + KOH = KCl + KClO3 + H2O
Br2 + NaOH = NaBr + NaBrO3 + H2O
S + NaOH = Na2S + Na2SO3 + H2O
NaHCO3 = Na2CO3 + CO2 + H2O
Na2O2 + CO2 = Na2CO3 + O2
KO2 + CO2 = K2CO3 + O2
CuSO4·5H2O = CuSO4 + H2O
CuSO4 + KI = CuI + I2 + K2SO4
CrCl3 + H2O2 + KOH = K2CrO4 + KCl + H2O
FeCl3 + KI = FeCl2 + KCl + I2
FeCl3 + K4[Fe(CN)6] = Fe4[Fe(CN)6]3 + KCl
[Cu(NH3)4]SO4 + H2SO4 = CuSO4 + (NH4)2SO4
Mg + HNO3 = Mg(NO3)2 + N2O + H2O
Fe3O4 + Al = Fe + Al2O3
Fe3O4 + HCl = FeCl2 + FeCl3 + H2O
Mn^2+ + BiO3^- + H^+ = MnO4^- + Bi^3+ + H2O
Cr2O7^2- + SO3^2- + H^+ = Cr^3+ + SO4^2- + H2O
MnO4^- + Fe^2+ + H^+ = Mn^2+ + Fe^3+ + H2O
Al^3+ + OH^- = Al(OH)3
Ca^2+ + PO4^3- = Ca3(PO4)2
Zn + H^+ = Zn^2+ + H2
CO3^2- + H^+ = CO2 + H2O
Cu + Ag^+ = Cu^2+ + Ag
NH4^+ + OH^- = NH3 + H2O
Al(OH)3 + OH^- = [Al(OH)4]^-"""

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_CYRILLIC = str.maketrans("ABCEHKMOPTXaceopx", "АВСЕНКМОРТХасеорх")
_COUNT = re.compile(r"(?<=[A-Za-z)\]])\d+")


def _written(formula: str, count: Callable[[str], str], charge: Callable[[str], str]) -> str:
    body, _, sign = formula.partition("^")
    return _COUNT.sub(lambda match: count(match[0]), body) + (charge(sign) if sign else "")


STYLES: dict[str, Callable[[str], str]] = {
    "caret": lambda formula: formula,
    "flat": lambda formula: formula.replace("^", ""),
    "unicode": lambda f: _written(f, lambda n: n.translate(_SUBSCRIPTS), lambda z: z.translate(_SUPERSCRIPTS)),
    "latex": lambda f: _written(f, lambda n: f"_{{{n}}}", lambda z: f"^{{{z}}}"),
    "mathrm": lambda f: "\\mathrm{" + _written(f, lambda n: f"}}_{{{n}}}\\mathrm{{", lambda z: f"}}^{{{z}}}{{") + "}",
    "html": lambda f: _written(f, lambda n: f"<sub>{n}</sub>", lambda z: f"<sup>{z}</sup>"),
    "cyrillic": lambda formula: formula.translate(_CYRILLIC),
}
ARROWS = [" = ", " → ", " -> ", "=", "→", " ⇄ ", " \\rightarrow ", " \\xrightarrow{t} ", " --> ", " =t= ", " => "]


def rendered(left: list[str], right: list[str], numbers: list[int], style: str, arrow: str, plus: str) -> str:
    """An equation as text."""
    terms = [f"{n if n > 1 else ''}{STYLES[style](f)}" for n, f in zip(numbers, left + right, strict=True)]
    return plus.join(terms[: len(left)]) + arrow + plus.join(terms[len(left) :])
