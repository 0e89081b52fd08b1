"""The Bot API over plain HTTP, for whoever has no need of a chat framework. Contract: core.telegram.org/bots/api."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import quote

import httpx2

from picrete_gql.problems import Refused, Unavailable
from picrete_gql.settings import Telegram as Settings

WHAT = "Telegram"
UNCHANGED = "message is not modified"
GONE = ("chat not found", "user is deactivated", "bot was blocked", "can't initiate conversation", "bot was kicked")
TOO_BIG = "file is too big"
VANISHED = ("message to edit not found", "message can't be edited", "message to delete not found", "message_id_invalid")
SAID_CHARS = 300
# No longer than a day, and no number that a database cannot keep.
MOST_WAIT, MOST = 86_400, 2**53
Keyboard = list[list[dict[str, str]]]
T = TypeVar("T")


class SecondPoller(Exception):
    """Somebody else takes the updates of this bot: another poller, or a webhook."""


class ChatGone(Exception):
    """Nothing can be sent there: the person blocked the bot, never wrote to it, or has left Telegram."""


class MessageVanished(Exception):
    """The message that was to be changed is not there any more, or can no longer be changed."""


class TooLarge(Exception):
    """A file has more bytes than were allowed."""


class Telegram:
    """One bot. Every call raises Unavailable for what may pass (`retry_after` as Telegram said), else Refused."""

    def __init__(self, of: Settings) -> None:
        """Opens no connection yet. The token must be set."""
        self._token = of.token.get_secret_value()
        self._base = of.url.rstrip("/")
        self._seconds, self._download_seconds = of.request_timeout, of.download_timeout
        self._pause = 1 / of.messages_per_second
        self._next, self._turn = 0.0, asyncio.Lock()
        self._client = httpx2.AsyncClient(timeout=httpx2.Timeout(of.request_timeout), follow_redirects=False)
        self.bot_id = int(self._token.split(":")[0])

    async def updates(self, offset: int, limit: int, seconds: int, kinds: list[str]) -> list[dict[str, Any]]:
        """News from `offset` on, which confirms all before it; waits so long for the first. Raises SecondPoller."""
        wanted = {"offset": offset, "limit": limit, "timeout": seconds, "allowed_updates": kinds}
        found = await self._ask("getUpdates", wanted, seconds + self._seconds)
        # What has no number can be neither handled once nor confirmed.
        return [one for one in _list(found) if isinstance(one, dict) and _whole(one.get("update_id")) is not None]

    async def send(self, chat_id: int, text: str, keyboard: Keyboard | None = None) -> int:
        """A message as plain text; its id. Raises ChatGone."""
        await self._my_turn()
        sent = await self._ask("sendMessage", _message(text, keyboard, chat_id=chat_id))
        id = _whole(_object(sent).get("message_id"))
        if id is None:
            # Not Unavailable: it may well have been sent, and must not be sent again and again.
            raise Refused(WHAT, "sendMessage: an answer without a message")
        return id

    async def edit(self, chat_id: int, message_id: int, text: str, keyboard: Keyboard | None = None) -> None:
        """Change a message of the bot; that it is so already is no error. Raises ChatGone, MessageVanished."""
        await self._my_turn()
        await self._ask("editMessageText", _message(text, keyboard, chat_id=chat_id, message_id=message_id))

    async def delete(self, chat_id: int, message_id: int) -> None:
        """Remove a message; that it is gone already is no error."""
        try:
            await self._ask("deleteMessage", {"chat_id": chat_id, "message_id": message_id})
        except MessageVanished:
            return

    async def download(self, file_id: str, limit: int) -> bytes:
        """A file that somebody sent. Raises TooLarge for more than `limit` bytes, whatever was said before."""
        about = _object(await self._ask("getFile", {"file_id": file_id}))
        size = _whole(about.get("file_size"))
        if (size or 0) > limit:
            raise TooLarge
        url = f"{self._base}/file/bot{self._token}/{_below(about.get('file_path'))}"
        async with self._bounded(self._download_seconds):
            return await self._body(url, limit, size)

    async def me(self) -> str:
        """What the bot is called. A token that Telegram does not know is Refused or Unavailable."""
        found = await self._ask("getMe", {})
        return str(found.get("username") or "")

    async def webhook(self) -> str:
        """The address to which Telegram sends updates instead of answering a poll; empty as it should be."""
        found = await self._ask("getWebhookInfo", {})
        return str(found.get("url") or "")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _my_turn(self) -> None:
        async with self._turn:
            wait = self._next - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            self._next = max(self._next, time.monotonic()) + self._pause

    async def _ask(self, method: str, parameters: dict[str, Any], seconds: float | None = None) -> Any:
        seconds = seconds or self._seconds
        async with self._bounded(seconds):
            answer = await self._client.post(
                f"{self._base}/bot{self._token}/{method}", json=parameters, timeout=httpx2.Timeout(seconds)
            )
        try:
            # Not orjson: it refuses a whole answer for half of a surrogate pair in one message.
            said = json.loads(answer.content)
        except ValueError as error:
            # Not Telegram speaks here but a proxy in between.
            raise Unavailable(WHAT, f"HTTP {answer.status_code}, not JSON") from error
        if isinstance(said, dict) and said.get("ok") is True:
            return said.get("result")
        said = _object(said)
        return self._refusal(method, _whole(said.get("error_code")) or answer.status_code, said)

    def _refusal(self, method: str, code: int, said: dict[str, Any]) -> None:
        told = self._hush(f"{method}: {code} {said.get('description')}")
        lower = told.lower()
        if code == 429:
            wait = _whole(_object(said.get("parameters")).get("retry_after"))
            raise Unavailable(WHAT, told, retry_after=float(min(wait or 1, MOST_WAIT)))
        if code >= 500 or code == 401:
            # 401: our token is wrong or was taken back. What waits to be said must not be lost for that.
            raise Unavailable(WHAT, told)
        if code == 409:
            raise SecondPoller(told)
        if TOO_BIG in lower:
            raise TooLarge
        if any(words in lower for words in GONE):
            raise ChatGone(told)
        if any(words in lower for words in VANISHED):
            raise MessageVanished(told)
        if UNCHANGED not in lower:
            raise Refused(WHAT, told)

    async def _body(self, url: str, limit: int, size: int | None) -> bytes:
        body = bytearray()
        async with self._client.stream("GET", url) as answer:
            if answer.status_code != 200:
                raise Unavailable(WHAT, f"download: HTTP {answer.status_code}")
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > limit:
                    raise TooLarge
        if size is not None and len(body) != size:
            raise Unavailable(WHAT, f"download: {len(body)} of {size} bytes")
        return bytes(body)

    @asynccontextmanager
    async def _bounded(self, seconds: float) -> AsyncIterator[None]:
        """Time-outs and broken connections as Unavailable, without the token that every address carries."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise Unavailable(WHAT, f"no whole answer within {seconds:g} s") from error
        except httpx2.HTTPError as error:
            # `from None`: the error holds the request, and with it the token.
            raise Unavailable(WHAT, self._hush(repr(error))) from None

    def _hush(self, text: str) -> str:
        return text.replace(self._token, "***")[:SAID_CHARS]


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Do it to its end, also when we are told to stop meanwhile: a message that is not noted is sent again."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise


def open_telegram(of: Settings) -> Telegram | None:
    """The bot of the settings; None without a token."""
    return Telegram(of) if of.token.get_secret_value() else None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST else None


def _below(path: Any) -> str:
    """The path of a file, quoted. Raises Refused for one that would lead out of the folder of the bot."""
    parts = path.split("/") if isinstance(path, str) else []
    if not parts or any(part == "" or part[0] == "." or "\\" in part for part in parts):
        raise Refused(WHAT, "getFile: a path that leads nowhere")
    return quote(path)


def _message(text: str, keyboard: Keyboard | None, **place: int) -> dict[str, Any]:
    # No parse_mode: whatever stands in a title or a page is text and nothing else.
    markup = {"reply_markup": {"inline_keyboard": keyboard}} if keyboard else {}
    return {**place, "text": text, "link_preview_options": {"is_disabled": True}, **markup}
