"""The plain app as a process."""

import os
from typing import Any
from uuid import UUID

import strawberry
import uvicorn
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

from picrete_gql import models

from .loaders import Loaders
from .types import Attempt, Course, Courses, Info, Work, loaders, read

URL = os.environ["PICRETE_DATABASE__URL"].replace("postgresql://", "postgresql+asyncpg://")
ENGINE = create_async_engine(URL, pool_size=int(os.environ["PICRETE_DATABASE__POOL_SIZE"]), max_overflow=0)
SESSIONS = async_sessionmaker(ENGINE, class_=AsyncSession, expire_on_commit=False)


@strawberry.type
class Query:
    """The roots of the reads."""

    @strawberry.field
    async def work(self, info: Info, id: strawberry.ID) -> Work | None:
        return await _one(Work, models.Work, id)

    @strawberry.field
    async def attempt(self, info: Info, id: strawberry.ID) -> Attempt | None:
        return await _one(Attempt, models.Attempt, id)

    @strawberry.field
    async def courses(self, info: Info, first: int = 50) -> Courses:
        return Courses(nodes=[read(Course, row) for row in await loaders(info).courses(first)])


async def _one(cls: Any, model: Any, id: str) -> Any:
    async with SESSIONS() as session:
        return read(cls, await session.get(model, UUID(id)))


class Door(GraphQL[dict[str, Any], None]):
    """Strawberry's own view; loaders are of one request."""

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        """Who asks is told by a header."""
        viewer = request.headers.get("x-viewer")
        return {"loaders": Loaders(SESSIONS, UUID(viewer) if viewer else None)}


async def health(request: Request) -> Response:
    """Yes."""
    return Response()


if __name__ == "__main__":
    schema = strawberry.Schema(
        Query, extensions=[lambda: ParserCache(maxsize=100), lambda: ValidationCache(maxsize=100)]
    )
    options: Any = {"loop": "uvloop", "http": "httptools", "access_log": False, "log_level": "error"}
    routes = [Route("/graphql", Door(schema)), Route("/healthz", health)]
    uvicorn.run(Starlette(routes=routes), port=int(os.environ["PICRETE_HTTP__PORT"]), **options)
