"""How far a work may be believed.

A page that shows misreading has more of it where nobody can see it, in digits. So on such a page an accusation needs
to be seen twice (`Trust.believes`), and a line that shows it accuses nobody.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from .labels import misread_label
from .mapped import Mapped
from .nuclides import nuclides
from .oddities import markup_oddities, oddities
from .pages import Line

CLEAN_CHARS = 1_500
"""One visible misreading in so many characters does not spoil the trust in the rest."""

FIRM_CHARS = 120
"""Shorter works may hide misreading that shows nowhere: there a slip that one misread sign explains accuses nobody."""
COPIED_CHARS = 60
"""The same for an answer that differs by one sign from the result above it: fewer signs, fewer chances to misread."""

_LITERAL = re.compile(r"(?<![\w.,^)])\d{1,12}(?:[.,]\d{1,12})?(?![.,]?\d)(?![A-Z(\[])")
_WORD = re.compile(r"[^\W\d_]{4,8}")
_COMMA, _POINT = re.compile(r"(?<=\d),(?=\d)"), re.compile(r"(?<=\d)\.(?=\d)")
_MORE_THAN_A_LABEL = 60
_LINE_BREAKS = ("\n", "\\\\", "<br", "</p>", "</li>", "</tr>", "</div>")
_MARKUP = 200
_REST = re.compile(r"[\d⁰¹²³⁴-⁹₀-₉^_<>.,'’-]+|(?<![\\A-Za-z])[A-Za-z]{1,2}(?![A-Za-z])")
_EQUALS = re.compile(r"(?<=[^\s=])(\s?)=(\s?)(?=[^\s=])")
_CONSTANTS = frozenset(Fraction(text) for text in ("1", "2", "22.4", "100", "1000", "96500", "8.31", "8.314", "273"))


@dataclass(frozen=True)
class Trust:
    """`clean`: the work was read without visible misreading; `firm`: and it is long enough to show it; `copied`: enough
    to believe that an answer was copied wrongly.

    `odd` are the lines with misreading, `seen` counts numbers, `text` is all of it. `confirmed`: whoever wrote it has
    compared all of it with the paper, so that nothing is explained by misreading.
    """

    clean: bool
    firm: bool = True
    copied: bool = True
    odd: frozenset[tuple[object, str, int]] = frozenset()
    seen: Counter[Fraction] = field(default_factory=Counter)
    text: str = ""
    confirmed: bool = False

    def whole(self, lines: Iterable[Line]) -> bool:
        """Whether these lines show no misreading."""
        return not any(_key(line) in self.odd for line in lines)

    def believes(self, lines: Iterable[Line], numbers: Iterable[Fraction] = ()) -> bool:
        """Whether what stands here may accuse: the work was read cleanly, or all its numbers come again elsewhere."""
        if not self.whole(lines):
            return False
        mine = Counter(numbers)
        return self.clean or all(self.elsewhere(number, mine) for number in mine if number not in _CONSTANTS)

    def elsewhere(self, number: Fraction, mine: Counter[Fraction]) -> bool:
        """Whether a number stands on the page oftener than among these."""
        return self.seen[number] > mine[number]


BLIND = Trust(clean=True, firm=False, copied=False)
"""For checks of single lines, without a work around them."""


def trust(lines: Sequence[Line], *, confirmed: bool = False) -> Trust:
    """Look at a whole work."""
    seen = Counter(number for line in lines for number in literals(line.text))
    text = "\n".join(line.text for line in lines)
    if confirmed:
        return Trust(clean=True, seen=seen, text=text, confirmed=True)
    counts = [(line, _oddities(line)) for line in lines]
    chars = sum(len(line.text) for line in lines)
    total = sum(count for _, count in counts) + _uneven(lines) + _two_points(lines)
    if chars >= _MORE_THAN_A_LABEL:
        total += sum(misread_label(word[0].lower()) for line in lines for word in _WORD.finditer(line.text))
    odd = frozenset(_key(line) for line, count in counts if count)
    clean = total <= chars // CLEAN_CHARS
    return Trust(clean, not total and chars >= FIRM_CHARS, not total and chars >= COPIED_CHARS, odd, seen, text)


def _oddities(line: Line) -> int:
    raw = raw_of(line.read)
    nuclei = nuclides(raw)
    if not nuclei:
        return oddities(line.text, raw)
    whole = raw
    # Nuclides have no plain form, their indices run together: what is left between them must be nothing but words.
    for nuclide in reversed(nuclei):
        raw = raw[: nuclide.start] + " " + raw[nuclide.end :]
    braces = abs(whole.count("{") - whole.count("}"))
    return len(_REST.findall(raw)) + markup_oddities(raw) + braces


def _uneven(lines: Sequence[Line]) -> int:
    """Signs of equality that stand nearer to one side, where most do not."""
    spaces = [(match[1] != "", match[2] != "") for line in lines for match in _EQUALS.finditer(line.text)]
    lopsided = sum(before is not after for before, after in spaces)
    return lopsided if 3 * lopsided < len(spaces) else 0


def _two_points(lines: Sequence[Line]) -> int:
    """Decimal points where nearly all decimals have commas, or the other way round."""
    commas = sum(len(_COMMA.findall(line.text)) for line in lines)
    points = sum(len(_POINT.findall(line.text)) for line in lines)
    return min(commas, points) if 3 * min(commas, points) <= max(commas, points) else 0


def literals(text: str) -> list[Fraction]:
    """The numbers of a line as they stand there, without powers and signs."""
    return [Fraction(Decimal(match[0].replace(",", "."))) for match in _LITERAL.finditer(text)]


def raw_of(read: Mapped) -> str:
    """What the source says where this line stands, with the markup around it that the plain text has no place for."""
    if not read.text:
        return ""
    start, end = read.starts[0], read.ends[-1]
    window = max(0, start - _MARKUP)
    found = [at + len(mark) for mark in _LINE_BREAKS if (at := read.source.rfind(mark, window, start)) >= 0]
    low = max(found, default=window)
    stops = [at for mark in _LINE_BREAKS if (at := read.source.find(mark, end, end + _MARKUP)) >= 0]
    return read.source[low : min(stops, default=min(len(read.source), end + _MARKUP))]


def _key(line: Line) -> tuple[object, str, int]:
    """The same for the parts of a line."""
    return line.photo_id, line.block_id, line.number
