"""Any server that speaks OpenAI's chat completions."""

import asyncio
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from picrete_gql import settings
from picrete_gql.problems import Unavailable

from . import Completion
from .dialect import Dialect, Json, Messages
from .failures import WHAT, failure
from .reply import Prices, read_reply
from .said import Said, brief, read_failure

if TYPE_CHECKING:
    from openai import AsyncOpenAI

# Servers that validate with FastAPI say 422 where OpenAI says 400.
_NOT_UNDERSTOOD = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}


class OpenAiCompatible:
    """Asks once per call: retries are durable and belong to the caller.

    What the server refuses to understand (`json_schema`, `max_completion_tokens`, `temperature`) is said in older words
    in the same call and remembered for this base URL as long as this object lives.
    """

    def __init__(self, config: settings.Llm, *, connect_timeout: float = 20) -> None:
        """`connect_timeout` in seconds; the time for a whole answer is `config.timeout`.

        Raises ValueError for a key that cannot stand in an HTTP header.
        """
        self.model = config.model
        self.dialect = Dialect()
        self._config = config
        self._secret = config.key.get_secret_value().strip()
        if not self._secret.isascii() or not self._secret.isprintable():
            raise ValueError("the key of the language model has characters that no key has")
        self._prices = Prices(config.price_input, config.price_output)
        self._connect_timeout = connect_timeout
        self._client: AsyncOpenAI | None = None
        self._opening = asyncio.Lock()

    async def complete(self, messages: Messages, schema: Json, *, max_tokens: int, idempotency_key: str) -> Completion:
        """Ask for an answer that follows the JSON schema. `latency` counts the call that was answered.

        Raises Unavailable for what may pass by itself and Refused for what will not.
        """
        dialect: Dialect | None = self.dialect
        while dialect is not None:
            tried = dialect
            body = tried.body(messages, schema, max_tokens=max_tokens, temperature=self._config.temperature)
            began = time.monotonic()
            status, headers, text = await self._post(body, tried.key(idempotency_key))
            if status < HTTPStatus.MULTIPLE_CHOICES:
                reply = read_reply(text, self._secret, self._prices, model=self.model, latency=time.monotonic() - began)
                if isinstance(reply, Said):
                    raise failure(status, reply, headers)
                self.dialect = self.dialect.common(tried)
                return reply
            said = read_failure(text, self._secret)
            dialect = tried.without(said.complaint) if status in _NOT_UNDERSTOOD else None
        raise failure(status, said, headers)

    async def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _post(self, body: Json, idempotency_key: str) -> tuple[int, Mapping[str, str], str]:
        client = await self._open()
        from openai import APIConnectionError, APIStatusError, APITimeoutError

        headers = {"Idempotency-Key": idempotency_key}
        try:
            # The client's own limit is per read: a server that drips would keep us for ever.
            async with asyncio.timeout(self._config.timeout):
                ask = client.chat.completions.with_raw_response.create
                answer = await ask(model=self.model, extra_headers=headers, **body)
                return answer.status_code, answer.headers, answer.text
        except APIStatusError as error:
            return error.status_code, error.response.headers, error.response.text
        except (TimeoutError, APITimeoutError):
            raise Unavailable(WHAT, f"no answer within {self._config.timeout:g} s") from None
        except APIConnectionError as error:
            cause = error.__cause__ or error
            raise Unavailable(WHAT, brief(f"{type(cause).__name__}: {cause}", self._secret)) from None

    async def _open(self) -> "AsyncOpenAI":
        async with self._opening:
            if self._client is None:
                # Importing openai takes seconds: not before it is needed, and not on the loop.
                self._client = await asyncio.to_thread(self._build)
            return self._client

    def _build(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout

        client = AsyncOpenAI(
            api_key=self._secret,
            base_url=self._config.url,
            max_retries=0,
            timeout=Timeout(self._config.timeout, connect=self._connect_timeout),
            # A redirect would carry students' work to a host that nobody chose.
            http_client=DefaultAsyncHttpxClient(follow_redirects=False),
            # Named here, or OPENAI_CUSTOM_HEADERS of the environment could name another.
            default_headers={"Authorization": f"Bearer {self._secret}"},
        )
        # From the environment of the process too, and wrong for any other server.
        client.organization = client.project = None
        return client
