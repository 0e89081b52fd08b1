"""The measure of it: a bare Starlette WebSocket that sends fixed bytes to everybody, as often as a line comes in."""

import os
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

SIZE = int(os.environ.get("BENCH_BYTES", "1000"))
FRAME = '{"id":"00000000-watch","type":"next","payload":"mark-%06d%s"}'
ALL: set[WebSocket] = set()


async def endpoint(socket: WebSocket) -> None:
    """Greets as the real one does, then only sends."""
    await socket.accept("graphql-transport-ws")
    await socket.receive_text()
    await socket.send_text('{"type":"connection_ack"}')
    await socket.receive_text()
    await socket.send_text('{"type":"next"}')
    ALL.add(socket)
    try:
        await socket.receive_text()
    except (WebSocketDisconnect, KeyError):
        return
    finally:
        ALL.discard(socket)


async def change(request: Request) -> Response:
    """The next mark to everybody."""
    text = FRAME % (int(request.path_params["mark"]), "x" * SIZE)
    for socket in list(ALL):
        await socket.send_text(text)
    return Response()


async def health(request: Request) -> Response:
    """Yes."""
    return Response()


@asynccontextmanager
async def lifespan(app: Starlette) -> Any:
    """Nothing to open."""
    yield


if __name__ == "__main__":
    routes = [
        WebSocketRoute("/graphql", endpoint),
        Route("/change/{mark:int}", change, methods=["POST"]),
        Route("/healthz", health),
    ]
    port = int(os.environ["PICRETE_HTTP__PORT"])
    uvicorn.run(
        Starlette(routes=routes, lifespan=lifespan),
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        access_log=False,
        log_level="error",
    )
