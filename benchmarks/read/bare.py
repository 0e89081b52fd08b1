"""The limit: a route that hands the text of one hand-written SQL through. It knows no GraphQL and no permissions."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ASKED = Path(__file__).parent / "asked"
SQL = {file.stem: file.read_text() for file in ASKED.glob("*.sql")}


async def read(request: Request) -> Response:
    """`/grading/<id>`, `/attempt/<id>`, `/courses/<id>`."""
    sql = SQL[request.path_params["read"]]
    async with request.app.state.pool.acquire() as connection:
        text = await connection.fetchval(sql, request.path_params["id"])
    return Response(text.encode(), media_type="application/json")


async def health(request: Request) -> Response:
    """Yes."""
    return Response()


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """The pool."""
    size = int(os.environ["PICRETE_DATABASE__POOL_SIZE"])
    async with asyncpg.create_pool(os.environ["PICRETE_DATABASE__URL"], min_size=size, max_size=size) as app.state.pool:
        yield


if __name__ == "__main__":
    routes = [Route("/healthz", health), Route("/{read}/{id}", read)]
    port = int(os.environ["PICRETE_HTTP__PORT"])
    options = {"loop": "uvloop", "http": "httptools", "access_log": False, "log_level": "error"}
    uvicorn.run(Starlette(routes=routes, lifespan=lifespan), port=port, **options)
