"""Solutions as pupils write them: computing with amounts, gases and solutions."""

import random

from .page import Page, slip
from .style import Style
from .substances import MASSES, REACTIONS, mass

AMOUNTS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1.5, 2, 2.5, 0.02, 0.125, 3)


def _page(s: Style, lines: list[str], reference: float, units: str, planted: str | None, name: str) -> Page:
    text = "\n".join(line for line in lines if line)
    return Page(text, s.number(reference).replace("{,}", ","), units or None, planted, name)


def _last(s: Style, chance: random.Random, value: float, unit: str, plant: str | None, digits: int = 4) -> str:
    """The line of the answer, with its own error if that is planted."""
    if plant == "answer":
        value = slip(chance, value, digits)
    if plant == "unit":
        unit = chance.choice([u for u in ("г", "моль", "л", "г/моль", "%") if u != unit])
    return s.answer + s.one_of("", "", "") + s.math(s.number(value, digits) + s.unit(unit))


def _molar(s: Style, chance: random.Random, name: str, plant: str | None) -> tuple[str, float]:
    """«M(…) = … = … г/моль» and the molar mass that is used from there on."""
    atoms = [(weight, count) for weight, count in MASSES[name]]
    value = mass(name)
    if plant == "molar_mass":
        at = chance.randrange(len(atoms))
        wrong = chance.choice([-1, 1]) * chance.choice([4, 8, 10, 12])
        atoms[at] = (max(1, atoms[at][0] + wrong) if atoms[at][0] > 12 else atoms[at][0] + 5, atoms[at][1])
        value = sum(weight * count for weight, count in atoms)
    total = value
    if plant == "sum":
        value = slip(chance, value)
    terms = [s.number(w) if n == 1 else s.product(s.number(w), str(n)) for w, n in atoms]
    head = f"M({s.formula(name)})"
    long = s.equals(head, " + ".join(terms), s.number(value) + s.unit("г/моль"))
    line = long if plant or chance.random() < 0.8 else s.equals(head, s.number(value) + s.unit("г/моль"))
    return s.math(line), total if plant == "sum_local" else value


def mass_from_amount(s: Style, chance: random.Random, plant: str | None) -> Page:
    """How many grams are so many moles."""
    name, n = chance.choice(sorted(MASSES)), chance.choice(AMOUNTS)
    line, molar = _molar(s, chance, name, plant)
    m = n * molar
    shown = slip(chance, m) if plant == "arithmetic" else m
    final = shown if plant != "arithmetic" or chance.random() < 0.6 else m
    unit = "моль" if plant == "symbol" else "г"
    sides = [f"m({s.formula(name)})", s.one_of(f"n{s.times}M", f"M{s.times}n")]
    if chance.random() < 0.5:
        numbers = s.product(s.number(n) + s.unit("моль"), s.number(molar) + s.unit("г/моль"))
    else:
        numbers = s.product(s.number(n), s.number(molar))
    lines = [
        s.one_of("Дано:", "Дано", ""),
        s.math(s.equals(f"n({s.formula(name)})", s.number(n) + s.unit("моль"))),
        s.one_of("Найти: массу", "Найти: m", "", "Требуется найти массу вещества"),
        s.one_of("Решение:", "Решение", ""),
        line,
        s.math(s.equals(*sides, numbers, s.number(shown) + s.unit(unit))),
        _last(s, chance, final, "г", plant),
    ]
    return _page(s, lines, n * mass(name), "г", plant, "mass_from_amount")


