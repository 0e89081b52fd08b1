"""More solutions: acids, gases under pressure, electrolysis, electrons, ions and nuclei."""

import math
import random

from .page import Page, slip
from .scenarios import _broken, _last, _page
from .style import SUBSCRIPTS, SUPERSCRIPTS, Style
from .substances import IONIC, NUCLEAR, REDOX


def acidity(s: Style, chance: random.Random, plant: str | None) -> Page:
    """pH of a strong acid."""
    c = chance.choice([0.1, 0.01, 0.001, 0.05, 0.002, 0.0001, 0.02])
    ph = -math.log10(c)
    shown = slip(chance, ph, 3) if plant == "arithmetic" else ph
    lg = r"\lg" if s.formulas in ("latex", "mathrm") else "lg"
    hydrogen = s.formula("H", "+")
    lines = [
        s.one_of("Кислота сильная, диссоциирует полностью.", "HCl - сильная кислота", ""),
        s.math(s.equals(f"[{hydrogen}]", s.number(c) + s.unit("моль/л"))),
        s.math(s.equals("pH", f"-{lg}[{hydrogen}]", f"-{lg} {s.number(c)}", s.number(shown, 3))),
        s.answer + "pH = " + s.number(slip(chance, shown, 3) if plant == "answer" else shown, 3).replace("{,}", ","),
    ]
    return _page(s, lines, round(ph, 2), "", plant, "acidity")


def ideal_gas(s: Style, chance: random.Random, plant: str | None) -> Page:
    """The pressure or the amount of an ideal gas."""
    n, kelvin, litres = chance.choice([(0.5, 300, 10), (2, 350, 25), (0.1, 298, 5), (1.5, 400, 50), (0.25, 273, 8)])
    celsius = kelvin - 273
    warm = slip(chance, kelvin, 3) if plant == "sum" else kelvin
    p = n * 8.31 * warm / litres
    shown = slip(chance, p) if plant == "arithmetic" else p
    lines = [
        s.math(s.equals("T", f"{celsius} + 273", s.number(warm, 4) + s.unit("К"))),
        s.one_of("Уравнение Менделеева-Клапейрона: pV = nRT", "pV = nRT, отсюда выразим давление", ""),
        s.math(
            s.equals(
                "p",
                s.quotient(
                    s.product(s.number(n), "8.31" if s.point == "." else s.number(8.31), s.number(warm, 4)), str(litres)
                ),
                s.number(shown) + s.unit("кПа"),
            )
        ),
        _last(s, chance, shown, "кПа", plant),
    ]
    return _page(s, lines, n * 8.31 * kelvin / litres, "кПа", plant, "ideal_gas")


def electrolysis(s: Style, chance: random.Random, plant: str | None) -> Page:
    """Faraday's law."""
    name, molar, z = chance.choice([("Cu", 64, 2), ("Ag", 108, 1), ("Zn", 65, 2), ("Al", 27, 3)])
    current, seconds = chance.choice([(5, 1930), (2, 9650), (10, 3860), (1.5, 19300), (4, 4825)])
    charge = current * seconds
    shown_q = slip(chance, charge, 6) if plant == "arithmetic" else charge
    m = molar * shown_q / (z * 96500)
    shown = slip(chance, m, 3) if plant == "sum" else m
    lines = [
        s.one_of("По закону Фарадея m = M·I·t/(z·F)", "Закон Фарадея", ""),
        s.math(
            s.equals(
                "Q",
                s.product("I", "t"),
                s.product(s.number(current), str(seconds)),
                s.number(shown_q, 6) + s.unit("Кл"),
            )
        ),
        s.math(
            s.equals(
                f"m({s.formula(name)})",
                s.quotient(s.product(str(molar), s.number(shown_q, 6)), f"({s.product(str(z), '96500')})"),
                s.number(shown, 3) + s.unit("г"),
            )
        ),
        _last(s, chance, shown, "г", plant, 3),
    ]
    return _page(s, lines, molar * charge / (z * 96500), "г", plant, "electrolysis")


def dilution(s: Style, chance: random.Random, plant: str | None) -> Page:
    """How much of a strong solution makes a weak one."""
    strong, weak, volume = chance.choice([(2, 0.1, 500), (6, 0.5, 240), (10, 0.2, 100), (1, 0.05, 200), (5, 0.5, 150)])
    need = weak * volume / strong
    shown = slip(chance, need, 3) if plant == "arithmetic" else need
    lines = [
        s.one_of("При разбавлении количество вещества не меняется:", "Разбавление раствора", ""),
        "C1V1 = C2V2",
        s.math(
            s.equals(
                "V1" if s.formulas != "latex" else "V_1",
                s.quotient(s.product(s.number(weak), str(volume)), str(strong)),
                s.number(shown, 3) + s.unit("мл"),
            )
        ),
        _last(s, chance, shown, "мл", plant, 3),
    ]
    return _page(s, lines, need, "мл", plant, "dilution")


