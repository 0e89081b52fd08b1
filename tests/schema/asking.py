"""One person asking for everything that the schema offers, by every id there is."""

import asyncio
import json
import re
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLField, GraphQLInterfaceType, GraphQLNamedType, GraphQLObjectType, get_named_type
from sqlalchemy import text

from picrete_gql.call import Context
from picrete_gql.paging import encode
from picrete_gql.runtime import Runtime
from picrete_gql.schema import schema as door
from tests.schema.digests import columns
from tests.schema.prepared import execute, subscribe
from tests.schema.selections import SCHEMA, everything, levels, pieces

EXPECTED = re.compile(r"“([a-z_]+)_…”")
HEX = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
DASHED = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BEGINNING = encode([0, 0])


async def all_ids(runtime: Runtime) -> dict[str, list[str]]:
    """The global ids of every row of every table, by kind."""
    found: dict[str, list[str]] = {}
    tables = [name for name, names in (await columns(runtime)).items() if "id" in names and name != "event"]
    async with runtime.engine.connect() as connection:
        for table in tables:
            rows = await connection.execute(text(f"SELECT id FROM {table} ORDER BY id"))
            found[table] = [f"{table}_{row.id.hex}" for row in rows if isinstance(row.id, uuid.UUID)]
    return found


def nodes() -> dict[str, GraphQLNamedType]:
    """The types behind `node`, by the kind of their ids."""
    face = SCHEMA.type_map["Node"]
    assert isinstance(face, GraphQLInterfaceType)
    return {snake(kind.name): kind for kind in SCHEMA.get_implementations(face).objects}


def snake(name: str) -> str:
    """A name of the schema as the ids have it."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


@dataclass
class Asker:
    """Asks, and keeps every word of every answer."""

    context: Context
    ids: dict[str, list[str]]
    often: int = 1
    told: list[str] = field(default_factory=list)
    asked: int = 0
    walked: set[str] = field(default_factory=set)

    @property
    def heard(self) -> str:
        """Everything that was answered."""
        return "\n".join(self.told)

    @property
    def ids_heard(self) -> set[str]:
        """Every id that was told, as 32 hex digits."""
        return set(HEX.findall(self.heard)) | {found.replace("-", "") for found in DASHED.findall(self.heard)}

    async def run(self, document: str, **variables: Any) -> Any:
        """One operation; its data. A fault of ours or of the document is a failure, a refusal is not."""
        self.asked += 1
        result = await execute(document, variables, self.context)
        self.keep(result)
        return result.data

    def keep(self, result: Any) -> None:
        """Remember an answer."""
        codes = [(error.extensions or {}).get("code") for error in result.errors or ()]
        assert all(codes) and "INTERNAL" not in codes, result.errors
        self.told.append(json.dumps(result.data, default=str, ensure_ascii=False))
        self.told += [f"{error.message} {error.extensions}" for error in result.errors or ()]

    async def kind(self, operation: str, call: str) -> str:
        """Which kind of id a field wants: it says so when it gets another."""
        result = await door.execute(f"{operation} {{ {call} }}", context_value=self.context)
        [error] = result.errors or [None]
        assert error is not None and error.extensions is not None
        assert error.extensions["code"] == "INVALID_INPUT", error
        found = EXPECTED.search(error.message) or re.search(r"«([a-z_]+)_…»", error.message)
        assert found, error.message
        return found[1]

    async def queries(self, own: set[str]) -> None:
        """Every field of the query root, by every id: those in `own` in depth.

        Fields do not know on which way they were reached: what is below a type is walked where it is asked for by id
        first, and from everywhere else two levels show whether there is more to see than there should be.
        """
        assert SCHEMA.query_type is not None
        for name, root in sorted(SCHEMA.query_type.fields.items(), key=lambda pair: "id" not in pair[1].args):
            if name == "node":
                continue
            of = get_named_type(root.type)
            for given in await self.arguments(name, root):
                deep = self.often if given.get("id", "")[-32:] in own else 1
                for piece in self.walks(of, deep, first="id" in given):
                    await self.run(f"query{_head(given)} {{ {name}{_call(given)} {piece} }}", **given)
            if "id" in root.args:
                self.walked.add(of.name)
        for kind, ids in self.ids.items():
            for id in ids:
                await self.node(kind, id)

    def walks(self, of: GraphQLNamedType, deep: int, *, first: bool = False) -> list[str]:
        """What to ask of a type: everything, or little when that has been asked before."""
        return pieces(of, deep) if first or _rows(of).name not in self.walked else [levels(of, 2)]

    async def node(self, kind: str, id: str) -> None:
        """Anything by its id."""
        named = nodes().get(kind)
        for piece in self.walks(named, 1) if named else [""]:
            inner = f"... on {named.name} {piece}" if named else "id"
            await self.run(f"query($id: ID!) {{ node(id: $id) {{ __typename {inner} }} }}", id=id)

    async def arguments(self, name: str, root: GraphQLField) -> list[dict[str, str]]:
        """What to ask a root field with."""
        if "id" in root.args:
            of = everything(get_named_type(root.type), 0) or "{ __typename }"
            kind = await self.kind("query", f'{name}(id: "x") {of}')
            return [{"id": id} for id in self.ids[kind]]
        if "slug" in root.args:
            return [{"slug": slug} for slug in ("here", "there", "closed")]
        assert not [arg for arg in root.args.values() if str(arg.type).endswith("!")], f"no sample for {name}"
        return [{}]

    async def subscriptions(self) -> None:
        """The first word of every subscription, by every id; of a feed the first that it holds."""
        assert SCHEMA.subscription_type is not None
        for name, root in SCHEMA.subscription_type.fields.items():
            # The longest kind that it begins with is what it is about.
            kind = max((kind for kind in self.ids if snake(name).startswith(f"{kind}_")), key=len, default="")
            # One without an id is about whoever asks.
            for place in [{"id": id} for id in self.ids[kind]] if "id" in root.args else [{}]:
                given = {**place, **({"after": BEGINNING} if "after" in root.args else {})}
                for piece in self.walks(get_named_type(root.type), 1):
                    await self.watch(f"subscription{_head(given)} {{ {name}{_call(given)} {piece} }}", given)

    async def watch(self, document: str, given: dict[str, str]) -> None:
        """What a subscription says at once; a feed in which nothing has happened says nothing."""
        self.asked += 1
        found = await subscribe(document, given, self.context)
        if not hasattr(found, "__anext__"):
            self.keep(found)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                self.keep(await anext(found))
        await found.aclose()


def _rows(of: GraphQLNamedType) -> GraphQLNamedType:
    """What a connection is of."""
    nodes = of.fields.get("nodes") if isinstance(of, GraphQLObjectType) else None
    return get_named_type(nodes.type) if nodes else of


def _head(given: dict[str, str]) -> str:
    kinds = {"id": "ID!"}
    inner = ", ".join(f"${name}: {kinds.get(name, 'String!')}" for name in given)
    return f"({inner})" if given else ""


def _call(given: dict[str, str]) -> str:
    inner = ", ".join(f"{name}: ${name}" for name in given)
    return f"({inner})" if given else ""
