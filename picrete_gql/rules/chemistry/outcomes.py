"""One written answer against the reference."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from . import final_words as say
from .answers import finals
from .comparison import Match, compare, same_dimension
from .finding import Place, Verdict, Words
from .formulas import Formula
from .joined import Joined
from .quantities import Quantity
from .readings import readings
from .reference import Reference, folded

_SEPARATORS = str.maketrans(";:=,", "    ")


@dataclass(frozen=True)
class Outcome:
    """What is known of an answer; `text` is None when there is none. `quantity` decided about a number, `match` how."""

    verdict: Verdict
    words: Words
    text: str | None = None
    place: Place | None = None
    quantity: Quantity | None = None
    match: Match | None = None


def judged(answer: Joined, expected: Reference | None, tolerance: Decimal) -> Outcome:
    """The outcome of one answer that is not empty."""
    text, place = answer.text.strip(), answer.place(0, len(answer.text))
    if expected is None:
        return Outcome(Verdict.UNSURE, say.NO_REFERENCE, text, place)
    if expected.quantities:
        return _number(answer, expected, tolerance)
    if expected.formula is not None:
        same = any(formula.text == expected.formula.text for formula in _formulas(text))
    else:
        same = folded(text) == folded(expected.text)
    return Outcome(Verdict.OK if same else Verdict.UNSURE, say.RIGHT if same else say.OTHER_WORDS, text, place)


def _formulas(text: str) -> Iterator[Formula]:
    for token in text.translate(_SEPARATORS).split():
        yield from readings(token.rstrip("."))
    yield from readings(text.replace(" ", "").rstrip("."))


def _number(answer: Joined, expected: Reference, tolerance: Decimal) -> Outcome:
    """Right when every expected quantity is among the written; wrong when the only candidate is certainly another."""
    found = finals(answer.text)
    text = answer.text.strip()
    if not found:
        return Outcome(Verdict.UNSURE, say.NOT_NUMBER, text, answer.place(0, len(answer.text)))
    nearest = [
        (r, *max(((compare(q, r, tolerance), q) for q in found), key=lambda p: p[0])) for r in expected.quantities
    ]
    worst, match, quantity = min(nearest, key=lambda one: one[1])
    place = answer.place(quantity.start, quantity.end)
    if match in (Match.HIT, Match.BARE):
        return Outcome(Verdict.OK, say.RIGHT if match is Match.HIT else say.BARE, text, place, quantity, match)
    rivals = [q for q in found if same_dimension(q.unit, worst.unit)] or found
    certain = match is Match.MISS or (match is Match.FOREIGN and len(expected.quantities) == 1)
    if certain and len(rivals) == 1:
        return Outcome(Verdict.WRONG, say.WRONG.filled(quantity.text, worst.text), text, place, quantity, match)
    words = say.SEVERAL if len(rivals) > 1 else say.UNIT_DIFFERS if match is Match.NUMBER else say.UNCLEAR
    return Outcome(Verdict.UNSURE, words, text, place, quantity, match)
