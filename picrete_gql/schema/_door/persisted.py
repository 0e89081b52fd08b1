"""Documents by their hash: a trusted list in a file, and those that clients register themselves (APQ).

`extensions.persistedQuery` is Apollo's protocol, `documentId` (sha256:…) that of GraphQL over HTTP, appendix A.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from picrete_gql.settings import Graphql

from .asks import Ask
from .refusals import Refusal, unfit

HASH = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
log = structlog.get_logger(__name__)


class Persisted:
    """Finds the text of an operation that comes by hash. Without Redis this process remembers for itself."""

    def __init__(self, of: Graphql, redis: Redis) -> None:
        self.of, self.redis = of, redis
        self.trusted = read_trusted(of.documents)
        self.local: OrderedDict[str, str] = OrderedDict()

    async def text(self, ask: Ask) -> str:
        """The document to run. Raises Refusal for a malformed request, Unfit for a document that is not to be had."""
        hash_ = _hash(ask)
        if ask.query is None and hash_ is None:
            raise Refusal(400, "query is missing.")
        if hash_ is None:
            return self._trusted_text(sha256(ask.query or ""), ask.query or "")
        if hash_ in self.trusted:
            return self.trusted[hash_]
        if ask.query is not None and sha256(ask.query) != hash_:
            raise Refusal(400, "The hash is not that of the query.")
        if self.of.trusted_only:
            raise unfit("This document is not trusted here.", "PERSISTED_QUERY_NOT_FOUND")
        return await self._automatic(hash_, ask.query)

    async def _automatic(self, hash_: str, text: str | None) -> str:
        if not self.of.automatic_persisted:
            if text is not None:
                return text
            raise unfit("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED")
        if text is not None:
            if len(text) <= self.of.max_characters:
                await self._keep(hash_, text)
            return text
        found = self.local.get(hash_) or await self._fetch(hash_)
        if found is None:
            raise unfit("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
        return found

    def _trusted_text(self, hash_: str, text: str) -> str:
        if self.of.trusted_only and hash_ not in self.trusted:
            raise unfit("This document is not trusted here.", "PERSISTED_QUERY_NOT_FOUND")
        return text

    async def _fetch(self, hash_: str) -> str | None:
        try:
            found = await self.redis.getex(_key(hash_), ex=self.of.persisted_seconds)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("persisted.unreachable", error=type(error).__name__)
            return None
        # What lies in Redis is believed only as far as its hash goes.
        if found is None or sha256(found) != hash_:
            return None
        self._remember(hash_, found)
        return str(found)

    async def _keep(self, hash_: str, text: str) -> None:
        self._remember(hash_, text)
        try:
            await self.redis.set(_key(hash_), text, ex=self.of.persisted_seconds)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("persisted.unreachable", error=type(error).__name__)

    def _remember(self, hash_: str, text: str) -> None:
        self.local[hash_] = text
        while len(self.local) > self.of.cached_documents:
            self.local.popitem(last=False)


def sha256(text: str) -> str:
    """The hash of a document as clients compute it, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_trusted(path: str) -> Mapping[str, str]:
    """The trusted documents of a file by their true hash. Raises ValueError when a name is not the hash of its text."""
    if not path:
        return {}
    found = orjson.loads(Path(path).read_bytes())
    if not isinstance(found, dict):
        raise ValueError(f"{path} must hold a JSON object from hash to document")
    trusted: dict[str, str] = {}
    for name, text in found.items():
        if not isinstance(text, str) or name.removeprefix("sha256:") != sha256(text):
            raise ValueError(f"{path}: {name[:80]} is not the SHA-256 of its document")
        trusted[sha256(text)] = text
    return trusted


def _key(hash_: str) -> str:
    return f"picrete:document:{hash_}"


def _hash(ask: Ask) -> str | None:
    given: Any = ask.document_id
    persisted = (ask.extensions or {}).get("persistedQuery")
    if persisted is not None:
        if not isinstance(persisted, dict) or persisted.get("version") != 1 or given is not None:
            raise Refusal(400, "extensions.persistedQuery must be {version: 1, sha256Hash}.")
        given = persisted.get("sha256Hash")
        if not isinstance(given, str):
            raise Refusal(400, "extensions.persistedQuery must be {version: 1, sha256Hash}.")
    if given is None:
        return None
    found = HASH.fullmatch(given)
    if found is None:
        raise Refusal(400, "A document is named by its SHA-256 in 64 lower-case hex digits.")
    return found[1]
