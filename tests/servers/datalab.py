"""A stand-in for DataLab OCR on loopback: the real protocol over real HTTP, with scripted faults and counters.

Inside a test: `with DatalabServer(read=lambda image: "2H2 + O2 = 2H2O") as server: settings.ocr.url = server.url`.
As a process that outlives a killed worker: `python -m tests.servers.datalab --port 8701`, then `POST /_control/script`
(a list of faults), `POST /_control/texts` ({sha256 or "*": text}) and `GET /_control/counts`.
"""

import argparse
import asyncio
import socket
import struct
import threading
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from hashlib import sha256
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.servers.datalab_answers import QUOTA, SPOILED, STATUS, Fault, Job, complete, size_of

HTML_502 = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>nginx</body></html>"
PAGE = "Задача 1\n2H2 + O2 = 2H2O\nОтвет: 36 г"


class DatalabServer:
    """Answers like DataLab. `polls` and `delay` (seconds) say how long a page is `processing`, `ttl` how long it keeps.

    Counters: `submits`, `polls_seen`, `requests` (everything, also refused ones), `files` (sha256 → submits),
    `keys` (every X-API-Key that arrived, in order), `forms` (the fields of each accepted page).
    """

    def __init__(
        self,
        read: Callable[[bytes], str] | None = None,
        *,
        key: str = "test-key",
        polls: int = 1,
        delay: float = 0,
        ttl: float = 3600,
        path: str = "/convert",
        foreign: str = "https://elsewhere.example",
        port: int = 0,
    ) -> None:
        self.read = read
        self.texts: dict[str, str] = {}
        self.key, self.polls, self.delay, self.ttl, self.path, self.foreign = key, polls, delay, ttl, path, foreign
        self.jobs: dict[str, Job] = {}
        self.faults: list[Fault] = []
        self.submits = self.polls_seen = self.requests = 0
        self.files: Counter[str] = Counter()
        self.keys: list[str | None] = []
        self.forms: list[dict[str, str]] = []
        self.socket = socket.create_server(("127.0.0.1", port))
        self.origin = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.url = f"{self.origin}/api/v1"
        self._server = uvicorn.Server(
            uvicorn.Config(self.app(), log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self.run, daemon=True)

    def run(self) -> None:
        """Serve until told to stop (in this thread)."""
        self._server.run(sockets=[self.socket])

    def __enter__(self) -> "DatalabServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self.socket.close()

    def script(self, faults: Sequence[str | dict[str, Any] | Fault]) -> None:
        """Add faults. Each request takes the first that waits at its door (`"429"`, `"reset@poll"`, `Fault(…)`)."""
        self.faults.extend(Fault.of(fault) for fault in faults)

    def counts(self) -> dict[str, Any]:
        """The counters, as the control door prints them."""
        return {
            "submits": self.submits,
            "polls": self.polls_seen,
            "requests": self.requests,
            "files": dict(self.files),
            "faults_left": len(self.faults),
        }

    def text_of(self, image: bytes) -> str:
        """What stands on this page."""
        if self.read is not None:
            return self.read(image)
        return self.texts.get(sha256(image).hexdigest(), self.texts.get("*", PAGE))

    def app(self) -> Starlette:
        """The routes: three of the service, three to control the stand-in from outside."""
        return Starlette(
            routes=[
                Route("/api/v1/user_health", self.health, methods=["GET"]),
                Route(f"/api/v1{self.path}", self.submit, methods=["POST"]),
                Route(f"/api/v1{self.path}/{{request_id}}", self.poll, methods=["GET"]),
                Route("/_control/script", self.control_script, methods=["POST"]),
                Route("/_control/texts", self.control_texts, methods=["POST"]),
                Route("/_control/counts", self.control_counts, methods=["GET"]),
            ]
        )

    async def health(self, request: Request) -> Response:
        """Whether a key is good."""
        refusal, _ = await self.enter(request, "health")
        return refusal or JSONResponse({"status": "ok"})

    async def submit(self, request: Request) -> Response:
        """Take a page: key, multipart, a file that is an image; then the request id and where to ask."""
        refusal, fault = await self.enter(request, "submit")
        if refusal is not None:
            return refusal
        async with request.form() as form:
            upload = form.get("file")
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            image = await upload.read() if upload is not None and not isinstance(upload, str) else None
        if image is None:
            return refuse("422")
        if size_of(image) is None:
            return refuse("400")
        if fault in {"success_false", "quota"}:
            error = QUOTA if fault == "quota" else "The document could not be opened"
            return JSONResponse({"request_id": "", "request_check_url": "", "success": False, "error": error})
        job = Job(uuid.uuid4().hex[:22], image, fields, time.monotonic())
        self.jobs[job.request_id] = job
        self.submits += 1
        self.files[sha256(image).hexdigest()] += 1
        self.forms.append(fields)
        return JSONResponse(
            {
                "request_id": job.request_id,
                "request_check_url": self.check_url(job, fault),
                "success": True,
                "error": None,
            }
        )

    def check_url(self, job: Job, fault: str) -> str:
        """Where to ask for the page: whole, or relative, foreign or missing when scripted so."""
        where = f"/api/v1{self.path}/{job.request_id}"
        spoiled = {
            "relative_check_url": where,
            "foreign_check_url": f"{self.foreign}{where}",
            "no_check_url": "",
            "evil_check_url": f"//elsewhere.example{where}",
        }
        return spoiled.get(fault, f"{self.origin}{where}")

    async def poll(self, request: Request) -> Response:
        """Say `processing` until the page is due, then the result, until it has expired."""
        self.polls_seen += 1
        refusal, fault = await self.enter(request, "poll")
        if refusal is not None:
            return refusal
        job = self.jobs.get(request.path_params["request_id"])
        now = time.monotonic()
        if job is None or fault == "gone" or (job.complete_at is not None and now > job.complete_at + self.ttl):
            return refuse("404", "Request not found or expired")
        job.polls += 1
        job.spoiled = fault if fault in SPOILED else job.spoiled
        if job.spoiled == "never" or job.polls <= self.polls or now < job.born + self.delay:
            return JSONResponse({"status": "processing", "success": None})
        job.complete_at = job.complete_at or now
        return JSONResponse(complete(job, self.text_of(job.image)))

    async def enter(self, request: Request, door: str) -> tuple[Response | None, str]:
        """Count, check the key, and play the fault that waits at this door."""
        self.requests += 1
        self.keys.append(request.headers.get("x-api-key"))
        fault = next((fault for fault in self.faults if fault.on == door), None)
        if fault is not None:
            self.faults.remove(fault)
        if request.headers.get("x-api-key") != self.key:
            return refuse("401"), ""
        if fault is None or fault.kind == "ok":
            return None, ""
        return await self.misbehave(request, fault), fault.kind

    async def misbehave(self, request: Request, fault: Fault) -> Response | None:
        """The answer of a fault that needs no page to happen; None for the others."""
        if fault.kind in STATUS:
            return refuse(fault.kind, fault.detail, fault.retry_after)
        if fault.kind == "html502":
            return HTMLResponse(HTML_502, 502)
        if fault.kind == "html200":
            return HTMLResponse("<html><body>Please sign in to the network</body></html>")
        if fault.kind == "not_json":
            return JSONResponse(["not", "an", "object"])
        if fault.kind == "redirect":
            return RedirectResponse(f"{self.foreign}/api/v1/convert/moved", 307)
        if fault.kind == "slow_body":
            return StreamingResponse(self.drip(fault.seconds), media_type="application/json")
        if fault.kind == "huge":
            return Response(b'{"markdown": "' + b"x" * 3_000_000 + b'"}', media_type="application/json")
        if fault.kind == "reset":
            reset(request)
            return Response()
        return None

    async def drip(self, seconds: float) -> AsyncIterator[bytes]:
        """A body that arrives a byte at a time and never becomes whole."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._server.should_exit:
            yield b" "
            await asyncio.sleep(0.02)

    async def control_script(self, request: Request) -> Response:
        """Add faults from outside the process."""
        self.script(await request.json())
        return JSONResponse(self.counts())

    async def control_texts(self, request: Request) -> Response:
        """Say what stands on pages: {sha256 of the file, or "*": text}."""
        self.texts.update(await request.json())
        return JSONResponse(self.counts())

    async def control_counts(self, request: Request) -> Response:
        """The counters."""
        return JSONResponse(self.counts())


def refuse(status: str, detail: str | None = None, retry_after: str | None = None) -> Response:
    """An error in the service's words."""
    headers = {"Retry-After": retry_after} if retry_after is not None else None
    return JSONResponse({"detail": detail or STATUS[status]}, int(status), headers)


def reset(request: Request) -> None:
    """Cut the connection with a TCP reset, as a dying proxy does. The transport hangs on uvicorn's request cycle."""
    transport = request.receive.__self__.transport  # type: ignore[attr-defined]
    linger = struct.pack("ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()


def main() -> None:
    """Serve as a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default="test-key")
    parser.add_argument("--polls", type=int, default=1)
    parser.add_argument("--delay", type=float, default=0)
    parser.add_argument("--ttl", type=float, default=3600)
    parser.add_argument("--text", default=PAGE)
    given = parser.parse_args()
    server = DatalabServer(key=given.key, polls=given.polls, delay=given.delay, ttl=given.ttl, port=given.port)
    server.texts["*"] = given.text
    print(server.url, flush=True)
    server.run()


if __name__ == "__main__":
    main()