def ions(s: Style, chance: random.Random, plant: str | None) -> Page:
    """Ionic equations."""
    chosen = chance.sample(IONIC, 2)
    lines = [s.one_of("Сокращённые ионные уравнения:", "В ионном виде", "Решение:")]
    broken = chance.randrange(2) if plant else -1
    for number, (left, right) in enumerate(chosen):
        pair = (left, right)
        if number == broken and plant == "coefficient":
            pair = _broken(chance, left, right)
        elif number == broken:
            pair = _recharged(chance, left), right
        lines.append(s.math(s.reaction(*pair)))
    return Page("\n".join(lines), None, None, plant, "ions")


def _recharged(chance: random.Random, side: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """One ion with another charge."""
    at = chance.choice([at for at, (_, text) in enumerate(side) if "|" in text])
    count, text = side[at]
    body, _, charge = text.partition("|")
    size = int(charge[:-1] or 1)
    other = chance.choice([n for n in (1, 2, 3) if n != size])
    changed = list(side)
    changed[at] = (count, f"{body}|{other if other > 1 else ''}{charge[-1]}")
    return changed


def electrons(s: Style, chance: random.Random, plant: str | None) -> Page:
    """Electron balance and the equation that follows from it."""
    left, right, half = chance.choice(REDOX)
    lines = [s.one_of("Составим электронный баланс:", "Электронный баланс", "Метод электронного баланса")]
    broken = chance.randrange(2) if plant == "electrons" else -1
    for number, (name, was, became) in enumerate(half):
        before, after = was, became
        count = abs(before - after)
        if number == broken:
            count += chance.choice([n for n in (-2, -1, 1, 2) if count + n > 0])
        if plant == "state" and number == 0:
            before, after = before + (1 if before < 7 else -1), after + (1 if before < 7 else -1)
        sign = "+" if before > after else "-"
        arrow = "→" if s.arrow == "->" else s.arrow
        lines.append(
            s.math(f"{_stated(s, name, before)} {sign} {count if count > 1 else ''}e {arrow} {_stated(s, name, after)}")
        )
    pair = _broken(chance, left, right) if plant == "coefficient" else (left, right)
    lines.append(s.math(s.reaction(*pair)))
    return Page("\n".join(lines), None, None, plant, "electrons")


def _stated(s: Style, name: str, state: int) -> str:
    text = "0" if state == 0 else f"{state:+d}"
    if s.formulas == "unicode":
        return name + text.translate(SUPERSCRIPTS)
    if s.formulas in ("latex", "mathrm", "ce"):
        return f"{name}^{{{text}}}"
    return f"{name}<sup>{text}</sup>" if s.formulas == "html" else f"{name}^{text}"


def nuclei(s: Style, chance: random.Random, plant: str | None) -> Page:
    """Radioactive decay."""
    left, right = chance.choice(NUCLEAR)
    right = list(right)
    if plant:
        at = chance.randrange(len(right))
        mass, charge, name = right[at]
        right[at] = (mass + chance.choice([-2, -1, 1, 2]) if mass else mass + 1, charge, name)
    sides = [" + ".join(_nuclide(s, *one) for one in side) for side in (left, right)]
    arrow = {"->": "→", "=": "→"}.get(s.arrow, s.arrow)
    lines = [
        s.one_of("Запишем уравнение ядерной реакции:", "Уравнение распада", "Ядерная реакция:"),
        s.math(f"{sides[0]} {arrow} {sides[1]}"),
    ]
    return Page("\n".join(lines), None, None, plant, "nuclei")


def _nuclide(s: Style, mass: int, charge: int, name: str) -> str:
    if s.formulas in ("latex", "mathrm", "ce"):
        return f"^{{{mass}}}_{{{charge}}}{name}"
    if s.formulas == "html":
        return f"<sup>{mass}</sup><sub>{charge}</sub>{name}"
    lowered = str(abs(charge)).translate(SUBSCRIPTS)
    return str(mass).translate(SUPERSCRIPTS) + ("₋" if charge < 0 else "") + lowered + name


def titration(s: Style, chance: random.Random, plant: str | None) -> Page:
    """An acid against an alkali."""
    c, ml, mine = chance.choice([(0.1, 15, 10), (0.05, 24, 20), (0.2, 12.5, 25), (0.1, 18.6, 20), (0.02, 30, 50)])
    found = c * ml / mine
    shown = slip(chance, found, 3) if plant == "arithmetic" else found
    lines = [
        s.one_of("Титрование: в точке эквивалентности", "По результатам титрования", "Титрование"),
        s.math(s.reaction([(1, "HCl"), (1, "NaOH")], [(1, "NaCl"), (1, "H2O")])),
        s.math(
            s.equals(
                f"c({s.formula('HCl')})",
                s.quotient(s.product(s.number(c), s.number(ml)), s.number(mine)),
                s.number(shown, 3) + s.unit("моль/л"),
            )
        ),
        _last(s, chance, shown, "моль/л", plant, 3),
    ]
    return _page(s, lines, found, "моль/л", plant, "titration")


MORE = [
    (acidity, ("arithmetic", "answer")),
    (ideal_gas, ("sum", "arithmetic", "answer")),
    (electrolysis, ("arithmetic", "sum", "answer", "unit")),
    (dilution, ("arithmetic", "answer", "unit")),
    (ions, ("coefficient", "charge")),
    (electrons, ("coefficient", "electrons", "state")),
    (nuclei, ("nuclear",)),
    (titration, ("arithmetic", "answer", "unit")),
]
