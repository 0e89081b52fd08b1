"""Marks put into everything that can be written about a person, and the search for what is left of them."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, Enum, String, Table, TypeDecorator, text
from sqlalchemy.dialects.postgresql import ARRAY

from picrete_gql.models import METADATA
from picrete_gql.models._privacy import declared
from picrete_gql.runtime import Runtime

MARK = "M4RK"
NUMBER = 7_700_770_077_007
TABLES = text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
# Shapes that the product's own code reads.
SHAPES: dict[str, Any] = {"submission.flags": [{"flag": "empty", "reason": MARK}], "criterion_score.errors": [MARK]}
SHAPES |= {"provider_run.evidence": [{"quote": MARK}], "reading.blocks": [{"id": MARK, "text": MARK}]}


def _value(table: Table, column: Column[Any]) -> str | None:
    """SQL of a mark for a column, other in each row; None for what can hold none."""
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, Enum) or column.primary_key or column.foreign_keys or column.computed is not None:
        return None
    if isinstance(kind, JSON):
        return "'" + json.dumps(SHAPES.get(f"{table.name}.{column.name}", {"text": MARK})) + "'::jsonb"
    if isinstance(kind, ARRAY):
        return None
    if isinstance(kind, String):
        return f"left('{MARK}-' || md5(random()::text), {kind.length or 100})"
    return str(NUMBER) if isinstance(kind, BigInteger) and column.name in ("phash", "telegram_id", "chat_id") else None


async def plant(runtime: Runtime, account_id: UUID) -> set[str]:
    """Mark every column of the person's rows that is not declared to be kept. Returns the columns that bear a mark."""
    planted = set()
    async with runtime.engine.begin() as connection:
        for table, privacy in declared():
            assert privacy is not None
            if not privacy.is_personal:
                continue
            if privacy.goes_with:
                where = f"{privacy.goes_with}_id IN (SELECT id FROM {privacy.goes_with} WHERE account_id = :me)"
            else:
                where = " OR ".join([*(f"{name} = :me" for name in privacy.by), *("true" for _ in privacy.chats)])
            for column in table.columns:
                value = _value(table, column)
                if value is None or column.name in privacy.kept:
                    continue
                statement = f'UPDATE {table.name} SET "{column.name}" = {value} WHERE {where}'
                done = await connection.execute(text(statement), {"me": account_id})
                assert done.rowcount, f"{table.name}: the test has no row of the person"
                planted.add(f"{table.name}.{column.name}")
    return planted


async def left(runtime: Runtime, *marks: object) -> dict[str, int]:
    """The tables of the database in which a mark stands anywhere, whatever the models say of them."""
    found = {}
    async with runtime.engine.connect() as connection:
        names = set(await connection.scalars(TABLES))
        assert names > METADATA.tables.keys()
        for name in names:
            for mark in marks:
                counted = text(f'SELECT count(*) FROM "{name}" r WHERE r::text ILIKE :mark')
                count = await connection.scalar(counted, {"mark": f"%{mark}%"})
                found |= {name: count} if count else {}
    return found


async def stored(runtime: Runtime) -> dict[str, bytes]:
    """Everything in the bucket."""
    storage = runtime.gateways.storage
    return {one.key: await storage.get(one.key) for one in await storage.list("")}
