"""Equalities of numbers on a page: `n = 5,85 / 58,5 = 0,1 моль = 100 ммоль` holds two of them."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .expressions import Expression, Number, read_expression

MAX_SIDE = 240
"""Longest side of an equality that is looked at, in characters."""

MAX_CHAIN = 8
"""How far back the name of a chain is looked for, in sides."""

_EQUALS = re.compile(r"[=≈]")
_OTHER_RELATION = re.compile(r"[→⇄<>≤≥≠±√Σ∫∏∞|]")
_NUMERIC_END = re.compile(r"[\d)%°A-Za-zА-Яа-яЁё.³²]\s*\Z")
_START = re.compile(r"(?<![\w.,)^·/+:(\[-])[-(]*(?:lg|ln|log)?\s?\(*-?\d|-\s?(?:lg|ln|log)\s?\(?\d")
_WORD_BEFORE = re.compile(r"(?:\A|[А-Яа-яЁё]{2,}[.,:;]?\s+|[;,]\s+|[.]\s+|\A\s*\d\)\s+|[А-Яа-яЁё]{3,}:\s*)\Z")
_AFTER = re.compile(
    r"\s*(?:\Z|[.;!?]|,(?!\d)|\(\s?[А-Яа-яЁёA-Za-z]|[А-Яа-яЁёA-Z«\"]|-\s+[а-яё]|[a-z]{2,}|[|)\]](?![\d^])|[a-z]\))"
)
_TORN = re.compile(r"[\s.,'’`\"~_]{1,3}\d|['’`\"~_^]|\s?,\s?\d")
_BREAK = re.compile(r"[;:!?]\s+|[,.]\s+|→|⇄")
_GOES_ON = re.compile(r"\s*\(?[A-Za-zА-Яа-яЁё0-9()\s]{1,30}\s[+·/]\s")
_IN_BRACKETS = re.compile(r"\s?\(\s?([А-Яа-яA-Za-z%/·°0-9^-]{1,12})\s?\)")


@dataclass(frozen=True, slots=True)
class Equality:
    """`left` is computed, `right` is what it was said to be; `sign` stands between them.

    `name` is the text before the first sign of the chain. `onward`: the right side is itself the left of another.
    """

    left: Expression
    right: Expression
    sign: str
    name: str
    onward: bool

    @property
    def start(self) -> int:
        """Where it begins in the line."""
        return self.left.start

    @property
    def end(self) -> int:
        """Where it ends in the line."""
        return self.right.end

    @property
    def numbers(self) -> tuple[Number, ...]:
        """All numbers of both sides."""
        return self.left.numbers + self.right.numbers


@dataclass(frozen=True, slots=True)
class Stated:
    """`name = … = number`: what a value was said to be, at text[start:end]."""

    name: str
    number: Number
    start: int
    end: int


def statements(text: str) -> Iterator[Stated]:
    """Every value after a sign of equality that has a name in front of the chain."""
    signs = [match.start() for match in _EQUALS.finditer(text)]
    edges = [-1, *signs, len(text)]
    parts = list(itertools.pairwise(edges))
    for number, at in enumerate(signs):
        right = _prefix(text, at + 1, parts[number + 1][1], last=number + 1 == len(signs))
        name = _name(text, parts, number)
        if name and right is not None and right.single is not None:
            yield Stated(name, right.single, right.start, right.end)


@lru_cache(maxsize=2048)
def equalities(text: str) -> tuple[Equality, ...]:
    """The equalities of numbers in a line of normalised text, in order."""
    return tuple(_found(text))


def _found(text: str) -> Iterator[Equality]:
    signs = [match.start() for match in _EQUALS.finditer(text)]
    if not signs or not any(char.isdigit() for char in text):
        return
    edges = [-1, *signs, len(text)]
    parts = list(itertools.pairwise(edges))
    for number, at in enumerate(signs):
        left = _suffix(text, parts[number][0] + 1, at)
        right = _prefix(text, at + 1, parts[number + 1][1], last=number + 1 == len(signs))
        if left is not None and right is not None:
            name = _name(text, parts, number)
            yield Equality(left, right, text[at], name, onward=number + 1 < len(signs))


def _name(text: str, parts: list[tuple[int, int]], number: int) -> str:
    """What the chain is about: its first side, as far as nothing separates it from the numbers."""
    for low, high in reversed(parts[max(0, number - MAX_CHAIN) : number + 1]):
        side = text[max(low + 1, high - MAX_SIDE) : high]
        broken = _BREAK.split(side)
        if len(broken) > 1 or low < 0:
            return broken[-1].strip()[-60:]
    return ""


def read_whole(side: str) -> Expression | None:
    """The expression that a side is, all of it."""
    start = len(side) - len(side.lstrip())
    if len(side) > MAX_SIDE:
        return None
    found = read_expression(side, start, len(side))
    return found if found is not None and not side[found.end :].strip(" ") else None


def _suffix(text: str, low: int, high: int) -> Expression | None:
    """The expression that ends right before a sign of equality."""
    low = max(low, high - MAX_SIDE)
    start = low + len(text[low:high]) - len(text[low:high].lstrip())
    if not _NUMERIC_END.search(text[start:high]):
        return None
    whole = read_expression(text, start, high)
    if whole is not None and not text[whole.end : high].strip():
        return whole
    for match in _START.finditer(text, start, high):
        at = match.start()
        if at == start or not _WORD_BEFORE.search(text[low:at]):
            continue
        found = read_expression(text, at, high)
        if found is not None and not text[found.end : high].strip():
            return found
    return None


def _prefix(text: str, low: int, high: int, *, last: bool) -> Expression | None:
    """The expression that begins right after a sign of equality, if it is clear where it ends."""
    start = low + len(text[low:high]) - len(text[low:high].lstrip())
    found = read_expression(text, start, min(high, start + MAX_SIDE))
    if found is None:
        return None
    rest = text[found.end : high]
    if not rest.strip():
        return found
    if _TORN.match(rest) or _OTHER_RELATION.match(rest.lstrip()) or not _AFTER.match(rest) or _GOES_ON.match(rest):
        return None
    return found if last or found.single is not None else None


def bracketed_unit(text: str, equality: Equality) -> str | None:
    """A unit in brackets behind the result: «= 5,85 (г)»."""
    match = _IN_BRACKETS.match(text, equality.end)
    return match[1] if match else None
