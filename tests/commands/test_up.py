"""`picrete up`, as a person starts it; nothing is ever left running."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from picrete_gql.commands.client import Client, Refused
from picrete_gql.local.stack import borrow
from picrete_gql.settings import Settings
from tests.commands.processes import mentioning, running, until
from tests.support.house import free_port

ROOT = Path(__file__).parents[2]
WORKS = "{ me { username } courses { nodes { slug works { nodes { title status } } } } }"


class Up:
    """One `picrete up` of a data folder."""

    def __init__(self, folder: Path, port: int, **settings: str) -> None:
        own = {"PICRETE_DATA_DIR": str(folder), "PICRETE_HTTP__PORT": str(port), **settings}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PICRETE_")}
        self.folder, self.url = folder, f"http://127.0.0.1:{port}"
        self.output = folder.parent / f"{folder.name}.out"
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "picrete_gql", "up"],
                cwd=folder.parent, env={**kept, **own, "PYTHONPATH": str(ROOT)}, stdout=out, stderr=subprocess.STDOUT,
            )  # fmt: skip

    @property
    def text(self) -> str:
        """Everything it has said."""
        return self.output.read_text("utf-8")

    def ready(self) -> "Up":
        """Wait until it says that it is up."""
        until(lambda: "Ctrl-C stops it" in self.text or self.process.poll() is not None, 120, lambda: self.text)
        assert self.process.poll() is None, self.text
        return self

    def logins(self) -> dict[str, str]:
        """Usernames and passwords as they are on the screen."""
        line = re.search(r"sign in +(.+)", self.text)
        assert line, self.text
        return dict(pair.split(" / ") for pair in line[1].split(" · "))

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Stop it and wait; nothing of it may be left."""
        self.process.send_signal(by)
        code = self.process.wait(60)
        until(lambda: mentioning(str(self.folder)) == [], 15, lambda: mentioning(str(self.folder)))
        return code


@contextmanager
def up(folder: Path, port: int | None = None, **settings: str) -> Iterator[Up]:
    """A running one, killed at the end if the test has not ended it."""
    started = Up(folder, port or free_port(), **settings)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait()


async def seen_by(url: str, username: str, password: str) -> dict[str, object]:
    """What somebody sees after signing in."""
    client = Client(url)
    try:
        await client.sign_in(username, password)
        return await client.run(WORKS)
    finally:
        await client.close()


async def test_the_first_start_makes_people_and_a_course_and_the_next_keeps_them(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with up(folder) as first:
        logins = first.ready().logins()
        assert set(logins) == {"admin", "teacher", "student"}
        assert json.loads((folder / "logins.json").read_text())["student"] == logins["student"]
        assert (folder / "logins.json").stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o700
        for username, password in logins.items():
            seen = await seen_by(first.url, username, password)
            assert seen["me"] == {"username": username}
            assert seen["courses"]["nodes"][0]["slug"] == "sample"
            assert seen["courses"]["nodes"][0]["works"]["nodes"][0]["status"] in ("PUBLISHED", "ACTIVE")
        assert first.end(signal.SIGINT) == 0
        assert "nothing is left running" in first.text
        assert " error" not in first.text and " warning" not in first.text, first.text
    with up(folder) as second:
        assert second.ready().logins() == logins
        assert (await seen_by(second.url, "student", logins["student"]))["me"] == {"username": "student"}
        assert second.end() == 0


def test_what_dies_is_started_again_and_a_killed_one_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with up(folder) as second:
        second.ready()
        (worker,) = running("worker", folder)
        os.kill(worker, signal.SIGKILL)
        until(lambda: "worker was started again" in second.text, 30, lambda: second.text)
        assert "worker was killed by signal 9; starting it again in 1 s" in second.text
        until(lambda: len(running("worker", folder)) == 1)
        assert len(mentioning(str(folder))) > 5
        second.end(signal.SIGKILL)
    with up(folder) as third:
        third.ready()
        assert third.end() == 0


def test_stopped_in_the_middle_of_its_start_it_leaves_nothing(tmp_path: Path) -> None:
    with up(tmp_path / "data") as started:
        until(lambda: (tmp_path / "data" / "postgres").exists() or started.process.poll() is not None)
        assert started.end() == 0


def test_two_at_once_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with up(tmp_path / "data", port) as refused:
            assert refused.process.wait(60) == 1
            assert refused.text == (
                f"Port {port} on 127.0.0.1 is taken by another program. "
                f"Stop that one, or choose another port: PICRETE_HTTP__PORT={port + 1}.\n"
            )
    assert mentioning(str(tmp_path)) == []


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"PICRETE_HTTP__PORT": "eighty"}, "PICRETE_HTTP__PORT: Input should be a valid integer"),
        ({"PICRETE_HTTP__PORT": "70000"}, "PICRETE_HTTP__PORT is 70000, but ports are numbers from 0 to 65535."),
        ({"PICRETE_HTTP__HOST": "203.0.113.1"}, "The API cannot listen on 203.0.113.1"),
        ({"PICRETE_LOG_LEVEL": "INFO", "PICRETE_ENVIRONMENT": "staging"}, "PICRETE_ENVIRONMENT: Input should be"),
    ],
)
def test_settings_that_cannot_be_are_named(tmp_path: Path, settings: dict[str, str], sentence: str) -> None:
    with up(tmp_path / "data", **settings) as refused:
        assert refused.process.wait(60) == 1
        assert refused.text.startswith(sentence)
        assert "Traceback" not in refused.text


def test_a_process_that_cannot_work_ends_the_start_with_its_last_words(tmp_path: Path) -> None:
    # The worker needs an engine that reads; DataLab without a key is none.
    with up(tmp_path / "data", PICRETE_OCR__PROVIDER="datalab") as refused:
        assert refused.process.wait(120) == 1
        assert "The worker process ended with exit code 1" in refused.text
        assert str(tmp_path / "data" / "logs") in refused.text
    until(lambda: mentioning(str(tmp_path)) == [], 15)


async def test_an_api_that_dies_while_it_makes_samples_ends_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with up(folder) as begun:
        until(lambda: running("api", folder) or begun.process.poll() is not None, 120, lambda: begun.text)
        (api,) = running("api", folder)
        # It sleeps until nobody can make a course any more, and dies over that.
        os.kill(api, signal.SIGSTOP)
        with borrow(Settings(data_dir=folder)) as settings:
            connection = await asyncpg.connect(settings.database.url)
            try:
                await connection.execute("BEGIN; LOCK TABLE course IN SHARE ROW EXCLUSIVE MODE")
                os.kill(api, signal.SIGCONT)
                writes = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'RowExclusiveLock'"
                async with asyncio.timeout(60):
                    while not await connection.fetchval(writes):
                        await asyncio.sleep(0.05)
                os.kill(api, signal.SIGKILL)
                assert await asyncio.to_thread(begun.process.wait, 60) == 1
            finally:
                connection.terminate()
        assert "The api process was killed by signal 9" in begun.text
        assert str(folder / "logs") in begun.text and "Traceback" not in begun.text
    until(lambda: mentioning(str(tmp_path)) == [], 15)


async def test_samples_are_never_made_in_production(tmp_path: Path) -> None:
    with up(tmp_path / "data", PICRETE_ENVIRONMENT="production") as started:
        started.ready()
        assert "sign in" not in started.text and not (tmp_path / "data" / "logins.json").exists()
        with pytest.raises(Refused):
            await seen_by(started.url, "admin", "")
        assert started.end() == 0
