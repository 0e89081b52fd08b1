"""A reading engine that is watched: calls, seconds, US dollars."""

from picrete_gql.gateways.ocr import Ocr, Recognition, Ticket
from picrete_gql.gateways.watching import paid, question


class Watched:
    """Any engine, counted."""

    def __init__(self, ocr: Ocr) -> None:
        self.ocr = ocr
        self.engine, self.model = ocr.engine, ocr.model

    async def submit(self, image: bytes) -> Ticket | None:
        """Hand in an upright JPEG."""
        with question("ocr.submit", self.engine, self.model):
            return await self.ocr.submit(image)

    async def collect(self, ticket: Ticket | None, image: bytes) -> Recognition:
        """Wait for the reading."""
        with question("ocr.collect", self.engine, self.model):
            found = await self.ocr.collect(ticket, image)
        paid(self.engine, self.model, found.cost)
        return found

    async def close(self) -> None:
        """Let go of connections and models."""
        await self.ocr.close()
