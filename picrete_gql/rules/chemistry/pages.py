"""What the checks are given: recognised pages and the tasks that they should solve."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from .mapped import Mapped
from .normalise import normalise

MAX_CHARS = 200_000
"""Longest text of one work that is looked at."""


@dataclass(frozen=True)
class Block:
    """One recognised piece of a page, with what the student corrected in it. `confidence` is 0..1."""

    id: str
    text: str
    confidence: float | None = None


@dataclass(frozen=True)
class Page:
    """One page, its blocks in the order of reading. Ids of blocks are unique on their page only.

    `confirmed`: its author has compared what was read with the paper, so nothing in it counts as misread.
    """

    photo_id: UUID
    blocks: tuple[Block, ...]
    confirmed: bool = False


@dataclass(frozen=True)
class Task:
    """What a task's answer should be: text, its unit, and the *relative* tolerance (0.01 = one per cent)."""

    number: int
    reference_answer: str | None = None
    tolerance: Decimal = Decimal("0.01")
    units: str | None = None


@dataclass(frozen=True)
class Line:
    """One line of a block, normalised; `number` counts the lines of the block."""

    photo_id: UUID
    block_id: str
    confidence: float | None
    read: Mapped
    number: int = 0

    @property
    def text(self) -> str:
        """The normalised text."""
        return self.read.text


def lines_of(pages: Sequence[Page]) -> list[Line]:
    """The lines of all pages in order, without empty ones; at most MAX_CHARS characters of text."""
    found: list[Line] = []
    left = MAX_CHARS
    for page in pages:
        for block in page.blocks:
            read = normalise(block.text[: max(left, 0)])
            left -= len(block.text)
            split = enumerate(read.lines())
            lines = (Line(page.photo_id, block.id, block.confidence, line, number) for number, line in split)
            found += (line for line in lines if line.text.strip())
    return found
