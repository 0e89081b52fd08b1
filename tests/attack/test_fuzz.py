"""A short run of the fuzzer with a fixed seed; `make audit` runs the long one."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.attack.fuzz import fuzz
from tests.attack.stand import ROLES, Stand, open_stand
from tests.servers import stack
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support.house import settings_for

CASES, SEED = 150, 2026
EVIL = 'a\x9b31m\x85{"level":"error"}'


@pytest.fixture(scope="module")
async def stand(
    servers: stack.Servers,
    template: str,
    ocr: DatalabServer,
    llm: OpenAiServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stand]:
    """The API as a process before a filled database."""
    database = await servers.clone(template)
    settings = settings_for(servers, database, await servers.redis(lasting=True), ocr, llm)
    folder: Path = tmp_path_factory.mktemp("fuzz")
    async with open_stand(settings, folder) as opened:
        yield opened
    await servers.drop(database)


@pytest.mark.parametrize("role", ROLES)
async def test_nothing_that_a_role_sends_is_a_fault_of_ours(stand: Stand, role: str) -> None:
    report = await fuzz(stand, role, CASES, SEED)
    assert not report.wrong, "\n".join(report.wrong[:5])
    reached = {"guest": "UNAUTHENTICATED"}.get(role, "OK")
    assert report.asked == CASES and report.answers[reached] > CASES // 20, report


async def test_what_a_client_says_of_itself_makes_no_line_of_its_own(stand: Stand) -> None:
    list(stand.said())
    headers = {"user-agent": EVIL, "accept-language": EVIL, "x-request-id": EVIL, "x-forwarded-for": EVIL}
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    for query in ("{ me { id } }", "query A { x }", "{"):
        body = json.dumps({"query": query, "operationName": EVIL + "\n"})
        given = {**stand.bearer("owner"), **raw, "content-type": "application/json"}
        answer = await stand.http.post("/graphql", content=body, headers=given)
        assert EVIL not in answer.headers["x-request-id"]
    # What is no request at all is logged by uvicorn.
    reader, writer = await asyncio.open_connection("127.0.0.1", int(stand.url.rsplit(":", 1)[1]))
    writer.write(f"GET /{EVIL} HTTP/x\r\n{EVIL}: {EVIL}\r\n\r\n".encode())
    await reader.read()
    writer.close()
    entries = list(stand.said())
    assert entries and all(entry["level"] for entry in entries)
