"""The S3 store: an object goes in, comes back by key and by a signed public address, to nobody else, and goes away."""

import secrets
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import httpx2

from picrete_gql.commands.findings import Finding, Level
from picrete_gql.gateways.storage import Storage
from picrete_gql.settings import Settings

WHAT, PUBLIC = "store", "public store"
# No room's prefix: no sweeper looks at it.
PREFIX = "doctor/"


async def look(settings: Settings) -> AsyncIterator[Finding]:
    """All of it. Raises Unavailable when it cannot be reached."""
    if not settings.storage.endpoint:
        return
    storage = Storage(settings.storage)
    key, body = f"{PREFIX}{secrets.token_hex(16)}", secrets.token_bytes(1000)
    try:
        await storage.ping()
        began = time.perf_counter()
        await storage.put(key, body, "application/octet-stream")
        try:
            same = await storage.get(key) == body
            spent = time.perf_counter() - began
            url = await storage.view_url(key, "application/octet-stream")
            yield _kept(same, settings.storage.bucket, spent)
            async for finding in _public(url, body, urlsplit(url).hostname or ""):
                yield finding
        finally:
            await storage.remove(key)
    finally:
        await storage.close()


def _kept(same: bool, bucket: str, seconds: float) -> Finding:
    if same:
        return Finding(Level.OK, WHAT, f"bucket {bucket} keeps and gives back an object in {seconds * 1000:.0f} ms.")
    return Finding(Level.ERROR, WHAT, "gives back other bytes than it was given.", "Use another store.")


async def _public(url: str, body: bytes, host: str) -> AsyncIterator[Finding]:
    async with httpx2.AsyncClient(timeout=5) as http:
        hint = "Browsers fetch photos there: does PICRETE_STORAGE__PUBLIC_ENDPOINT reach the store with Host unchanged?"
        try:
            answer = await http.get(url)
            if answer.status_code == httpx2.codes.OK and answer.content == body:
                yield Finding(Level.OK, PUBLIC, f"a signed address on {host} shows the object.")
            else:
                says = f"a signed address on {host} is answered with HTTP {answer.status_code}."
                yield Finding(Level.ERROR, PUBLIC, says, hint)
            bare = await http.get(urlunsplit(urlsplit(url)._replace(query="")))
            if bare.status_code == httpx2.codes.OK:
                says = "shows objects to whoever asks, without a signature."
                yield Finding(Level.ERROR, PUBLIC, says, "Make the bucket private.")
        except httpx2.HTTPError as error:
            yield Finding(Level.ERROR, PUBLIC, f"{host} does not answer ({type(error).__name__}).", hint)
