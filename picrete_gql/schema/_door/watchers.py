"""One operation of one socket that follows a shared view."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import orjson

if TYPE_CHECKING:
    from .sockets import SocketAdapter


@dataclass(eq=False, slots=True)
class Watcher:
    """What of a view goes to one client: the newest frame, and never more than one that waits."""

    id: str
    account_id: UUID
    socket: "SocketAdapter"
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    head: bytes = b""
    pending: bytes | None = None
    number: int = 0
    is_settled: bool = False
    is_moved: bool = False

    def __post_init__(self) -> None:
        self.head = b'{"id":' + orjson.dumps(self.id)

    def offer(self, tail: bytes) -> None:
        """Send the frame now, or let it take the place of the one that waits."""
        wire = self.socket.wire
        if self.pending is None and wire is not None and wire.write(self.head, tail):
            return
        self.pending = tail
        self.woken.set()

    async def flush(self) -> None:
        """Send what waits as soon as the client takes it. Raises WebSocketDisconnected when it does not in time."""
        while self.pending is not None:
            await self.socket.ready()
            tail, self.pending = self.pending, None
            await self.socket.send_frame(self.head, tail)


def tail_of(payload: object) -> bytes:
    """Everything of a `next` message but the operation's id; the same for everybody."""
    return b',"type":"next","payload":' + orjson.dumps(payload, default=str) + b"}"
