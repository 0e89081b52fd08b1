"""A page of recognised text with what is wrong on it."""

import random
from dataclasses import dataclass

from .style import trimmed


@dataclass(frozen=True)
class Page:
    """`planted` is the kind of the one error on it, or None. The reference is what a teacher would have entered."""

    text: str
    reference: str | None
    units: str | None
    planted: str | None
    scenario: str


def slip(chance: random.Random, value: float, digits: int = 4) -> float:
    """Another number, as pupils get it wrong: a digit, two digits exchanged, a comma, a neighbouring multiple."""
    text = trimmed(value, digits)
    for _ in range(50):
        other = _slipped(chance, text)
        if other > 0 and abs(other - value) > 0.03 * value:
            return other
    return value * 2


def _slipped(chance: random.Random, text: str) -> float:
    places = [at for at, char in enumerate(text) if char.isdigit() and char != "0"]
    kind = chance.random()
    if kind < 0.5:
        at = chance.choice(places)
        return float(text[:at] + chance.choice([d for d in "123456789" if d != text[at]]) + text[at + 1 :])
    if kind < 0.65 and len(places) > 1:
        at = chance.randrange(len(places) - 1)
        one, other = places[at], places[at + 1]
        chars = list(text)
        chars[one], chars[other] = chars[other], chars[one]
        return float("".join(chars))
    if kind < 0.8:
        return float(text) * chance.choice([10, 0.1])
    return float(trimmed(float(text) * chance.choice([2, 0.5, 1.5, 3, 1.25, 0.8]), 4))
