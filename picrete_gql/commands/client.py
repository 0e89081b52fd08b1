"""A small client of our own public API, as a frontend would be: HTTP, multipart uploads, graphql-transport-ws."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2
import websockets

PROTOCOL = websockets.Subprotocol("graphql-transport-ws")


class Refused(Exception):
    """The API answered with errors, or with a payload's problem."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__("; ".join(str(error.get("message")) for error in errors))
        self.errors = errors
        self.code = errors[0].get("extensions", {}).get("code", "")


class Closed(Exception):
    """The server closed the socket."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code, self.reason = code, reason


@dataclass
class Client:
    """One person at the API of `url` (such as http://127.0.0.1:8000)."""

    url: str
    token: str | None = None
    refresh_token: str | None = None
    language: str = "ru"
    http: httpx2.AsyncClient = field(default_factory=lambda: httpx2.AsyncClient(timeout=60))

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        known = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"Accept-Language": self.language, "graphql-require-preflight": "1", **known}

    async def raw(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer to an operation, errors included."""
        body = {"query": query, "variables": variables}
        answer = await self.http.post(f"{self.url}/graphql", json=body, headers=self.headers)
        return answer.json()  # type: ignore[no-any-return]

    async def run(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an operation. Raises Refused when there are errors."""
        return _data(await self.raw(query, **variables))

    async def do(self, mutation: str, selection: str, input: dict[str, Any]) -> dict[str, Any]:
        """One mutation by name; its payload. Raises Refused with the problem when it was refused."""
        kind = mutation[0].upper() + mutation[1:]
        wanted = f"problem {{ __typename code message }} {selection}"
        document = f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ {wanted} }} }}"
        return _payload((await self.run(document, input=input))[mutation])

    async def upload(self, attempt_id: str, filename: str, body: bytes, selection: str = "id number") -> dict[str, Any]:
        """Send a photo; the photo."""
        given = {"attemptId": attempt_id}
        payload = await self.send("photoUpload", given, filename, body, f"photo {{ {selection} }}")
        photo: dict[str, Any] = payload["photo"]
        return photo

    async def send(
        self, mutation: str, input: dict[str, Any], filename: str, body: bytes, selection: str
    ) -> dict[str, Any]:
        """One mutation with a file, by the graphql-multipart-request-spec; its payload. Raises Refused."""
        kind = mutation[0].upper() + mutation[1:]
        document = (
            f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{"
            f" problem {{ __typename code message }} {selection} }} }}"
        )
        operations = {"query": document, "variables": {"input": {**input, "file": None}}}
        form = {"operations": json.dumps(operations), "map": json.dumps({"0": ["variables.input.file"]})}
        files = {"0": (filename, body, "application/octet-stream")}
        answer = await self.http.post(f"{self.url}/graphql", data=form, files=files, headers=self.headers)
        return _payload(_data(answer.json())[mutation])

    async def sign_up(self, username: str, password: str, full_name: str) -> None:
        """Make an account and sign in."""
        agreed = {"consent": True, "terms": True, "privacy": True}
        person = {"username": username, "password": password, "fullName": full_name, **agreed}
        await self.do("signUp", "account { id }", person)
        await self.sign_in(username, password)

    async def sign_in(self, username: str, password: str) -> None:
        """Sign in; later calls are this person's."""
        given = {"username": username, "password": password}
        payload = await self.do("signIn", "tokens { accessToken refreshToken }", given)
        self.token, self.refresh_token = payload["tokens"]["accessToken"], payload["tokens"]["refreshToken"]

    @asynccontextmanager
    async def socket(self) -> AsyncIterator["Socket"]:
        """A socket signed in as this person."""
        address = self.url.replace("http", "ws", 1) + "/graphql"
        async with websockets.connect(address, subprotocols=[PROTOCOL], max_size=None) as connection:
            socket = Socket(connection)
            await socket.start({"authorization": f"Bearer {self.token}"} if self.token else {})
            try:
                yield socket
            finally:
                await socket.stop()

    async def close(self) -> None:
        """Let go of the connections."""
        await self.http.aclose()


class Socket:
    """Many operations over one graphql-transport-ws connection."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        self.connection = connection
        self.ids = itertools.count(1)
        self.inboxes: dict[str, asyncio.Queue[dict[str, Any] | None]] = {}
        self.reader: asyncio.Task[None] | None = None

    async def start(self, payload: dict[str, Any]) -> None:
        """Say who is there. Raises Closed when the server does not want them."""
        await self.connection.send(json.dumps({"type": "connection_init", "payload": payload}))
        try:
            answer = json.loads(await self.connection.recv())
        except websockets.ConnectionClosed as error:
            raise Closed(error.rcvd.code if error.rcvd else 1006, error.rcvd.reason if error.rcvd else "") from error
        assert answer["type"] == "connection_ack", answer
        self.reader = asyncio.create_task(self._read())

    async def watch(self, query: str, **variables: Any) -> AsyncIterator[dict[str, Any]]:
        """The results of a subscription. Raises Refused for errors, Closed when the server closes the socket."""
        id = str(next(self.ids))
        inbox = self.inboxes[id] = asyncio.Queue()
        message = {"id": id, "type": "subscribe", "payload": {"query": query, "variables": variables}}
        await self.connection.send(json.dumps(message))
        try:
            while True:
                found = await inbox.get()
                if found is None:
                    raise Closed(self.connection.close_code or 1006, self.connection.close_reason or "")
                if found["type"] == "complete":
                    return
                yield _data({"errors": found["payload"]} if found["type"] == "error" else found["payload"])
        finally:
            del self.inboxes[id]
            with suppress(websockets.ConnectionClosed):
                await self.connection.send(json.dumps({"id": id, "type": "complete"}))

    async def stop(self) -> None:
        """Stop reading."""
        if self.reader is not None:
            self.reader.cancel()
            await asyncio.gather(self.reader, return_exceptions=True)

    async def _read(self) -> None:
        try:
            async for text in self.connection:
                message = json.loads(text)
                if message["type"] == "ping":
                    await self.connection.send(json.dumps({"type": "pong"}))
                elif message.get("id") in self.inboxes:
                    self.inboxes[message["id"]].put_nowait(message)
        finally:
            for inbox in self.inboxes.values():
                inbox.put_nowait(None)


def _data(answer: dict[str, Any]) -> dict[str, Any]:
    if answer.get("errors"):
        raise Refused(answer["errors"])
    return answer["data"]  # type: ignore[no-any-return]


def _payload(payload: dict[str, Any]) -> dict[str, Any]:
    if problem := payload.get("problem"):
        raise Refused([{"message": problem["message"], "extensions": {"code": problem["code"], **problem}}])
    return payload
