"""Arguments become parameters: which of them are given decides the statement, their values do not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLField, ListValueNode, ObjectValueNode, VariableNode
from graphql.execution.values import get_argument_values

from picrete_gql.paging import decode
from picrete_gql.problems import Invalid
from picrete_gql.settings import Limits

from .words import Link, Unplannable


class Unreadable(Unplannable):
    """These arguments are the resolver's to refuse; with others the same field may be read in one statement."""


# What a field's arguments come to: by name, without those that are not given.
Values = Mapping[str, Any]
Reader = Callable[[Mapping[str, Any]], Values]


@dataclass(frozen=True)
class Slot:
    """A field with arguments in one plan: `names` are the values it was compiled with."""

    definition: GraphQLField
    node: FieldNode
    reader: Reader
    prefix: str
    names: frozenset[str] = field(default_factory=frozenset)
    constant: Values | None = None

    def read(self, variables: Any) -> Values:
        """The values of an operation's variables. Raises Unreadable for what the resolver would refuse."""
        if self.constant is not None:
            return self.constant
        try:
            return self.reader(get_argument_values(self.definition, self.node, variables))
        except (Invalid, GraphQLError) as error:
            raise Unreadable from error


def varies(node: FieldNode) -> bool:
    """Whether some argument depends on a variable."""
    return any(_has_variable(argument.value) for argument in node.arguments or ())


def _has_variable(value: Any) -> bool:
    if isinstance(value, ListValueNode):
        return any(map(_has_variable, value.values))
    if isinstance(value, ObjectValueNode):
        return any(_has_variable(field.value) for field in value.fields)
    return isinstance(value, VariableNode)


def reader_of(link: Link, limits: Limits) -> Reader:
    """How a link reads its arguments: what it is given, and a page if it has pages."""
    keys = getattr(link.resolver.shape, "keys", None)

    def read(arguments: Mapping[str, Any]) -> Values:
        found = {name: value for name, value in link.given(arguments).items() if value is not None}
        if keys is None:
            return found
        first = arguments.get("first")
        first = limits.page_default if first is None else first
        if not 1 <= first <= limits.page_max:
            raise Unreadable
        found["first"] = first
        if arguments.get("after") is not None:
            found["after"] = decode(arguments["after"], keys(link.resolver.shape.model))
        return found

    return read