def amount_from_mass(s: Style, chance: random.Random, plant: str | None) -> Page:
    """How many moles are so many grams."""
    name, n = chance.choice(sorted(MASSES)), chance.choice(AMOUNTS)
    given = n * mass(name)
    line, molar = _molar(s, chance, name, plant)
    amount = given / molar
    shown = slip(chance, amount, 3) if plant == "arithmetic" else amount
    grams, molars = s.number(given), s.number(molar)
    if chance.random() < 0.5:
        grams, molars = grams + s.unit("г"), molars + s.unit("г/моль")
    lines = [
        s.one_of("Дано:", ""),
        s.math(s.equals("m", s.number(given) + s.unit("г"))),
        s.one_of("Найдём количество вещества:", "Решение.", "Вычислим количество вещества по формуле n = m/M"),
        line,
        s.math(s.equals("n", s.quotient("m", "M"), s.quotient(grams, molars), s.number(shown, 3) + s.unit("моль"))),
        _last(s, chance, shown, "моль", plant, 3),
    ]
    return _page(s, lines, n, "моль", plant, "amount_from_mass")


def gas_by_equation(s: Style, chance: random.Random, plant: str | None) -> Page:
    """The volume of a gas from the mass of a reagent."""
    (left, right), given, gas, times = chance.choice(
        [
            (REACTIONS[0], "Zn", "H2", 1.0), (REACTIONS[1], "Al", "H2", 1.5), (REACTIONS[2], "CaCO3", "CO2", 1.0),
            (REACTIONS[11], "Na", "H2", 0.5),
        ]
    )  # fmt: skip
    molar = {"Zn": 65, "Al": 27, "CaCO3": 100, "Na": 23}[given]
    n = chance.choice(AMOUNTS)
    lines = [
        s.one_of("Запишем уравнение реакции:", "Составим уравнение:", ""),
        s.math(s.reaction(*_broken(chance, left, right) if plant == "coefficient" else (left, right))),
    ]
    shown_n = slip(chance, n) if plant == "arithmetic" else n
    n2 = shown_n * times
    volume = n2 * 22.4
    litres = s.product(s.number(n2), s.number(22.4))
    shown = slip(chance, volume) if plant == "sum" else volume
    lines += [
        s.math(
            s.equals(
                f"n({s.formula(given)})",
                s.quotient(s.number(n * molar), s.number(molar)),
                s.number(shown_n) + s.unit("моль"),
            )
        ),
        s.one_of("По уравнению реакции", "По уравнению", "Из уравнения следует, что"),
        s.math(s.equals(f"n({s.formula(gas)})", s.number(n2) + s.unit("моль"))),
        s.math(s.equals(f"V({s.formula(gas)})", litres, s.number(shown) + s.unit("кг" if plant == "symbol" else "л"))),
        _last(s, chance, shown, "л", plant),
    ]
    return _page(s, lines, n * times * 22.4, "л", plant, "gas_by_equation")


Side = list[tuple[int, str]]


def _broken(chance: random.Random, left: Side, right: Side) -> tuple[Side, Side]:
    """The equation with one coefficient left out or changed."""
    terms = [*left, *right]
    many = [at for at, (count, _) in enumerate(terms) if count > 1]
    at = chance.choice(many) if many and chance.random() < 0.7 else chance.randrange(len(terms))
    count, name = terms[at]
    terms[at] = (1 if count > 1 and chance.random() < 0.6 else count + chance.choice([1, 2]), name)
    return terms[: len(left)], terms[len(left) :]


def equation_only(s: Style, chance: random.Random, plant: str | None) -> Page:
    """Several equations, no computing."""
    chosen = chance.sample(REACTIONS, chance.choice([1, 2, 3]))
    broken = chance.randrange(len(chosen)) if plant else -1
    lines = [s.one_of("Уравнения реакций:", "Запишите уравнения реакций.", "Решение")]
    for number, (left, right) in enumerate(chosen):
        pair = _broken(chance, left, right) if number == broken else (left, right)
        lead = f"{number + 1}) " if len(chosen) > 1 else ""
        lines.append(lead + s.math(s.reaction(*pair)))
    return Page("\n".join(lines), None, None, plant, "equation_only")


