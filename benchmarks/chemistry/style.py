"""How one page is written: every page has its own habits, as every pupil and every reader of pages has."""

import random
import re
from dataclasses import dataclass

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
CYRILLIC = str.maketrans("ABCEHKMOPTX", "АВСЕНКМОРТХ")
FORMULAS = ("plain", "plain", "unicode", "unicode", "latex", "mathrm", "html", "cyrillic", "ce")


@dataclass(frozen=True)
class Style:
    """Signs and spellings of one page."""

    formulas: str
    times: str
    divided: str
    arrow: str
    point: str
    tight: bool
    answer: str
    spelt: random.Random

    def number(self, value: float | str, digits: int = 4) -> str:
        """A number with so many significant digits at most, without zeros at the end."""
        text = value if isinstance(value, str) else trimmed(value, digits)
        if self.formulas == "latex" and self.point == ",":
            return text.replace(".", "{,}")
        return text.replace(".", self.point)

    def product(self, *parts: str) -> str:
        """Parts multiplied."""
        return self.gap(self.times).join(parts)

    def quotient(self, above: str, below: str) -> str:
        """One part divided by another."""
        if self.formulas == "latex":
            return rf"\frac{{{above}}}{{{below}}}"
        return f"{above}{self.gap(self.divided)}{below}"

    def gap(self, sign: str) -> str:
        """A sign with or without space around it."""
        return sign if self.tight else f" {sign.strip()} "

    def equals(self, *parts: str) -> str:
        """A chain of equal things."""
        return self.gap("=").join(parts)

    def formula(self, text: str, charge: str = "") -> str:
        """A formula; charge as `2-`."""
        if self.formulas == "unicode":
            return text.translate(SUBSCRIPTS) + charge.translate(SUPERSCRIPTS)
        if self.formulas in ("latex", "mathrm"):
            body = re.sub(r"(\d+)", r"_{\1}", text) + (f"^{{{charge}}}" if charge else "")
            return rf"\mathrm{{{body}}}" if self.formulas == "mathrm" else body
        if self.formulas == "html":
            return re.sub(r"(\d+)", r"<sub>\1</sub>", text) + (f"<sup>{charge}</sup>" if charge else "")
        mark = f"^{charge}" if charge else ""
        return (text.translate(CYRILLIC) if self.formulas == "cyrillic" else text) + mark

    def reaction(self, left: list[tuple[int, str]], right: list[tuple[int, str]]) -> str:
        """An equation: coefficients and formulas, a charge after `|`."""
        sides = [" + ".join(self._term(n, text) for n, text in side) for side in (left, right)]
        if self.formulas == "ce":
            return rf"\ce{{{sides[0]} -> {sides[1]}}}"
        return f"{sides[0]} {self.arrow} {sides[1]}"

    def _term(self, count: int, text: str) -> str:
        body, _, charge = text.partition("|")
        return (str(count) if count != 1 else "") + self.formula(body, charge)

    def math(self, text: str) -> str:
        """A line of mathematics as this reader returns it."""
        if self.formulas in ("latex", "mathrm") and ("\\" in text or "_" in text):
            return f"${text}$"
        return text

    def unit(self, text: str) -> str:
        """A unit, in LaTeX sometimes as text."""
        return rf"\text{{ {text}}}" if self.formulas == "latex" else f" {text}"

    def one_of(self, *texts: str) -> str:
        """One of several ways to say it."""
        return self.spelt.choice(texts)


def trimmed(value: float, digits: int = 4) -> str:
    """So many significant digits at most, no exponent, no zeros at the end."""
    if value == 0:
        return "0"
    text = f"{value:.{digits}g}"
    text = f"{float(text):.12f}" if "e" in text else text
    return text.rstrip("0").rstrip(".") if "." in text else text


def style(chance: random.Random) -> Style:
    """Habits drawn for one page."""
    formulas = chance.choice(FORMULAS)
    latex = formulas in ("latex", "mathrm")
    return Style(
        formulas=formulas,
        times=r"\cdot " if latex else chance.choice(["·", "·", "*", "×", "∙"]),
        divided=chance.choice(["/", "/", ":"]),
        arrow=chance.choice([r"\rightarrow", "=", r"\to"]) if latex else chance.choice(["=", "→", "->", "="]),
        point=chance.choice([",", ",", ",", "."]),
        tight=not latex and chance.random() < 0.25,
        answer=chance.choice(["Ответ: ", "Ответ: ", "ОТВЕТ: ", "Ответ - ", "Ответ. "]),
        spelt=chance,
    )
