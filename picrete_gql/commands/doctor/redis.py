"""Redis or Valkey: version, and whether it forgets what it should keep."""

import time
from collections.abc import AsyncIterator

from picrete_gql.commands.findings import Finding, Level
from picrete_gql.gateways import open_redis
from picrete_gql.settings import Settings

LEAST = (6, 2)


async def look(settings: Settings) -> AsyncIterator[Finding]:
    """All of it. Raises what the client raises when it cannot be reached."""
    if not settings.redis.url:
        return
    client = open_redis(settings.redis)
    try:
        began = time.perf_counter()
        await client.ping()
        trip = time.perf_counter() - began
        facts = await client.info()
    finally:
        await client.aclose()
    what = "Valkey" if "valkey_version" in facts else "Redis"
    version = str(facts.get("valkey_version") or facts["redis_version"])
    yield Finding(Level.OK, what, f"{version}, {facts['used_memory_human']}, answers in {trip * 1000:.0f} ms.")
    if tuple(int(part) for part in str(facts["redis_version"]).split(".")[:2]) < LEAST:
        yield Finding(Level.ERROR, what, f"is {version}.", "6.2 or later is needed.")
    if facts.get("maxmemory_policy") != "noeviction":
        says = f"throws keys away when it is full ({facts.get('maxmemory_policy')}): alarms would be late."
        yield Finding(Level.WARNING, what, says, "Set maxmemory-policy noeviction.")
    if not facts.get("aof_enabled") and not facts.get("rdb_last_save_time"):
        yield Finding(Level.HINT, what, "keeps nothing over a restart, which is allowed: rows say what is pending.")
    if facts.get("loading"):
        yield Finding(Level.WARNING, what, "is still loading.", "Wait.")
    if facts.get("role") not in (None, "master"):
        yield Finding(Level.ERROR, what, "is a replica and takes no writes.", "Name the primary.")
