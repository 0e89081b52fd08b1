"""Pages with one wrong equation, charge, state or nucleus."""

from .page import Sheet

EQUATION = frozenset(("equation",))
ION = frozenset(("ion", "equation"))
STATE = frozenset(("oxidation", "equation"))

WRONG_EQUATIONS = (
    Sheet(
        "алюминий",
        "67,2",
        "л",
        """2Al + 6HCl = 2AlCl3 + 2H2
n(Al) = 54/27 = 2 моль
n(H2) = 3 моль
V(H2) = 3·22,4 = 67,2 л
Ответ: 67,2 л""",
        EQUATION,
    ),
    Sheet(
        "горение",
        None,
        None,
        """Напишем уравнения реакций горения:
CH4 + 2O2 = CO2 + 2H2O
C2H4 + 3O2 = 2CO2 + H2O
2C2H2 + 5O2 = 4CO2 + 2H2O""",
        EQUATION,
    ),
    Sheet(
        "mhchem",
        None,
        None,
        r"""Получение аммиака: \ce{N2 + 3H2 <=> 2NH3}
Окисление: \ce{4NH3 + 5O2 -> 4NO + 4H2O}
Дальше: \ce{2NO + O2 -> 2NO2}""",
        EQUATION,
    ),
    Sheet(
        "юникод",
        "0,3",
        "моль",
        """Fe₂O₃ + 3H₂SO₄ = Fe₂(SO₄)₃ + 2H₂O
n(Fe₂O₃) = 16/160 = 0,1 моль
n(H₂SO₄) = 3·0,1 = 0,3 моль
Ответ: 0,3 моль""",
        EQUATION,
    ),
    Sheet(
        "латех",
        None,
        None,
        r"""$\mathrm{Ca(OH)_2 + 2HNO_3 \rightarrow Ca(NO_3)_2 + H_2O}$
$\mathrm{CaCO_3 \xrightarrow{t} CaO + CO_2}$
Реакции обмена и разложения""",
        EQUATION,
    ),
    Sheet(
        "кириллица",
        None,
        None,
        """Реакции натрия и его соединений:
2Nа + 2Н2О = 2NаОН + Н2
2NаОН + Н2SО4 = Nа2SО4 + Н2О
Nа2О + Н2О = 2NаОН""",
        EQUATION,
    ),
    Sheet(
        "перманганат",
        None,
        None,
        """2KMnO4 + 5Na2SO3 + 3H2SO4 = 2MnSO4 + 5Na2SO4 + K2SO4 + 5H2O
Mn+7 + 5e → Mn+2 | 2
S+4 - 2e → S+6 | 5""",
        EQUATION,
    ),
    Sheet(
        "электроны",
        None,
        None,
        """Составим электронный баланс
Cr+6 + 2e → Cr+3 | 2
S-2 - 2e → S0 | 3
K2Cr2O7 + 3H2S + 4H2SO4 = Cr2(SO4)3 + 3S + K2SO4 + 7H2O""",
        STATE,
    ),
    Sheet(
        "полуреакция",
        None,
        None,
        """Метод полуреакций:
MnO4⁻ + 8H⁺ + 5e⁻ → Mn²⁺ + 4H2O
Fe²⁺ - 1e⁻ → Fe³⁺
MnO4⁻ + 8H⁺ + 5Fe²⁺ → Mn²⁺ + 5Fe³⁺ + 5H2O""",
        EQUATION,
    ),
    Sheet(
        "заряд кальция",
        None,
        None,
        """Ca(OH)2 + Na2CO3 = CaCO3↓ + 2NaOH
Сокращённое ионное уравнение:
Ca^+ + CO3^2- = CaCO3""",
        ION,
    ),
    Sheet(
        "заряд сульфата",
        None,
        None,
        """BaCl₂ + H₂SO₄ = BaSO₄↓ + 2HCl
Ba²⁺ + 2Cl⁻ + 2H⁺ + SO₄⁻ = BaSO₄↓ + 2H⁺ + 2Cl⁻
Ba²⁺ + SO₄²⁻ = BaSO₄↓""",
        ION,
    ),
    Sheet(
        "степень окисления",
        None,
        None,
        """Определим степени окисления элементов.
Степень окисления серы в H2SO4: степень окисления S в H2SO4 равна +4
Кислород имеет степень окисления -2, водород +1.""",
        STATE,
    ),
    Sheet(
        "альфа-распад",
        None,
        None,
        """Запишем уравнение альфа-распада радия:
²²⁶₈₈Ra → ²²³₈₆Rn + ⁴₂He
Образуется радон и альфа-частица.""",
        frozenset(("nuclear",)),
    ),
    Sheet(
        "латех ядро",
        None,
        None,
        r"""Бета-распад:
$^{14}_{6}C \rightarrow ^{14}_{8}N + ^{0}_{-1}e$
Массовое число не меняется, заряд увеличивается.""",
        frozenset(("nuclear",)),
    ),
)
