"""The GraphQL door: words only. Rooms in the order in which they hang their fields on each other."""

from collections.abc import Sequence
from typing import Any

import strawberry
from starlette.applications import Starlette
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from picrete_gql.runtime import Runtime

from . import (
    accounts,
    accounts_in_need,
    activity,
    attempts,
    bank,
    courses,
    data_exports,
    erasures,
    findings,
    grade_exports,
    grades,
    materials,
    members,
    nodes,
    photos,
    regrades,
    regrades_talking,
    retention,
    reviews,
    statistics,
    submissions,
    tasks,
    telegram,
    templates,
    trainer,
    works,
)
from ._door import Door, Lifespan, Prepared
from ._door import application as _application
from ._order import in_order
from ._plan.splice import SplicingContext
from ._problems import make_faces
from ._scalars import SCALARS

ROOMS = (
    nodes,
    accounts,
    accounts_in_need,
    courses,
    members,
    works,
    tasks,
    templates,
    attempts,
    submissions,
    photos,
    reviews,
    grades,
    findings,
    regrades,
    regrades_talking,
    grade_exports,
    statistics,
    telegram,
    bank,
    trainer,
    materials,
    erasures,
    data_exports,
    retention,
    activity,
)
TEXTS = {
    "Query": "Everything that can be read.",
    "Mutation": "Everything that can be done. Each answers a payload with the thing or the problem.",
    "Subscription": "Everything that can be watched: the present state first, then every change.",
}


def _root(name: str) -> Any:
    made = merge_types(name, tuple(getattr(room, name) for room in ROOMS if hasattr(room, name)))
    made.__strawberry_definition__.description = TEXTS[name]
    return made


Query, Mutation, Subscription = _root("Query"), _root("Mutation"), _root("Subscription")


class Schema(strawberry.Schema):
    """Strawberry's, but silent: faults are logged where they are masked, and a client's mistakes are no news."""

    def process_errors(self, errors: list[Any], execution_context: Any = None) -> None:
        """Say nothing."""


def make_schema(extensions: Sequence[Any] = ()) -> strawberry.Schema:
    """The executable schema, in the order of its names."""
    made = Schema(
        Query,
        Mutation,
        Subscription,
        types=make_faces(),
        extensions=[Prepared, *extensions],
        execution_context_class=SplicingContext,
        config=StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS),
    )
    in_order(made._schema)
    return made


schema = make_schema()
__all__ = ["Door", "Lifespan", "application", "make_schema", "schema", "sdl"]


def sdl() -> str:
    """The schema as text, as it is kept in `schema.graphql`."""
    return schema.as_str() + "\n"


def application(runtime: Runtime, lifespan: Lifespan) -> Starlette:
    """The ASGI application of one API process."""
    return _application(runtime, Door(schema, runtime), lifespan)
