"""Reading a photographed page: one protocol, several engines behind it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

Point = tuple[float, float]


@dataclass(frozen=True)
class Block:
    """One piece of a page.

    `polygon` is in 0..1 of the upright photo, clockwise from the top left; `confidence` is 0..1.
    """

    id: str
    type: str
    text: str
    polygon: tuple[Point, ...]
    confidence: float | None = None


@dataclass(frozen=True)
class Recognition:
    """What an engine read on one page. `quality` is 0..1 for the whole page, `cost` in US dollars."""

    markdown: str
    text: str
    blocks: tuple[Block, ...]
    engine: str
    model: str
    quality: float | None = None
    cost: Decimal | None = None


@dataclass(frozen=True)
class Ticket:
    """A page handed to a remote engine, by which the reading can be collected later, also after a restart."""

    request_id: str
    check_url: str


class TicketLost(Exception):
    """This ticket will never be read (results vanish an hour after completion): hand the page in again.

    `later` says that it must not be at once: the provider has no room for the page now.
    """

    def __init__(self, said: str, *, later: bool = False) -> None:
        super().__init__(said)
        self.later = later


class Ocr(Protocol):
    """An engine that reads pages.

    Both calls raise `Unavailable` for what may pass by itself (with `retry_after` seconds when the provider said so)
    and `Refused` for what will not.
    """

    engine: str
    model: str

    async def submit(self, image: bytes) -> Ticket | None:
        """Hand in an upright JPEG. None when the engine works on the spot and has nothing to resume."""

    async def collect(self, ticket: Ticket | None, image: bytes) -> Recognition:
        """Wait for the reading of a page handed in before. Raises TicketLost when it must be handed in again."""

    async def close(self) -> None:
        """Let go of connections and models."""
