"""Students who send photos, as cheap as Python can: through GraphQL, or straight to the store."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from benchmarks.site import Person

from .picture import another

UPLOAD = """mutation($input: PhotoUploadInput!) { photoUpload(input: $input) {
  problem { code message } photo { id number status } } }"""
BEGIN = """mutation($input: PhotoUploadBeginInput!) { photoUploadBegin(input: $input) {
  problem { code message } photo { id } putUrl } }"""
CONFIRM = """mutation($input: PhotoUploadConfirmInput!) { photoUploadConfirm(input: $input) {
  problem { code message } photo { id number status } } }"""
EDGE = "a-boundary-that-no-jpeg-has"


@dataclass(frozen=True)
class Sender:
    """A student at their attempt."""

    url: str
    person: Person
    attempt: str

    async def multipart(self, number: int) -> None:
        """A GraphQL multipart request."""
        variables = {"input": {"attemptId": self.attempt, "file": None}}
        fields = {"operations": {"query": UPLOAD, "variables": variables}, "map": {"0": ["variables.input.file"]}}
        parts = [
            f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{json.dumps(value)}\r\n'
            for name, value in fields.items()
        ]
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="0"; filename="{number}.jpg"\r\n'
        start = "".join(parts) + head + "Content-Type: image/jpeg\r\n\r\n"
        body = start.encode() + another(number) + f"\r\n--{EDGE}--\r\n".encode()
        said = await self._ask(body, f"multipart/form-data; boundary={EDGE}", {"graphql-require-preflight": "1"})
        assert said["photoUpload"]["photo"]["status"] == "PENDING", said

    async def presigned(self, number: int) -> None:
        """A place, a PUT to the store, a word that it is there."""
        begun = await self._operation(BEGIN, {"attemptId": self.attempt, "filename": f"{number}.jpg"})
        id, url = begun["photoUploadBegin"]["photo"]["id"], begun["photoUploadBegin"]["putUrl"]
        status, _ = await send("PUT", url, {"content-type": "image/jpeg"}, another(number))
        if status >= 500:
            # The store of the benchmark stumbles over two new folders at once.
            status, _ = await send("PUT", url, {"content-type": "image/jpeg"}, another(number))
        assert status == 200, status
        said = await self._operation(CONFIRM, {"id": id})
        assert said["photoUploadConfirm"]["photo"]["status"] == "PENDING", said

    async def _operation(self, query: str, input: Any) -> Any:
        body = json.dumps({"query": query, "variables": {"input": input}}).encode()
        return await self._ask(body, "application/json", {})

    async def _ask(self, body: bytes, kind: str, more: dict[str, str]) -> Any:
        headers = {"authorization": f"Bearer {self.person.token}", "content-type": kind, **more}
        status, answer = await send("POST", f"{self.url}/graphql", headers, body)
        said = json.loads(answer)
        assert status == 200 and not said.get("errors"), (status, answer[:500])
        return said["data"]


async def send(method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """One request on a connection of its own."""
    to = urlsplit(url)
    reader, writer = await asyncio.open_connection(to.hostname, to.port)
    told = {"host": to.netloc, "content-length": str(len(body)), "connection": "close", **headers}
    path = f"{to.path}?{to.query}" if to.query else to.path
    writer.write(
        f"{method} {path} HTTP/1.1\r\n{''.join(f'{k}: {v}' + chr(13) + chr(10) for k, v in told.items())}\r\n".encode()
    )
    writer.write(body)
    await writer.drain()
    said, _, answer = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return int(said.split()[1]), answer
