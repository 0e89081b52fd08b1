"""The short way to a client: finished frames, past ASGI, straight to the transport that uvicorn holds.

ASGI's `send` takes one coroutine, some dicts and a copy per frame, which is most of what a delivery costs. Under any
other server there is no wire, and frames go the long way.
"""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

WIRE = "picrete.wire"
# RFC 6455, section 5.2: FIN and TEXT, then the length in 7 bits, in 16 or in 64.
TEXT, SHORT, MEDIUM = b"\x81", 125, 0xFFFF


class Wire:
    """One connection, as far as finished text frames are concerned."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: "SocketProtocol") -> None:
        self._protocol = protocol

    @property
    def is_open(self) -> bool:
        """Whether frames may still be sent."""
        protocol = self._protocol
        return not (protocol.close_sent or protocol.disconnected or protocol.transport.is_closing())

    def write(self, head: bytes, tail: bytes) -> bool:
        """Send one text frame. False, and nothing is kept, while the client has not taken the frame before."""
        protocol = self._protocol
        if not self.is_open or not protocol.writable.is_set() or protocol.conn.extensions:
            return False
        size = len(head) + len(tail)
        if size <= SHORT:
            length = bytes((size,))
        elif size <= MEDIUM:
            length = b"\x7e" + size.to_bytes(2, "big")
        else:
            length = b"\x7f" + size.to_bytes(8, "big")
        protocol.transport.write(b"".join((TEXT, length, head, tail)))
        return True

    async def drained(self) -> None:
        """Until the client has taken what was sent, or is gone."""
        await self._protocol.writable.wait()

    def cut(self, code: int, reason: str, seconds: float) -> None:
        """Close without waiting: a close frame behind what lies there, and the end of it all so much later."""
        protocol = self._protocol
        if self.is_open:
            protocol.conn.send_close(code, reason)
            protocol.transport.write(b"".join(protocol.conn.data_to_send()))
            protocol.close_sent = True
            protocol.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
            protocol.close_timer = protocol.loop.call_later(seconds, protocol.transport.abort)
            # What waits to send is woken, and finds the socket closed.
            protocol.disconnected = True
            protocol.writable.set()


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol with a wire in the scope, and no more than one frame waiting in the process."""

    def connection_made(self, transport: Any) -> None:
        """Whatever the kernel does not take at once holds the next frame back."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)

    async def run_asgi(self) -> None:
        """The application, with the wire among the extensions."""
        extensions: dict[str, Any] = dict(self.scope["extensions"] or {})
        self.scope["extensions"] = {**extensions, WIRE: Wire(self)}
        await super().run_asgi()


def wire_of(scope: Any) -> Wire | None:
    """The wire of a connection, if its server has one."""
    found = (scope.get("extensions") or {}).get(WIRE)
    return found if isinstance(found, Wire) else None


async def in_time(waiting: Any, seconds: float) -> bool:
    """Whether something happened within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await waiting
    except TimeoutError:
        return False
    return True
