"""What every mutation answers."""

from typing import Annotated

import strawberry

from ._problems import Problem


@strawberry.type
class Payload:
    """The base of payloads: the thing is null when there is a problem."""

    problem: Problem | None = strawberry.field(default=None, description="Why it was refused; null when it was done.")

    @strawberry.field(description="The whole graph again, to read what changed in the same request.")
    def query(self) -> Annotated["Query", strawberry.lazy("picrete_gql.schema")]:  # noqa: F821
        """The query root."""
        from picrete_gql.schema import Query

        return Query()
