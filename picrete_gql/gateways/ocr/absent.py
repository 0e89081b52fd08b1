"""Nobody to read pages, said politely."""

from picrete_gql.gateways.ocr import Recognition, Ticket
from picrete_gql.problems import Refused


class Absent:
    """For a process that must start although no engine is installed: every page is refused with the reason."""

    engine = "none"
    model = "none"

    def __init__(self, reason: Refused) -> None:
        self._reason = reason

    async def submit(self, image: bytes) -> Ticket | None:
        """Raises the reason."""
        raise self._reason

    async def collect(self, ticket: Ticket | None, image: bytes) -> Recognition:
        """Raises the reason."""
        raise self._reason

    async def close(self) -> None:
        """Nothing to let go of."""
