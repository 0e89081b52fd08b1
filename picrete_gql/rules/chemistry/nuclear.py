"""Nuclear reactions: mass numbers and charges must add up on both sides, and charges must be those of the elements."""

import re
from collections.abc import Iterator, Sequence

from .elements import NUMBERS
from .finding import SURE, Finding, Kind, Place, Verdict, Words, finding
from .legible import Trust, raw_of
from .nuclides import PARTICLES, Nuclide, nuclides
from .pages import Line
from .sections import Section

_JOINT = re.compile(r"[\s$&{}\\,]*(?:(\+)|(\\rightarrow|\\to|\\longrightarrow|->|→|⟶|=))[\s$&{}]*")
_END = re.compile(r"[.,;:]?\s*(?:[(\[]?[А-Яа-яЁё][А-Яа-яЁё\s,.()-]*)?")
_NEXT = re.compile(r"\s*[.,;]\s*|\s*(?:или|и|,)\s*")
_RIGHT = Words("Массовые числа и заряды сходятся.", "Mass numbers and charges add up.")
_UNEVEN = Words(
    "Не сходится: массовые числа {} и {}, заряды {} и {}.",
    "It does not add up: mass numbers {} and {}, charges {} and {}.",
)
_ELEMENT = Words("У элемента {} заряд ядра {}, а не {}.", "The nuclear charge of {} is {}, not {}.")


def nuclear_findings(sections: Sequence[Section], trust: Trust, sure: float = SURE) -> list[Finding]:
    """One finding per nuclear reaction, and one per nucleus whose charge is not that of its element."""
    found: list[Finding] = []
    for section in sections:
        for line in section.lines:
            raw = raw_of(line.read)
            every = nuclides(raw)
            found += _elements(section.number, line, raw, every, trust, sure)
            for left, right in _reactions(raw, every):
                found.append(_reaction(section.number, line, raw, left, right, trust, sure))
    return found


def _reactions(raw: str, every: Sequence[Nuclide]) -> Iterator[tuple[list[Nuclide], list[Nuclide]]]:
    """Nuclides joined by plus signs around one arrow."""
    sides: list[list[Nuclide]] = [[]]
    for number, nuclide in enumerate(every):
        sides[-1].append(nuclide)
        following = every[number + 1].start if number + 1 < len(every) else len(raw)
        joint = _JOINT.fullmatch(raw, nuclide.end, following)
        if joint is None or number + 1 == len(every):
            rest = raw[nuclide.end : following].strip(" $}")
            named = all(one.name in NUMBERS or one.name in PARTICLES for side in sides for one in side)
            if (
                len(sides) == 2
                and named
                and (_END.fullmatch(rest) if number + 1 == len(every) else _NEXT.fullmatch(rest))
            ):
                yield sides[0], sides[1]
            sides = [[]]
        elif joint[2]:
            sides.append([])


def _elements(
    number: int | None, line: Line, raw: str, every: Sequence[Nuclide], trust: Trust, sure: float
) -> Iterator[Finding]:
    for nuclide in every:
        right = NUMBERS.get(nuclide.name)
        if right is None or right == nuclide.charge:
            continue
        place = Place(line, raw[nuclide.start : nuclide.end].strip(), line.confidence)
        verdict = Verdict.WRONG if trust.clean and trust.whole([line]) else Verdict.UNSURE
        words = _ELEMENT.filled(nuclide.name, str(right), str(nuclide.charge))
        yield finding(
            Kind.NUCLEAR, verdict, number, place, words, expected=str(right), found=str(nuclide.charge), sure=sure
        )


def _reaction(
    number: int | None,
    line: Line,
    raw: str,
    left: Sequence[Nuclide],
    right: Sequence[Nuclide],
    trust: Trust,
    sure: float,
) -> Finding:
    masses = [sum(n.times * n.mass for n in side) for side in (left, right)]
    charges = [sum(n.times * n.charge for n in side) for side in (left, right)]
    place = Place(line, raw[left[0].start : right[-1].end].strip()[:200].rstrip(), line.confidence)
    if masses[0] == masses[1] and charges[0] == charges[1]:
        return finding(Kind.NUCLEAR, Verdict.OK, number, place, _RIGHT, found=place.quote, sure=sure)
    verdict = Verdict.WRONG if trust.clean and trust.whole([line]) else Verdict.UNSURE
    words = _UNEVEN.filled(*(str(value) for value in (*masses, *charges)))
    return finding(Kind.NUCLEAR, verdict, number, place, words, found=place.quote, sure=sure)
