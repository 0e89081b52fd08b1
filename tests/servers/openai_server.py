"""A stand-in for an OpenAI-compatible server on loopback: real HTTP, strict requests, scripted faults, counters.

Inside a test: `with OpenAiServer() as server: server.script(["429", {"kind": "503", "retry_after": "2"}, "nan"])`.
As a process: `python -m tests.servers.openai_server --port 8702 --share 0.8`, then `POST /_control/script` (a list of
faults), `POST /_control/share` (a number), `POST /_control/release`, `GET /_control/counts`, `GET /_control/calls`.
"""

import argparse
import asyncio
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.servers.openai_answers import SPOILERS, WRAPPERS, answer
from tests.servers.openai_faults import ENDINGS, ERRORS, PARAM, PLAIN, Fault, reset
from tests.servers.openai_validate import Wrong, check_request


@dataclass(frozen=True)
class Call:
    """One request to the model's door, as it arrived."""

    body: Any
    idempotency_key: str | None
    authorization: str | None
    headers: dict[str, str]


class OpenAiServer:
    """Grades like a model: `share` of every criterion's maximum, quotes from the pages. Each call takes one fault.

    `lacks` are standing limits: any of json_schema, max_completion_tokens, temperature. A small token budget really
    cuts the answer. `calls` holds every request, `peak` how many were open at the same time; `release()` lets go of
    those that hang.
    """

    def __init__(
        self, *, key: str = "test-key", share: str = "0.8", lacks: Sequence[str] = (), delay: float = 0, port: int = 0
    ) -> None:
        self.open = 0
        self._latch = threading.Event()
        self.fresh(key=key, share=share, lacks=lacks, delay=delay)
        self.socket = socket.create_server(("127.0.0.1", port))
        self.origin = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.url = f"{self.origin}/v1"
        config = uvicorn.Config(self.app(), log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self.run, daemon=True)

    def fresh(self, *, key: str = "test-key", share: str = "0.8", lacks: Sequence[str] = (), delay: float = 0) -> None:
        """As if just started, for the next test; calls that hang are let go."""
        self.release()
        while self.open:
            time.sleep(0.005)
        self.key, self.share, self.lacks, self.delay = key, Decimal(share), set(lacks), delay
        self.models = ["gpt-test"]
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self.played: Counter[str] = Counter()
        self.peak = self.answered = 0
        self._latch = threading.Event()

    def run(self) -> None:
        """Serve until told to stop (in this thread)."""
        self._server.run(sockets=[self.socket])

    def __enter__(self) -> "OpenAiServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self.socket.close()

    def script(self, faults: Sequence[str | dict[str, Any] | Fault]) -> None:
        """Add faults; each call takes the first. A name that nobody knows is a mistake of the test."""
        known = {*ERRORS, *SPOILERS, *WRAPPERS, *ENDINGS, *PLAIN}
        for fault in map(Fault.of, faults):
            if fault.kind not in known:
                raise ValueError(f"no such fault: {fault.kind}")
            self.faults.append(fault)

    def release(self) -> None:
        """Let go of the calls that hang, and of those to come."""
        self._latch.set()

    def counts(self) -> dict[str, Any]:
        """The counters, as the control door prints them."""
        return {
            "calls": len(self.calls),
            "answered": self.answered,
            "peak": self.peak,
            "played": dict(self.played),
            "faults_left": len(self.faults),
            "idempotency_keys": [call.idempotency_key for call in self.calls],
        }

    def app(self) -> Starlette:
        """The two routes of the service, and those that control the stand-in from outside."""
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self.complete, methods=["POST"]),
                Route("/v1/models", self.list_models, methods=["GET"]),
                Route("/_control/{what}", self.control, methods=["GET", "POST"]),
            ]
        )

    async def list_models(self, request: Request) -> Response:
        """What there is to choose from."""
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return self._error(Fault("401"), key="*****")
        rows = [{"id": model, "object": "model", "created": 0, "owned_by": "tests"} for model in self.models]
        return JSONResponse({"object": "list", "data": rows})

    async def complete(self, request: Request) -> Response:
        """One question: counted, checked, spoiled if scripted so, answered."""
        raw = await request.body()
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        headers = dict(request.headers)
        self.calls.append(Call(body, headers.get("idempotency-key"), headers.get("authorization"), headers))
        fault = self.faults.pop(0) if self.faults else Fault("ok")
        self.played[fault.kind] += 1
        self.open += 1
        self.peak = max(self.peak, self.open)
        try:
            return await self._answer(request, body, fault)
        finally:
            self.open -= 1

    async def _answer(self, request: Request, body: Any, fault: Fault) -> Response:
        await asyncio.sleep(self.delay)
        if request.headers.get("authorization") != f"Bearer {self.key}":
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            return self._error(Fault("401"), key=given[:5] + "*****" + given[-4:])
        if fault.kind in ERRORS:
            return self._error(fault, model=body.get("model") if isinstance(body, dict) else None, key=self.key)
        if (misbehaviour := await self._misbehave(request, fault)) is not None:
            return misbehaviour
        try:
            check_request(body)
        except Wrong as wrong:
            error = {
                "message": wrong.message,
                "type": "invalid_request_error",
                "param": wrong.param,
                "code": wrong.code,
            }
            return JSONResponse({"error": error}, 400)
        if (lacking := self._lacking(body)) is not None:
            return self._error(Fault(lacking))
        self.answered += 1
        return JSONResponse(self._completion(body, fault))

    def _lacking(self, body: dict[str, Any]) -> str | None:
        used = set(body) & {"max_completion_tokens", "temperature"}
        if body.get("response_format", {}).get("type") == "json_schema":
            used.add("json_schema")
        return next((f"no_{name}" for name in sorted(used & self.lacks)), None)

    def _error(self, fault: Fault, **words: Any) -> Response:
        status, message, kind, code = ERRORS[fault.kind]
        message = fault.message or message.format(**words)
        error = {"message": message, "type": kind, "param": PARAM.get(fault.kind), "code": code}
        return JSONResponse({"error": error}, status, fault.headers())

    async def _misbehave(self, request: Request, fault: Fault) -> Response | None:
        if fault.kind == "hang":
            latch = self._latch
            while not latch.is_set() and not self._server.should_exit:
                await asyncio.sleep(0.01)
        if fault.kind == "reset":
            reset(request)
        if fault.kind == "slow_body":
            return StreamingResponse(self._drip(fault.seconds), media_type="application/json")
        plain = PLAIN.get(fault.kind)
        return plain() if plain is not None else None

    async def _drip(self, seconds: float) -> AsyncIterator[bytes]:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._server.should_exit:
            yield b" "
            await asyncio.sleep(0.02)

    def _completion(self, body: dict[str, Any], fault: Fault) -> dict[str, Any]:
        grade = answer(body, self.share)
        SPOILERS.get(fault.kind, lambda _: None)(grade)
        content = WRAPPERS.get(fault.kind, lambda text: text)(json.dumps(grade, ensure_ascii=False))
        finish, refusal = ENDINGS.get(fault.kind, "stop"), None
        budget = body.get("max_completion_tokens", body.get("max_tokens", 1_000_000))
        if fault.kind == "refusal":
            content, refusal = None, fault.message or "I'm sorry, I can't help with that."
        elif fault.kind == "length":
            content = (content or "")[: len(content or "") // 2]
        elif fault.kind in {"length_null", "content_filter", "tool_calls"}:
            content = None
        elif len(content or "") > 4 * budget:
            content, finish = (content or "")[: 4 * budget], "length"
        message = {"role": "assistant", "content": content, "refusal": refusal}
        spent = len(json.dumps(body["messages"])) // 4, max(len(content or "") // 4, 1)
        return {
            "id": f"chatcmpl-{self.answered}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": f"{body['model']}-2026-01-01",
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
            "usage": {"prompt_tokens": spent[0], "completion_tokens": spent[1], "total_tokens": sum(spent)},
        }

    async def control(self, request: Request) -> Response:
        """Script, share, release, counts, calls: from outside the process."""
        what = request.path_params["what"]
        if what == "script":
            self.script(await request.json())
        elif what == "share":
            self.share = Decimal(str(await request.json()))
        elif what == "release":
            self.release()
        elif what == "calls":
            return JSONResponse([{"body": c.body, "idempotency_key": c.idempotency_key} for c in self.calls])
        return JSONResponse(self.counts())


@pytest.fixture
def openai_server() -> Iterator[OpenAiServer]:
    """A fresh server for one test."""
    with OpenAiServer() as server:
        yield server


def main() -> None:
    """Serve as a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default="test-key")
    parser.add_argument("--share", default="0.8")
    parser.add_argument("--delay", type=float, default=0)
    parser.add_argument(
        "--lacks", nargs="*", default=[], choices=["json_schema", "max_completion_tokens", "temperature"]
    )
    given = parser.parse_args()
    server = OpenAiServer(key=given.key, share=given.share, lacks=given.lacks, delay=given.delay, port=given.port)
    print(server.url, flush=True)
    server.run()


if __name__ == "__main__":
    main()
