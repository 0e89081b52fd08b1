"""Runs of species joined by plus signs and arrows: what may be an equation, and how sure its ends are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from .formulas import ELECTRON as ELECTRON_FORMULA
from .formulas import Formula
from .readings import readings
from .tokens import ELECTRON, Kind, Token, tokens

_COEFFICIENT = re.compile(r"(?!0(?![.,]))(\d{1,2}/\d{1,2}|\d{1,4}(?:[.,]\d{1,2})?)·?")
_NUMBER = re.compile(r"[\d.,/()]+")
_BARE_CHARGE = re.compile(r"(\d{1,2})([+-])\Z")
_EDGES = frozenset('.,;:!?|«»"“”„…')
_WORD = re.compile(r"\(?[А-Яа-яЁё]{2,}\)?|[a-zа-яё]+|\(?[A-Za-z][a-z]{2,}\)?|[()\[\]]")
_REMARK = re.compile(r"[а-яё]{3,}")


@dataclass(frozen=True, slots=True)
class Term:
    """A species with its coefficient; `species` are the formulas that it may be, the likeliest first."""

    coefficient: Fraction
    species: tuple[Formula, ...]
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Run:
    """Terms and the operators between them. `clean`: nothing at its ends suggests that a part of it is missing."""

    terms: tuple[Term, ...]
    operators: tuple[Token, ...]
    clean: bool

    @property
    def start(self) -> int:
        """Where it begins in the line."""
        return self.terms[0].start

    @property
    def end(self) -> int:
        """Where it ends in the line."""
        return self.terms[-1].end


def runs(text: str) -> list[Run]:
    """Every run of at least one species in a blanked line."""
    line = tokens(text)
    found: list[Run] = []
    at = 0
    while at < len(line):
        run, at = _run(line, at)
        if run is not None:
            found.append(run)
    return found


def _run(line: Sequence[Token], at: int) -> tuple[Run | None, int]:
    first = _term(line, at)
    if first is None:
        return None, at + 1
    clean = _edge(line[at - 1] if at else None)
    terms = [first[0]]
    operators: list[Token] = []
    at = first[1]
    while at < len(line) and line[at].kind in (Kind.PLUS, Kind.MINUS, Kind.ARROW):
        following = _term(line, at + 1)
        electron = following is not None and following[0].species == (ELECTRON_FORMULA,)
        if following is None or (line[at].kind is Kind.MINUS and not electron):
            clean = clean and line[at].kind is Kind.MINUS and _remark(line, at + 1)
            return Run(tuple(terms), tuple(operators), clean), at + 1
        operators.append(line[at])
        terms.append(following[0])
        at = following[1]
    clean = clean and _edge(line[at] if at < len(line) else None) and _even(terms, operators)
    return Run(tuple(terms), tuple(operators), clean), at


def _remark(line: Sequence[Token], at: int) -> bool:
    """Whether a dash is followed by words: «… = ZnCl2 + H2 - замещение»."""
    return at < len(line) and _REMARK.fullmatch(line[at].text) is not None


def _even(terms: Sequence[Term], operators: Sequence[Token]) -> bool:
    """Whether all terms stand alike, near their plus signs or apart: a digit that recognition put in often does not."""
    pairs = list(zip(terms, operators, terms[1:], strict=False))
    lopsided = any(before.end < sign.start and sign.end == after.start for before, sign, after in pairs)
    return not lopsided and len({after.start > sign.end for _, sign, after in pairs if sign.kind is Kind.PLUS}) < 2


def _edge(token: Token | None) -> bool:
    """Whether this neighbour surely does not belong to the run."""
    if token is None:
        return True
    if token.kind is Kind.CHUNK:
        return _WORD.fullmatch(token.text) is not None and not readings(token.text)
    return token.kind is Kind.OTHER and token.text in _EDGES


def _term(line: Sequence[Token], at: int) -> tuple[Term, int] | None:
    """The term that begins at this token, and the token after it."""
    if at >= len(line) or line[at].kind is not Kind.CHUNK:
        return None
    token = line[at]
    text = _unwrapped(token.text)
    if _NUMBER.fullmatch(text) and not readings(text):
        after = line[at + 1] if at + 1 < len(line) else None
        if after is None or after.kind is not Kind.CHUNK or not _COEFFICIENT.fullmatch(text):
            return None
        if _NUMBER.match(after.text) and after.text[0].isdigit():
            return None
        body, end, used = _unwrapped(after.text), after.end, 2
        coefficient = _fraction(text)
    else:
        coefficient, body = _split(text)
        end, used = token.end, 1
    species = _species(body)
    if not species or coefficient is None:
        return None
    return Term(coefficient, species, body, token.start, end), at + used


def _unwrapped(text: str) -> str:
    """Without a bracket that is opened or closed outside."""
    if text.startswith("(") and text.count("(") > text.count(")"):
        return text[1:]
    return text[:-1] if text.endswith(")") and text.count(")") > text.count("(") else text


def _split(text: str) -> tuple[Fraction | None, str]:
    match = _COEFFICIENT.match(text)
    if match is None:
        return Fraction(1), text
    return _fraction(match[1]), text[match.end() :]


def _fraction(text: str) -> Fraction | None:
    try:
        value = Fraction(text.strip("·").replace(",", "."))
    except (ValueError, ZeroDivisionError):
        return None
    return value if value > 0 else None


@lru_cache(maxsize=16_384)
def _species(body: str) -> tuple[Formula, ...]:
    """What the text of a species may be. Without a superscript `SO42-` may also be SO42 with one charge."""
    if ELECTRON.fullmatch(body):
        return (ELECTRON_FORMULA,)
    candidates = list(readings(body))
    bare = None if "^" in body else _BARE_CHARGE.search(body)
    if bare is not None:
        stem, digits, sign = body[: bare.start()], bare[1], bare[2]
        for size in range(len(digits) + 1):
            kept = len(digits) - size
            candidates += readings(f"{stem}{digits[:kept]}^{digits[kept:]}{sign}")
    found: dict[object, Formula] = {}
    for formula in candidates:
        found.setdefault((frozenset(formula.counts.items()), formula.charge), formula)
    return tuple(found.values())
