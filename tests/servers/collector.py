"""A stand-in for an OpenTelemetry collector on loopback: OTLP over HTTP (protobuf), with a fault on command.

https://opentelemetry.io/docs/specs/otlp/#otlphttp
"""

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

PATH, PROTOBUF = "/v1/traces", "application/x-protobuf"


@dataclass(frozen=True)
class Received:
    """One span as it arrived, and the process it came from."""

    service: str
    span: Any

    @property
    def trace(self) -> str:
        """Its trace, in hex."""
        return str(self.span.trace_id.hex())

    @property
    def links(self) -> list[str]:
        """The traces that it names as its cause."""
        return [link.trace_id.hex() for link in self.span.links]


class Collector:
    """Keeps what it is sent. `status` is what it answers, `headers` what came with the last request."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self) -> "Collector":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def named(self, name: str) -> list[Received]:
        """The spans of this name."""
        return [one for one in self.received if one.span.name == name]

    def take(self, body: bytes) -> None:
        """Read a request as the protocol says. Raises DecodeError."""
        request = ExportTraceServiceRequest()
        request.ParseFromString(body)
        for resource in request.resource_spans:
            facts = {fact.key: fact.value.string_value for fact in resource.resource.attributes}
            for scope in resource.scope_spans:
                self.received += [Received(facts["service.name"], span) for span in scope.spans]


def _handler(collector: Collector) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            collector.headers = {key.lower(): value for key, value in self.headers.items()}
            right = self.path == PATH and self.headers["content-type"] == PROTOBUF
            status = collector.status if right else 400
            if status == 200:
                collector.take(body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(status)
            self.send_header("content-type", PROTOBUF)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
