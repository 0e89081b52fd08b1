"""Calculations as they stand on a page, `5,85 г / 58,5 г/моль` or `-lg 0,01`, read into reverse Polish order."""

import re
from dataclasses import dataclass
from fractions import Fraction

from .units import Unit, read_unit

MAX_ITEMS = 48
"""Longest expression that is looked at, in numbers and signs."""

_NUMBER = re.compile(
    r"(?P<mantissa>\d{1,3}(?: \d{3})+(?:,\d{1,15})?(?! ?\d)|\d{1,15}(?:[.,]\d{1,15})?)(?![.,]?\d)"
    r"(?:\s?·\s?10\s?\^\s?\(?\s?(?P<power>[+-]?\d{1,2})(?:\s?\))?(?![\d.,]))?"
)
_LOST_POWER = re.compile(r"10(?!0)\d{1,2}(?![\d.,])")
_LOST_MINUS = re.compile(r"10-\d")
_FACTOR_BEFORE = re.compile(r"\d\s?·\s?\Z")
_SIGN = re.compile(r"[-+·/:]|[xх](?=\s?\d)")
_FUNCTION = re.compile(r"(lg|log|ln)\s?(?=[\d(])")
_POWER = re.compile(r"\^\s?\(?\s?([+-]?\d{1,2})\s?\)?(?![\d.,])")
_BLANK = re.compile(r"\s*")
_RANKS = {"+": 1, "-": 1, "·": 2, "/": 2, "neg": 3, "lg": 4, "ln": 4}


@dataclass(frozen=True, slots=True)
class Number:
    """A number of an expression at text[start:end]; `places` are its decimals, `others` what else it may mean."""

    value: Fraction
    unit: Unit | None
    literal: str
    start: int
    end: int
    places: int = 0
    others: tuple[Fraction, ...] = ()


Item = Number | str
"""A number, one of the signs + - · /, or `neg`, `lg`, `ln`, or `^n`."""


@dataclass(frozen=True, slots=True)
class Expression:
    """`items` in reverse Polish order; what was written stands at text[start:end]."""

    items: tuple[Item, ...]
    start: int
    end: int
    ratio: bool = False

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Its numbers in order."""
        return tuple(item for item in self.items if isinstance(item, Number))

    @property
    def single(self) -> Number | None:
        """The number that it is, if there is nothing to compute."""
        return self.items[0] if len(self.items) == 1 and isinstance(self.items[0], Number) else None


class _Reader:
    """Shunting yard over a text. Stops where the text stops being an expression; `end` is the last good place."""

    def __init__(self, text: str, start: int, stop: int) -> None:
        self.text, self.at, self.stop = text, start, stop
        self.start = start
        self.out: list[Item] = []
        self.signs: list[str] = []
        self.valued = False
        self.ratio = False
        self.good: tuple[int, tuple[Item, ...]] | None = None

    def run(self) -> Expression | None:
        count = 0
        while count < MAX_ITEMS and self.step():
            count += 1
            if self.valued and "(" not in self.signs:
                self.good = (self.at, (*self.out, *reversed(self.signs)))
        if self.good is None or count == MAX_ITEMS:
            return None
        return Expression(self.good[1], self.start, self.good[0], self.ratio)

    def step(self) -> bool:
        blank = _BLANK.match(self.text, self.at, self.stop)
        at = blank.end() if blank else self.at
        if at >= self.stop:
            return False
        return self.after_value(at) if self.valued else self.before_value(at)

    def before_value(self, at: int) -> bool:
        char = self.text[at]
        function = _FUNCTION.match(self.text, at, self.stop)
        if char == "(":
            self.signs.append("(")
            self.at = at + 1
        elif char == "-" and self.may_negate(at):
            self.signs.append("neg")
            self.at = at + 1
        elif function:
            self.signs.append("ln" if function[1] == "ln" else "lg")
            self.at = function.end()
        else:
            number = read_number(self.text, at, self.stop)
            if number is None:
                return False
            self.out.append(number)
            self.at, self.valued = number.end, True
        return True

    def may_negate(self, at: int) -> bool:
        return (at == self.start or not self.out or self.signs[-1:] == ["("]) and self.signs[-1:] != ["neg"]

    def after_value(self, at: int) -> bool:
        char = self.text[at]
        power = _POWER.match(self.text, at, self.stop)
        if power:
            self.out.append(f"^{int(power[1])}")
            self.at = power.end()
            return True
        if char == ")":
            return self.close(at)
        sign = _SIGN.match(self.text, at, self.stop)
        if sign:
            self.ratio = self.ratio or sign[0] == ":"
            self.push("/" if sign[0] == ":" else "·" if sign[0] in "xх" else sign[0])
            self.at, self.valued = sign.end(), False
            return True
        # «40 + 2(16 + 1)», «(1 - 0,2)(3 + 1)».
        if char == "(" and re.match(r"\(\s?\d", self.text[at : self.stop]):
            self.push("·")
            self.valued = False
            return True
        return False

    def push(self, sign: str) -> None:
        while self.signs and self.signs[-1] != "(" and _RANKS[self.signs[-1]] >= _RANKS[sign]:
            self.out.append(self.signs.pop())
        self.signs.append(sign)

    def close(self, at: int) -> bool:
        if "(" not in self.signs:
            return False
        while self.signs[-1] != "(":
            self.out.append(self.signs.pop())
        self.signs.pop()
        self.at = at + 1
        return True


def read_number(text: str, at: int, stop: int) -> Number | None:
    """The number with its unit that stands at this place. None also for one that has lost its superscript."""
    match = _NUMBER.match(text, at, stop)
    if match is None:
        return None
    plain = Fraction(match["mantissa"].replace(" ", "").replace(",", "."))
    power = int(match["power"]) if match["power"] else 0
    end = match.end()
    others: tuple[Fraction, ...] = ()
    if _FACTOR_BEFORE.search(text[max(0, at - 4) : at]):
        if _LOST_MINUS.match(text, at, stop):
            return None
        if _LOST_POWER.fullmatch(text, at, end):
            others = (Fraction(10) ** int(text[at + 2 : end]),)
    fraction = match["mantissa"].replace(".", ",").partition(",")[2]
    unit = read_unit(text[:stop], end + 1 if text[end : end + 1] == " " else end)
    if unit is not None:
        end = unit[1]
    return Number(
        plain * Fraction(10) ** power, unit[0] if unit else None, match[0], at, end, len(fraction) - power, others
    )


def read_expression(text: str, start: int, stop: int) -> Expression | None:
    """The longest expression that begins at this place."""
    return _Reader(text, start, stop).run()
