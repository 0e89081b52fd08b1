"""How a field says what it is in SQL: `plan=` beside its resolver. What says nothing is executed as usual."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from picrete_gql.call import Context

KEY = "plan"
Arguments = Mapping[str, Any]


class Unplannable(Exception):
    """Not to be had in one statement; whoever asked executes the selection as usual."""


@dataclass(frozen=True)
class Computed:
    """A value of the row itself, from the row's table."""

    value: Callable[[Any], Any]


@dataclass(frozen=True)
class Link:
    """Rows that hang on this one by a shape of `resolver`.

    `key` is the column of this row that they name; a root field has none, and `given` finds the key among its
    arguments under the name "key". Other names of `given` are values of the shape's filters; None is no filter.
    """

    resolver: Any
    key: str | None = "id"
    given: Callable[[Arguments], Mapping[str, Any]] = lambda arguments: {}


@dataclass(frozen=True)
class Filled:
    """A text that only this process can make, such as a signed address: made from `facts` once the rows are read.

    `resolver` says who may have it; facts of None are null.
    """

    resolver: Any
    facts: Callable[[Any], Any]
    fill: Callable[[Context, Sequence[str]], Awaitable[Sequence[str]]]
