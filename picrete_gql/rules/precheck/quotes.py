"""Does a quote really stand on a page, and where?"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from .keys import block_keys
from .level import level, occurs
from .sheets import Block, Page


@dataclass(frozen=True)
class Anchor:
    """Where a quote stands: a page, and a block of that page when one of them holds it or was named for it."""

    photo_id: UUID
    block_id: str | None


class Quotes:
    """The pages of one submission, levelled once, to look quotes up in."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages = [
            (
                page,
                [(block.id, [level(text) for text in _readings(block, page)]) for block in page.blocks],
                _whole(page),
            )
            for page in pages
        ]

    def find(self, quote: str, page: Page | None = None, block_id: str | None = None) -> Anchor | None:
        """The place of the quote, or None when it stands nowhere.

        The named page is looked at first, then the others: the words are the evidence and the place follows from
        them. The named block stays unless only other blocks of its page hold the words.
        """
        needle = level(quote)
        for candidate, blocks, texts in sorted(self._pages, key=lambda entry: entry[0] is not page):
            holders = [block for block, readings in blocks if any(occurs(needle, text) for text in readings)]
            if holders or any(occurs(needle, text) for text in texts):
                named = block_id if candidate is page else None
                return Anchor(candidate.photo_id, named if named in holders or not holders else holders[0])
        return None


def named_block(page: Page | None, key: str | None) -> str | None:
    """The own id of a block by the name the model knows. Raises KeyError when that page has no such block."""
    if key is None:
        return None
    return block_keys(page)[key] if page else _raise(key)


def _raise(key: str) -> str:
    raise KeyError(key)


def _readings(block: Block, page: Page) -> list[str]:
    """What was read, and what stands there by the word of the student: quoting a correction is quoting the page."""
    mine = [correction for correction in page.corrections if correction.block_id == block.id]
    corrected = block.text
    for correction in mine:
        corrected = (
            corrected.replace(correction.original, correction.suggested, 1) if correction.original else corrected
        )
    return [block.text, corrected, *(correction.suggested for correction in mine)]


def _whole(page: Page) -> list[str]:
    joined = "\n".join(block.text for block in page.blocks)
    return [level(text) for text in (page.text, joined, *(correction.suggested for correction in page.corrections))]
