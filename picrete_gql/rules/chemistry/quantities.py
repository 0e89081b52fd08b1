"""Numbers with units in normalised text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from .units import Unit, read_unit

# A number is taken whole or not at all, and no input can make the search go back and forth: what a look ahead has found
# stands. (Possessive quantifiers say the same, and find other things in Python 3.11.0 to 3.11.3.)
_NUMBER = re.compile(
    r"(?<![\w.,^)\]])(?P<sign>(?<![\w)\]])[+-])?"
    r"(?=(?P<mantissa>\d{1,3}(?: \d{3})+(?:,\d{1,15})?(?! ?\d|[.,]\d)|\d{1,15}(?:[.,]\d{1,15})?))"
    r"(?P=mantissa)(?![.,]?\d)"
    r"(?:\s?·\s?10\s?(?:\^\s?\(?\s?(?P<power>[+-]?\d{1,3})(?:\s?\))?|(?P<minus>-\d{1,2})|(?P<flat>\d{1,2}))(?![\d.,])"
    r"|(?<=10)\^\(?(?P<ten>[+-]?\d{1,2})\)?(?!\d)|[eE](?P<e>[+-]?\d{1,2})(?![\w]))?"
)
_BROKEN = re.compile(r"\s?['’`\"~_|^\\]")
_TORN_BEFORE = re.compile(r"\d[\s.,'’`\"~_|]{1,3}\Z")
_TORN_AFTER = re.compile(r"[\s.,'’`\"~_|]{1,3}\d")
_BEFORE = re.compile(r"[·/+±^]\s*\Z|\d\s*:\s*\Z|[\w)%]\s*-\s*\Z")
_AFTER = re.compile(r"\s*(?:[·/+±^=≈]|[-:]\s*[\d(])")
_LETTER = re.compile(r"[A-Za-zА-Яа-яЁё(\[]")
_WORD = re.compile(r"\s?[A-Za-zА-Яа-яЁё°]")
_ENUMERATION = re.compile(r"\d{1,2}(?:\)|\.(?=\s))")
MAX_FOUND = 2_000


@dataclass(frozen=True)
class Quantity:
    """A number as written, at text[start:end].

    `places`: decimal places that the writing shows (negative: 1,5·10^3 shows hundreds). `others`: values it may also
    mean. `worded`: a word that is no known unit follows. `computed`: it is part of an expression. `torn`: another
    number stands so near that the two may be one.
    """

    value: Decimal
    unit: Unit | None
    text: str
    start: int
    end: int
    places: int = 0
    others: tuple[Decimal, ...] = ()
    worded: bool = False
    computed: bool = False
    torn: bool = False

    @property
    def values(self) -> tuple[Decimal, ...]:
        """Every value that the writing may mean."""
        return (self.value, *self.others)

    @property
    def literal(self) -> str:
        """The digits as written, without the unit."""
        match = _NUMBER.match(self.text)
        return match["mantissa"] if match else self.text


def find(text: str) -> list[Quantity]:
    """Every number with or without a unit, but no indices and coefficients of formulas and no numbers of lists."""
    return list(_found(text))


def _found(text: str) -> Iterator[Quantity]:
    for number, match in enumerate(_NUMBER.finditer(text)):
        if number >= MAX_FOUND:
            return
        start, end = match.span()
        listed = _ENUMERATION.match(text, start) and not text[:start].strip(" (;,.·-#")
        if listed or (text[start - 1 : start] == "(" and text[end : end + 1] == ")" and match["mantissa"].isdigit()):
            continue
        quantity = _quantity(text, match)
        if quantity.unit is not None or not _LETTER.match(text, end):
            yield quantity


def read(text: str) -> Quantity | None:
    """The quantity that the whole text is, or None."""
    text = text.strip().rstrip(". ")
    found = find(text)
    if len(found) == 1 and found[0].start == 0 and found[0].end == len(text):
        return found[0]
    return None


def _quantity(text: str, match: re.Match[str]) -> Quantity:
    value, places, others = _value(match)
    end = match.end()
    blank = end + 1 if text[end : end + 1] == " " else end
    unit = read_unit(text, blank)
    if unit is not None:
        end = unit[1]
    before, after = text[max(0, match.start() - 8) : match.start()], text[end : end + 8]
    return Quantity(
        value,
        unit[0] if unit else None,
        text[match.start() : end],
        match.start(),
        end,
        places,
        others,
        worded=unit is None and _WORD.match(after) is not None,
        computed=_BEFORE.search(before) is not None or _AFTER.match(after) is not None,
        torn=_TORN_BEFORE.search(before) is not None or (_BROKEN if unit else _TORN_AFTER).match(after) is not None,
    )


def _value(match: re.Match[str]) -> tuple[Decimal, int, tuple[Decimal, ...]]:
    mantissa = match["mantissa"]
    plain = Decimal(mantissa.replace(" ", "").replace(",", "."))
    places = max(0, -int(plain.as_tuple().exponent))
    if match["sign"] == "-":
        plain = -plain
    if match["ten"]:
        return Decimal(1).scaleb(int(match["ten"])), -int(match["ten"]), ()
    power = match["power"] or match["minus"] or match["e"] or match["flat"]
    if power:
        # «1,5·103» has lost its superscript, or is a product.
        others = (plain * Decimal("10" + match["flat"]),) if match["flat"] else ()
        return plain.scaleb(int(power)), places - int(power), others
    others = (Decimal(mantissa.rpartition(" ")[2].replace(",", ".")),) if " " in mantissa else ()
    return plain, places, others
