"""Anything by its global id, and the server's clock."""

from datetime import datetime
from typing import Annotated

import strawberry

from picrete_gql.problems import NotFound
from picrete_gql.resolvers import accounts, clock

from ._ids import ID, NODES, Node, parse
from ._words import Info, argument, field


@strawberry.type
class Query:
    """Root fields of this room."""

    @field(clock.now)
    async def server_time(self, info: Info) -> datetime | None:
        return await clock.now(info.context)

    @field(accounts.of_people, description="Any object by its global id, as far as it exists for the viewer.")
    async def node(self, info: Info, id: Annotated[strawberry.ID, argument("The global id.")]) -> Node | None:
        kind = found[1] if (found := ID.fullmatch(id)) else "node"
        if found and kind not in NODES:
            raise NotFound("node")
        return await NODES[kind](info.context, parse(kind, id)) if found else parse("node", id)
