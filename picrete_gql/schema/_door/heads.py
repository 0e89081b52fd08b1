"""Heads of requests in bounds. uvicorn lets one grow, and take, as long as the client likes: here neither may."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from picrete_gql.settings import Http

CLOSE = b"content-length: 0\r\nconnection: close\r\n\r\n"
LATE, TOO_LARGE = 408, 431


class HeadTooLarge(Exception):
    """The parser is told to stop, and the client 431."""


class HeadProtocol(HttpToolsProtocol):
    """One connection. `most` bytes of a head, trailers included, within `seconds` of the time one was waited for."""

    most: int
    seconds: float
    size = 0
    inside = False
    late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Who connects has something to say."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """What the parser holds back of an unfinished line counts too."""
        begun = self.inside
        super().data_received(data)
        if begun and self.inside:
            self.size += len(data)
            if self.size > self.most and not self.transport.is_closing():
                self.send_400_response("")

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self.size, self.inside = 0, True
        if self.late is None:
            self._await_head()

    def on_url(self, url: bytes) -> None:
        """A part of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer behind the body."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The body, if any, is counted and timed by whoever reads it."""
        self.inside = False
        self._head_came()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._head_came()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request: with 431 when it was too large to tell."""
        if self.size > self.most:
            self._refuse(TOO_LARGE)
        else:
            super().send_400_response(msg)

    def _count(self, size: int) -> None:
        self.size += size
        if self.size > self.most:
            raise HeadTooLarge

    def _await_head(self) -> None:
        self.late = self.loop.call_later(self.seconds, self._refuse, LATE)

    def _head_came(self) -> None:
        if self.late is not None:
            self.late.cancel()
            self.late = None

    def _refuse(self, status: int) -> None:
        if not self.transport.is_closing():
            self.transport.write(STATUS_LINE[status] + CLOSE)
            self.transport.close()


def protocol(of: Http) -> Any:
    """The protocol with the limits of the settings, for uvicorn."""
    return type("Heads", (HeadProtocol,), {"most": of.max_head_bytes, "seconds": of.head_seconds})
