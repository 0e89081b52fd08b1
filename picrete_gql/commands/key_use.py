"""`picrete keys`: what hangs on which secret key, so that an old one is given up in time and not too early."""

import asyncio
from collections import Counter

import typer
from sqlalchemy import Row, text

from picrete_gql.local import borrow
from picrete_gql.rules.tokens import keys, present_key
from picrete_gql.runtime import open_engine
from picrete_gql.settings import Settings

# An unused refresh token of a living sign-in, a living code: whoever holds one would notice.
USE = text("""
SELECT 'sign-ins' AS kind, token.key_id, count(*) AS amount, max(sign_in.expires_at) AS until
  FROM refresh_token token JOIN sign_in ON sign_in.id = token.sign_in_id
 WHERE token.used_at IS NULL AND sign_in.revoked_at IS NULL AND sign_in.expires_at > now() GROUP BY 1, 2
UNION ALL
SELECT 'invite codes', key_id, count(*), max(expires_at)
  FROM invite_code WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) GROUP BY 1, 2
ORDER BY 1, 2
""")


def run(settings: Settings) -> int:
    """Say it. Raises CannotStart."""
    with borrow(settings) as full:
        rows = asyncio.run(_use(full))
        known, present = list(keys(full.auth)), present_key(full.auth)
    hanging = Counter[str | None]()
    for row in rows:
        hanging[row.key_id] += row.amount
        until = f", the last until {row.until:%Y-%m-%d}" if row.until else ""
        typer.echo(f"{_called(row.key_id, known, present):<28} {row.amount} {row.kind}{until}")
    for key in known:
        if not hanging[key]:
            end = "nothing yet" if key == present else "nothing: it may be removed, if no process uses it any more"
            typer.echo(f"{_called(key, known, present):<28} {end}")
    return 0


def _called(key_id: str | None, known: list[str], present: str) -> str:
    if key_id is None:
        return "a key before keys had names"
    if key_id == present:
        return f"{key_id} (present)"
    return f"{key_id} ({'accepted' if key_id in known else 'not accepted: lost'})"


async def _use(settings: Settings) -> list[Row[tuple[str, str | None, int, object]]]:
    engine = open_engine(settings.database)
    try:
        async with engine.connect() as connection:
            return list((await connection.execute(USE)).all())
    finally:
        await engine.dispose()
