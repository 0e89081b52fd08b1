"""Every place of the schema that takes an id, and the same call with another id there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from random import Random
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
)
from starlette.datastructures import UploadFile

from tests.attack.values import Values
from tests.schema.asking import nodes
from tests.schema.inputs import value
from tests.schema.selections import SCHEMA

Path = tuple[str, ...]
# An anchor within a page is no id of ours.
NO_IDS = {"blockId"}
# An import gets to its course only with a file that is good.
BANK = b'[{"paragraph": "1", "tasks": [{"number": "1", "text": "x"}]}]'


@dataclass(frozen=True)
class Place:
    """One id among the arguments of a root field; `kind` is what it should be an id of."""

    operation: str
    name: str
    path: Path
    kind: str

    def __str__(self) -> str:
        return f"{self.name}({'.'.join(self.path)})"

    @property
    def field(self) -> GraphQLField:
        """The root field."""
        root = SCHEMA.mutation_type if self.operation == "mutation" else SCHEMA.query_type
        assert root is not None
        return root.fields[self.name]

    def call(self, own: Callable[[str], str], id: str) -> tuple[str, dict[str, Any]]:
        """The document and its variables: `id` here, an id of one's `own` by kind everywhere else."""
        arguments: dict[str, Any] = {}
        for key, argument in self.field.args.items():
            if key in (self.path[0], "input") or isinstance(argument.type, GraphQLNonNull):
                arguments[key] = self._filled(argument.type, value(argument.type, key, ""), (key,), own, id)
        declared = ", ".join(f"${key}: {self.field.args[key].type}" for key in arguments)
        passed = ", ".join(f"{key}: ${key}" for key in arguments)
        named = get_named_type(self.field.type).name
        inner = "{ totalCount }" if named.endswith("Connection") else "{ __typename }"
        if self.operation == "mutation":
            inner = "{ problem { __typename code message } }"
        return f"{self.operation}({declared}) {{ {self.name}({passed}) {inner} }}", arguments

    def _filled(self, of: GraphQLInputType, given: Any, path: Path, own: Callable[[str], str], id: str) -> Any:
        if isinstance(of, GraphQLNonNull):
            return self._filled(of.of_type, given, path, own, id)
        if isinstance(of, GraphQLList):
            return [self._filled(of.of_type, one, path, own, id) for one in given or [None]]
        if isinstance(of, GraphQLInputObjectType):
            inner = {**(given or {}), **self._on_the_way(of, path)}
            return {key: self._filled(of.fields[key].type, one, (*path, key), own, id) for key, one in inner.items()}
        if of.name != "ID" or path[-1] in NO_IDS:
            return UploadFile(BytesIO(BANK)) if self.name == "bankImport" and of.name == "Upload" else given
        return id if path == self.path else own(_kind(self.name, path))

    def _on_the_way(self, of: GraphQLInputObjectType, path: Path) -> dict[str, Any]:
        """An optional field that leads to the id."""
        if self.path[: len(path)] != path or len(self.path) == len(path):
            return {}
        key = self.path[len(path)]
        return {key: value(GraphQLNonNull(of.fields[key].type), key, "")}


def places() -> Iterator[Place]:
    """All of them in queries and mutations."""
    for operation, root in (("query", SCHEMA.query_type), ("mutation", SCHEMA.mutation_type)):
        assert root is not None
        for name, field in root.fields.items():
            for key, argument in field.args.items():
                for path in _paths(argument.type, (key,)):
                    yield Place(operation, name, path, _kind(name, path))


def _paths(of: GraphQLInputType, path: Path) -> Iterator[Path]:
    named = get_named_type(of)
    if isinstance(named, GraphQLInputObjectType):
        for key, field in named.fields.items():
            yield from _paths(field.type, (*path, key))
    elif named.name == "ID" and path[-1] not in NO_IDS:
        yield path


@cache
def _known() -> dict[str, list[str]]:
    return {kind: [] for kind in nodes()}


def _kind(name: str, path: Path) -> str:
    return Values(_known(), Random(0)).kind(path[-1], name)
