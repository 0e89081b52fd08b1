"""One written answer against the reference."""

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
    """What is known of an answer; `text` is None when there is none. `quantity` decided about a number, `match` how.

    `doubted`: it may be misread, or that of another task.
    """

    verdict: Verdict
    words: Words
    text: str | None = None
    place: Place | None = None
    quantity: Quantity | None = None
    match: Match | None = None
    doubted: bool = False


def judged(answer: Joined, expected: Reference | None, tolerance: Decimal) -> Outcome:
    """The outcome of one answer that is not empty."""
    text, place = answer.text.strip(), answer.place(0, len(answer.text))
    if expected is None:
        return Outcome(Verdict.UNSURE, say.NO_REFERENCE, text, place)
    if expected.quantities:
        return _number(answer, expected, tolerance)
    formula = expected.formula
    same = _formulas(text, formula) if formula is not None else folded(text) == folded(expected.text)
    return Outcome(Verdict.OK if same else Verdict.UNSURE, say.RIGHT if same else say.OTHER_WORDS, text, place)


def _formulas(text: str, expected: Formula) -> bool:
    """Whether the expected formula is among the words, and no other one."""
    tokens = [token.rstrip(".") for token in text.translate(_SEPARATORS).split()]
    read = [[formula.text for formula in readings(token)] for token in (*tokens, text.replace(" ", "").rstrip("."))]
    others = [token for token, texts in zip(tokens, read, strict=False) if texts and expected.text not in texts]
    return any(expected.text in texts for texts in read) and not any(_long(token) for token in others)


def _long(token: str) -> bool:
    """Whether it is a formula in earnest, and no single letter or word that may also be read as one."""
    return any(map(str.isdigit, token)) or sum(map(str.isupper, token)) > 1


def _number(answer: Joined, expected: Reference, tolerance: Decimal) -> Outcome:
    """Right when every expected quantity is among the written; wrong when the only candidate is certainly another."""
    found = finals(answer.text)
    text = answer.text.strip()
    if not found:
        return Outcome(Verdict.UNSURE, say.NOT_NUMBER, text, answer.place(0, len(answer.text)))
    nearest = [(r, *max(((compare(q, r, tolerance), q) for q in found), key=_rank)) for r in expected.quantities]
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


def _rank(pair: tuple[Match, Quantity]) -> tuple[Match, bool]:
    """The nearest first, and of equals the one with a unit."""
    return pair[0], pair[1].unit is not None
