"""DataLab OCR: hand a page in, ask until it is read. Contract: https://documentation.datalab.to/docs/welcome/api."""

import asyncio
from typing import Any

from picrete_gql.gateways.ocr import Recognition, Ticket, TicketLost
from picrete_gql.gateways.ocr.answers import recognition, string
from picrete_gql.gateways.ocr.wire import GONE, QUOTA, WHAT, Wire
from picrete_gql.problems import Refused, Unavailable
from picrete_gql.settings import Ocr as Settings

FAILED = frozenset({"failed", "error", "cancelled"})


class Datalab:
    """Asks once per call; trying again later is the caller's business.

    Only the waiting loop of `collect` survives passing faults, so that a page that was paid for is not lost.
    """

    engine = "datalab"

    def __init__(self, settings: Settings, *, max_bytes: int = 32 * 1024 * 1024) -> None:
        """`max_bytes` bounds one answer. Raises Refused when the address or the key cannot be used."""
        self.model: str = settings.mode
        self._path = settings.path.strip("/")
        self._poll_seconds = settings.poll_seconds
        self._max_polls = settings.max_polls
        self._patience = settings.poll_seconds * settings.max_polls + settings.request_timeout
        self._wire = Wire(
            settings.url,
            settings.key.get_secret_value(),
            connect_timeout=settings.connect_timeout,
            request_timeout=settings.request_timeout,
            max_bytes=max_bytes,
        )

    async def submit(self, image: bytes) -> Ticket:
        """Hand in an upright JPEG. The ticket's address is absolute and safe to send the key to."""
        form = {
            "output_format": "chunks,markdown",
            "mode": self.model,
            "max_pages": "1",
            # A caption is made up by a model, not written by the student.
            "disable_image_captions": "true",
            "disable_image_extraction": "true",
        }
        files = {"file": ("page.jpg", image, "image/jpeg")}
        given = self._wire.read(await self._wire.ask("POST", self._path, data=form, files=files))
        if given.get("success") is False:
            said = self._said(given)
            raise Unavailable(WHAT, said) if QUOTA.search(said) else Refused(WHAT, said)
        request_id = string(given.get("request_id"))
        if not request_id:
            raise Refused(WHAT, "no request id in the answer")
        check_url = string(given.get("request_check_url")) or f"{self._path}/{request_id}"
        return Ticket(request_id, self._wire.trusted(check_url))

    async def collect(self, ticket: Ticket | None, image: bytes) -> Recognition:
        """Ask until the page is read, at most `max_polls` times and `max_polls * poll_seconds + request_timeout` s."""
        if ticket is None:
            raise TicketLost("no ticket")
        try:
            async with asyncio.timeout(self._patience):
                final = await self._poll(ticket.check_url)
        except TimeoutError as error:
            raise Unavailable(WHAT, f"not read within {self._patience:g} s") from error
        return recognition(final, engine=self.engine, model=self.model)

    async def greet(self) -> None:
        """Ask whether the key is good, which costs nothing. Raises Refused when it is not, Unavailable."""
        self._wire.read(await self._wire.ask("GET", "user_health"))

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

    async def _poll(self, url: str) -> dict[str, Any]:
        """The final answer. A passing fault only costs a turn, unless the provider wants a longer wait than is left."""
        clock = asyncio.get_running_loop().time
        end = clock() + self._patience
        trouble: Unavailable | None = None
        for _ in range(self._max_polls):
            wait, trouble = self._poll_seconds, None
            try:
                answer = await self._wire.ask("GET", url)
                if answer.status in GONE:
                    raise TicketLost(self._wire.said(answer))
                given = self._wire.read(answer)
                if self._complete(given):
                    return given
            except Unavailable as passing:
                trouble, wait = passing, max(wait, passing.retry_after or 0)
                if clock() + wait > end:
                    raise
            await asyncio.sleep(wait)
        raise trouble or Unavailable(WHAT, f"not read after {self._max_polls} polls")

    def _complete(self, given: dict[str, Any]) -> bool:
        """Is it the final answer? A final failure is Refused, or TicketLost for the page quota: the ticket is spent."""
        status, success = string(given.get("status")), given.get("success")
        done = status == "complete"
        failed = success is False and (done or status != "processing")
        if failed or status in FAILED or (done and success is None and given.get("error")):
            said = self._said(given)
            raise TicketLost(said, later=True) if QUOTA.search(said) else Refused(WHAT, said)
        return done

    def _said(self, given: dict[str, Any]) -> str:
        """The provider's own words about a failure, with the place where it failed."""
        where = string(given.get("error_in"))
        return self._wire.hush(f"{given.get('error') or 'failed without a reason'}{f' ({where})' if where else ''}")
