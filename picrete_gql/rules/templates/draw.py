"""Variants of a template, drawn from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from .answer import answer, results
from .problems import TemplateBroken, TooFewVariants
from .sound import ensure_sound
from .template import GAP, Template
from .values import Value, rounded, shown

_SHUFFLED = 20_000
"""So many combinations are shuffled as a whole; of more the drawn ones are only kept apart."""
_TRIES = 50
"""How many combinations per wanted variant may be unfit (c1 below c2) before it is given up."""


@dataclass(frozen=True)
class Sample:
    """One variant: what the student reads, the parameters as they are kept, and what only staff may know."""

    content: str
    parameters: dict[str, dict[str, str]]
    answer: str
    units: str
    solution: str


def draw(template: Template, seed: int, count: int) -> list[Sample]:
    """`count` different variants; the first ones are the same for any count.

    Raises TemplateBroken, and TooFewVariants when the parameters do not give so many.
    """
    made = preview(template, seed, count)
    if len(made) < count:
        raise TooFewVariants(count, len(made))
    return made


def preview(template: Template, seed: int, most: int) -> list[Sample]:
    """The same, fewer when there are fewer. Raises TemplateBroken."""
    ensure_sound(template)
    made: list[Sample] = []
    refused: TemplateBroken | None = None
    for number in islice(_numbers(template.combinations, seed), most * _TRIES):
        try:
            made.append(_sample(template, number))
        except TemplateBroken as problem:
            refused = problem
        if len(made) == most:
            break
    if not made and refused is not None:
        raise refused
    return made


def _numbers(total: int, seed: int) -> Iterator[int]:
    """Different numbers below `total` in an order that only the seed decides."""
    chance = Random(seed)
    if total <= _SHUFFLED:
        order = list(range(total))
        chance.shuffle(order)
        yield from order
        return
    seen: set[int] = set()
    while True:
        number = chance.randrange(total)
        if number not in seen:
            seen.add(number)
            yield number


def _sample(template: Template, number: int) -> Sample:
    parameters: dict[str, dict[str, str]] = {}
    for parameter in template.parameters:
        number, at = divmod(number, parameter.count)
        parameters[parameter.name] = {"value": format(parameter.value(at), "f"), "unit": parameter.unit}
    known = results(template, parameters)
    value = answer(template, parameters)
    return Sample(
        _filled(template, template.text, known), parameters, shown(rounded(value.number)), value.unit,
        _filled(template, template.solution, known),
    )  # fmt: skip


def _filled(template: Template, text: str, known: dict[str, Value]) -> str:
    """The text with its gaps filled: what was drawn as it is, what was computed rounded."""
    computed = {rule.name for rule in template.rules}

    def fill(name: str) -> str:
        value = known[name]
        return Value(rounded(value.number), value.unit).text if name in computed else value.text

    return GAP.sub(lambda match: fill(match[1]), text)
