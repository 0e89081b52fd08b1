"""The wiring of production: the very commands of compose.yaml, told everything by their environment, on servers that
somebody else has started. Nothing of the embedded default can be reached from here: its programs are hidden.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from picrete_gql.commands.client import Client
from picrete_gql.commands.demo.watch import Watch
from tests import images
from tests.commands.processes import mentioning, until
from tests.servers.datalab import DatalabServer
from tests.servers.stack import Servers
from tests.support.house import free_port

ROOT = Path(__file__).parents[2]
ADMIN, PASSWORD = "first", "password of the first"
LIVE = "subscription($id: ID!) { attemptChanged(id: $id) { photos { status reading { text } } submission { status } } }"
TASK = {
    "title": "Вода",
    "maxPoints": "1",
    "variants": [{"content": "Масса 2 моль?", "referenceAnswer": "36", "units": "г"}],
}


@pytest.fixture
async def variables(servers: Servers, ocr: DatalabServer, tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """What compose.yaml and `.env` give to a container: addresses and secrets, nothing else."""
    database = await servers.create()
    nowhere = str(tmp_path / "nowhere")
    yield {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": nowhere,
        "MARK": str(tmp_path),
        **{f"PICRETE_{name}_BIN": nowhere for name in ("PG", "VALKEY", "RCLONE")},
        "PICRETE_ENVIRONMENT": "production",
        "PICRETE_DATA_DIR": nowhere,
        "PICRETE_HTTP__HOST": "127.0.0.1",
        "PICRETE_HTTP__PORT": str(free_port()),
        "PICRETE_DATABASE__URL": database,
        "PICRETE_REDIS__URL": await servers.redis(),
        "PICRETE_STORAGE__ENDPOINT": servers.stack.storage_endpoint,
        "PICRETE_STORAGE__ACCESS_KEY": servers.stack.access_key,
        "PICRETE_STORAGE__SECRET_KEY": servers.stack.secret_key,
        "PICRETE_STORAGE__BUCKET": servers.bucket(),
        "PICRETE_AUTH__SECRET_KEY": "thirty-two characters or some more",
        "PICRETE_AUTH__BOOTSTRAP_USERNAME": ADMIN,
        "PICRETE_AUTH__BOOTSTRAP_PASSWORD": PASSWORD,
        "PICRETE_OCR__PROVIDER": "datalab",
        "PICRETE_OCR__URL": ocr.url,
        "PICRETE_OCR__KEY": ocr.key,
        "PICRETE_OCR__POLL_SECONDS": "0.05",
    }
    await servers.drop(database)


def command(name: str, variables: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    """`picrete <name>`, far from the source and from any `.env`; its log is `<name>.log`."""
    with (folder / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "picrete_gql", name], cwd=folder, env=variables, stdout=log, stderr=log
        )


@contextmanager
def running(variables: dict[str, str], folder: Path) -> Iterator[str]:
    """One API and two workers; the address. They end by SIGTERM, as `docker stop` asks."""
    processes = [command(name, variables, folder) for name in ("api", "worker", "worker")]
    url = f"http://127.0.0.1:{variables['PICRETE_HTTP__PORT']}"

    def ready() -> bool:
        assert all(process.poll() is None for process in processes), logs(folder)
        try:
            return httpx2.get(f"{url}/readyz").status_code == 200
        except httpx2.TransportError:
            return False

    try:
        until(ready, 90, lambda: logs(folder))
        yield url
        for process in processes:
            process.send_signal(signal.SIGTERM)
        api, *workers = [process.wait(30) for process in processes]
        # uvicorn hands the signal on to itself once it has shut down in order.
        assert (api, workers) == (-signal.SIGTERM, [0, 0]) and "shutdown complete" in logs(folder), logs(folder)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    until(lambda: mentioning(str(folder)) == [], 15)


def logs(folder: Path) -> str:
    """Everything that the processes have said."""
    return "\n".join(path.read_text("utf-8", "replace") for path in folder.glob("*.log"))


async def hand_in(url: str) -> tuple[dict[str, Any], bytes, bytes]:
    """A course, a work, one uploaded photo that is read; the attempt at its end, the picture sent and the one kept."""
    admin, student = Client(url), Client(url)
    try:
        await admin.sign_in(ADMIN, PASSWORD)
        await student.sign_up("student", "password of student", "Студент")
        me = (await admin.run("{ me { id } }"))["me"]["id"]
        facts = {"slug": "chem", "title": "Химия", "teacherId": me}
        course = (await admin.do("courseCreate", "course { id }", facts))["course"]["id"]
        code = (await admin.do("inviteRotate", "code", {"courseId": course, "role": "STUDENT"}))["code"]
        await student.do("courseJoin", "membership { id }", {"code": code})
        now = datetime.now(UTC)
        times = {"startsAt": (now - timedelta(hours=1)).isoformat(), "endsAt": (now + timedelta(hours=1)).isoformat()}
        facts = {"courseId": course, "kind": "HOMEWORK", "title": "Дома", "precheck": False, **times}
        work = (await admin.do("workCreate", "work { id }", facts))["work"]["id"]
        await admin.do("taskAdd", "task { id }", {"workId": work, "task": TASK})
        await admin.do("workPublish", "work { id }", {"id": work})
        attempt = (await student.do("attemptStart", "attempt { id }", {"workId": work}))["attempt"]["id"]
        async with student.socket() as socket:
            watch = Watch(socket.watch(LIVE, id=attempt))
            sent = images.jpeg(images.page())
            photo = await student.upload(attempt, "page.jpg", sent, "id viewUrl")
            kept = (await student.http.get(photo["viewUrl"])).content
            await student.do("attemptSubmit", "attempt { id }", {"id": attempt})
            seen = await watch.until(lambda state: state["photos"] and state["photos"][0]["reading"], "the reading")
            await watch.stop()
        return seen, sent, kept
    finally:
        await admin.close()
        await student.close()


async def count(database: str, table: str) -> int:
    """How many rows a table has."""
    connection = await asyncpg.connect(database)
    try:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))
    finally:
        await connection.close()


def test_the_commands_of_production_work_on_given_servers(variables: dict[str, str], tmp_path: Path) -> None:
    for _ in range(2):  # the second time there is nothing to do
        assert command("migrate", variables, tmp_path).wait(60) == 0, logs(tmp_path)
    with running(variables, tmp_path) as url:
        seen, sent, kept = asyncio.run(hand_in(url))
    assert "Ответ" in str(seen["photos"][0]["reading"]["text"])
    assert kept[:2] == b"\xff\xd8" and kept != sent
    assert asyncio.run(count(variables["PICRETE_DATABASE__URL"], "photo")) == 1
    assert not (tmp_path / "nowhere").exists(), "something was started or kept outside of the given servers"
    for secret in ("PICRETE_AUTH__SECRET_KEY", "PICRETE_STORAGE__SECRET_KEY", "PICRETE_DATABASE__URL"):
        assert variables[secret] not in logs(tmp_path)


@pytest.mark.parametrize("name", ["api", "worker"])
@pytest.mark.parametrize(
    ("lacking", "value"),
    [
        ("PICRETE_DATABASE__URL", ""),
        ("PICRETE_REDIS__URL", ""),
        ("PICRETE_STORAGE__ENDPOINT", ""),
        ("PICRETE_AUTH__SECRET_KEY", ""),
        ("PICRETE_AUTH__SECRET_KEY", "too short"),
        ("PICRETE_AUTH__BOOTSTRAP_PASSWORD", ""),
    ],
)
def test_a_process_that_lacks_something_names_it(
    name: str, lacking: str, value: str, variables: dict[str, str], tmp_path: Path
) -> None:
    assert command(name, {**variables, lacking: value}, tmp_path).wait(60) == 1
    said = (tmp_path / f"{name}.log").read_text("utf-8")
    assert lacking in said and "Traceback" not in said and len(said.splitlines()) == 1


def test_nothing_is_migrated_without_an_address(variables: dict[str, str], tmp_path: Path) -> None:
    assert command("migrate", {**variables, "PICRETE_DATABASE__URL": ""}, tmp_path).wait(60) == 1
    assert "PICRETE_DATABASE__URL is not set" in logs(tmp_path)
