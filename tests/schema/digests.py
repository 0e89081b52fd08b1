"""What a database and a bucket hold, in a few letters: equal digests, nothing changed."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from picrete_gql.runtime import Runtime

COLUMNS = text(
    "SELECT table_name, array_agg(column_name::text) AS columns FROM information_schema.columns"
    " WHERE table_schema = 'public' AND table_name <> 'alembic_version' GROUP BY table_name ORDER BY table_name"
)
OWN = {
    "account": "r.id <> :me",
    "event": "r.actor_id IS DISTINCT FROM :me",
    "refresh_token": "r.sign_in_id NOT IN (SELECT id FROM sign_in WHERE account_id = :me)",
}


async def columns(runtime: Runtime) -> dict[str, list[str]]:
    """The tables that there are, with their columns."""
    async with runtime.engine.connect() as connection:
        return {row.table_name: row.columns for row in await connection.execute(COLUMNS)}


async def digest(runtime: Runtime, but: UUID | None = None) -> dict[str, str]:
    """One hash per table, over everything that does not belong to `but`."""
    parts = []
    for table, names in (await columns(runtime)).items():
        other = OWN.get(table, "r.account_id IS DISTINCT FROM :me" if "account_id" in names else "true")
        where = other if but else "true"
        rows = f"SELECT md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) FROM {table} r WHERE {where}"
        parts.append(f"({rows}) AS {table}_")
    async with runtime.engine.connect() as connection:
        found = await connection.execute(text("SELECT " + ", ".join(parts)), {"me": but or uuid4()})
        return {key.removesuffix("_"): value for key, value in found.mappings().one().items()}


async def objects(runtime: Runtime) -> list[Any]:
    """The names of everything in the bucket."""
    return [stored.key for stored in await runtime.gateways.storage.list("")]
