"""What a formula that recognition wrote down may have been on paper."""

import re
from collections.abc import Iterator
from functools import lru_cache

from .formulas import MAX_CHARS, Formula, NotAFormula, parse
from .lookalikes import latinised

# Where the written text can be no formula, or hardly one. Each rule is tried on all its places at once.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<!\d)0"), "O"),
    (re.compile(r"(?<=[1-9])0"), "O"),
    (re.compile(r"C[1I|]"), "Cl"),
    (re.compile(r"A[1I|]"), "Al"),
    (re.compile(r"(?<=[A-Z)\]\d])o"), "O"),
    (re.compile(r"(?<=\d)5(?=O)|(?<=[a-z)])5(?=O\d)"), "S"),
    (re.compile(r"(?<=[A-Za-z)\]])Z(?![a-z])"), "2"),
    (re.compile(r"(?<=[A-Za-z)\]])S(?=\Z|\))"), "5"),
)
MAX_READINGS = 8


@lru_cache(maxsize=16_384)
def readings(token: str) -> tuple[Formula, ...]:
    """Every formula that the token may stand for, the likeliest first; none when it is no formula.

    Cyrillic look-alikes are taken for Latin letters; 0/O, l/1, I/l, 5/S, Z/2 are repaired where the token as written
    would be no formula, and offered beside it where it would be an odd one.
    """
    text = latinised(token) if len(token) <= MAX_CHARS else None
    if not text:
        return ()
    found: dict[str, Formula] = {}
    for variant in _variants(text):
        try:
            found.setdefault(variant, parse(variant))
        except NotAFormula:
            continue
    return tuple(found.values())[:MAX_READINGS]


def _variants(text: str) -> Iterator[str]:
    """The text, then the text with one or two rules applied."""
    yield text
    once = []
    for pattern, replacement in _RULES:
        repaired = pattern.sub(replacement, text)
        if repaired != text:
            once.append(repaired)
    yield from once
    for first in once:
        for pattern, replacement in _RULES:
            repaired = pattern.sub(replacement, first)
            if repaired not in (first, text):
                yield repaired
