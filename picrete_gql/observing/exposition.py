"""`/metrics`: everything that is counted, as Prometheus text or OpenMetrics."""

import asyncio
import hmac
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from picrete_gql import metrics
from picrete_gql.runtime import Runtime

from .rows import Rows

PATH, BEARER = "/metrics", "bearer "
HEADERS = {"cache-control": "no-store"}
PID = re.compile(r"gauge_live.*_(\d+)\.db")


class All:
    """A registry of one scrape: what the process counts, or all of its folder, and what was read for this scrape."""

    def __init__(self, more: Iterable[Metric]) -> None:
        self.more = more

    def collect(self) -> Iterator[Metric]:
        """Every family."""
        yield from _counted().collect()
        yield from self.more


def route(runtime: Runtime) -> Route:
    """The route. With a token in the settings it is asked for."""
    rows, token = Rows(runtime), runtime.settings.metrics.token.get_secret_value()

    async def scrape(request: Request) -> Response:
        """One scrape."""
        if not allowed(request.headers.get("authorization", ""), token):
            return Response("The token is missing or wrong.\n", 401, {**HEADERS, "www-authenticate": "Bearer"})
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        found = [*await rows.families(), build()]
        body = await asyncio.to_thread(encode, All(found))
        return Response(body, 200, HEADERS, media_type=kind)

    return Route(PATH, scrape)


def allowed(header: str, token: str) -> bool:
    """Whether a request may look. How long the comparison takes says nothing about the token."""
    given = header[len(BEARER) :].strip() if header[: len(BEARER)].lower() == BEARER else ""
    return not token or hmac.compare_digest(given.encode(), token.encode())


def _counted() -> Any:
    if not metrics.FOLDER:
        return REGISTRY
    for file in Path(metrics.FOLDER).glob("gauge_live*.db"):
        pid = PID.fullmatch(file.name)
        if pid and not _lives(int(pid[1])):
            mark_process_dead(int(pid[1]))  # type: ignore[no-untyped-call]
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


def _lives(pid: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True


def build() -> Metric:
    found = GaugeMetricFamily("build_info", "The version that runs.", labels=["version"])
    found.add_metric([version("picrete-gql")], 1)
    return found