def mass_fraction(s: Style, chance: random.Random, plant: str | None) -> Page:
    """The share of a salt in a solution."""
    salt, water = chance.choice([(20, 180), (15, 285), (5, 45), (30, 90), (12, 138), (8, 152), (50, 150)])
    whole = salt + water
    share = salt / whole
    shown = slip(chance, share, 3) if plant == "arithmetic" else share
    mixed = slip(chance, whole) if plant == "sum" else whole
    if plant == "sum":
        shown = salt / mixed
    percent = shown * 100 if plant != "conversion" else slip(chance, shown * 100, 3)
    name = s.formula(chance.choice(["NaCl", "KNO3", "CuSO4"]))
    lines = [
        s.one_of("Дано:", ""),
        s.math(s.equals(f"m({name})", f"{salt}{s.unit('г')}")),
        s.math(s.equals(f"m({s.formula('H2O')})", f"{water}{s.unit('г')}")),
        s.one_of("Масса раствора:", "Найдём массу раствора", "m(р-ра):"),
        s.math(
            s.equals(
                s.one_of("m", "m_1") if s.formulas == "latex" else "m",
                f"{salt} + {water}",
                f"{s.number(mixed)}{s.unit('г')}",
            )
        ),
        s.math(s.equals(f"ω({name})", s.quotient(str(salt), s.number(mixed)), s.number(shown, 3))),
        s.math(s.equals("ω", s.number(shown, 3), s.number(percent, 3) + " %")).replace("$", "").replace("{,}", ","),
        s.answer + s.number(slip(chance, percent, 3) if plant == "answer" else percent, 3).replace("{,}", ",") + " %",
    ]
    return _page(s, lines, salt / whole * 100, "%", plant, "mass_fraction")


def concentration(s: Style, chance: random.Random, plant: str | None) -> Page:
    """The molar concentration of a solution whose volume is given in millilitres."""
    n, ml = chance.choice([(0.1, 500), (0.05, 250), (0.2, 400), (0.02, 200), (0.3, 750), (0.15, 600), (0.5, 2000)])
    litres = ml / 1000
    shown_l = litres * chance.choice([10, 0.1]) if plant == "conversion" else litres
    c = n / shown_l
    shown = slip(chance, c, 3) if plant == "arithmetic" else c
    lines = [
        s.one_of("Переведём объём в литры:", "Переводим в л", ""),
        s.math(s.equals("V", f"{ml}{s.unit('мл')}", s.number(shown_l) + s.unit("л"))),
        s.one_of("Концентрация раствора:", "Молярная концентрация", ""),
        s.math(
            s.equals(
                "c",
                s.quotient("n", "V"),
                s.quotient(s.number(n), s.number(shown_l)),
                s.number(shown, 3) + s.unit("моль/л"),
            )
        ),
        _last(s, chance, shown, "моль/л", plant, 3),
    ]
    return _page(s, lines, n / litres, "моль/л", plant, "concentration")


def yield_of_product(s: Style, chance: random.Random, plant: str | None) -> Page:
    """How much of the product was really got."""
    theory, share = chance.choice([(50, 80), (20, 75), (40, 90), (12.5, 64), (8, 85), (120, 95)])
    real = theory * share / 100
    shown = slip(chance, share, 3) if plant == "arithmetic" else share
    lines = [
        s.one_of("Выход продукта реакции:", "Найдём выход", "Практический выход"),
        s.math(s.equals("η", s.product(s.quotient(s.number(real), s.number(theory)), "100"), s.number(shown, 3)))
        + " %",
        s.answer + s.number(slip(chance, shown, 3) if plant == "answer" else shown, 3).replace("{,}", ",") + " %",
    ]
    return _page(s, lines, share, "%", plant, "yield")


SCENARIOS = [
    (mass_from_amount, ("molar_mass", "sum", "arithmetic", "answer", "unit", "symbol")),
    (amount_from_mass, ("molar_mass", "sum", "arithmetic", "answer", "unit")),
    (gas_by_equation, ("coefficient", "arithmetic", "sum", "answer", "unit", "symbol")),
    (equation_only, ("coefficient",)),
    (mass_fraction, ("arithmetic", "sum", "conversion", "answer")),
    (concentration, ("arithmetic", "conversion", "answer", "unit")),
    (yield_of_product, ("arithmetic", "answer")),
]
