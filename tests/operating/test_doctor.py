"""`picrete doctor` on servers that are well, ill and away."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from alembic import command
from picrete_gql import migrations
from picrete_gql.commands import doctor
from picrete_gql.commands.doctor import machine
from picrete_gql.gateways.queue import HEALTH_KEY
from picrete_gql.gateways.storage import Storage
from picrete_gql.settings import Settings
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.servers.stack import Servers
from tests.servers.telegram import TOKEN, TelegramServer
from tests.support.world import World

SECONDS = 10


@pytest.fixture(scope="module")
def telegram() -> Iterator[TelegramServer]:
    """A Bot API server."""
    with TelegramServer() as server:
        yield server


@pytest.fixture
async def well(settings: Settings, telegram: TelegramServer) -> Settings:
    """Everything is there; a worker has reported."""
    settings.telegram = settings.telegram.model_copy(update={"url": telegram.url, "token": secret(TOKEN)})
    await Storage(settings.storage).prepare()
    async with Redis.from_url(settings.redis.url) as redis:
        await redis.set(HEALTH_KEY, "fine", ex=60)
    return settings


def secret(value: str) -> Any:
    """As settings hold it."""
    from pydantic import SecretStr

    return SecretStr(value)


async def look(settings: Settings, capsys: pytest.CaptureFixture[str], seconds: float = SECONDS) -> dict[str, Any]:
    """Exit code and findings, as a program reads them."""
    code = await asyncio.to_thread(doctor.run, settings, as_json=True, seconds=seconds)
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] == (code == 0)
    for one in said["findings"]:
        assert "\n" not in one["says"]
        for hidden in hidden_of(settings):
            assert hidden not in one["says"] + one["hint"]
    return {"code": code, "rows": said["findings"]}


def hidden_of(settings: Settings) -> list[str]:
    """What nobody may read."""
    from picrete_gql.commands.config.parts import known_secrets

    return [value for _, value in known_secrets(settings)]


def said(found: dict[str, Any], level: str) -> list[str]:
    """What was found at a level."""
    return [f"{one['what']}: {one['says']}" for one in found["rows"] if one["level"] == level]


async def test_all_is_well(well: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    found = await look(well, capsys)
    assert said(found, "error") == [] and found["code"] == 0
    fine = "\n".join(said(found, "ok"))
    for word in (
        "PostgreSQL: 1",
        "migration",
        "Valkey: 9",
        "bucket",
        "signed address",
        "DataLab",
        "gpt-test",
        "@",
        "workers",
    ):
        assert word in fine, word
    assert [one for one in said(found, "warning") if "fsync" not in one and "GB free" not in one] == []


async def test_nothing_is_left_in_the_store_and_nothing_is_paid_for(
    well: Settings, ocr: DatalabServer, llm: OpenAiServer, capsys: pytest.CaptureFixture[str]
) -> None:
    submits, calls = ocr.submits, len(llm.calls)
    await look(well, capsys)
    assert await Storage(well.storage).list("") == []
    assert (ocr.submits, len(llm.calls)) == (submits, calls)


@contextmanager
def deaf() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


async def test_whatever_is_away_is_named_and_the_rest_is_still_looked_at(
    well: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    good = well.model_copy()
    nowhere = "127.0.0.1:9"
    away = {
        "PostgreSQL": {"database": good.database.model_copy(update={"url": f"postgresql://u:pass-word@{nowhere}/x"})},
        "Redis": {"redis": good.redis.model_copy(update={"url": f"redis://:pass-word@{nowhere}/0"})},
        "OCR": {"ocr": good.ocr.model_copy(update={"url": f"http://{nowhere}"})},
        "model": {"llm": good.llm.model_copy(update={"url": f"http://{nowhere}"})},
        "Telegram": {"telegram": good.telegram.model_copy(update={"url": f"http://{nowhere}"})},
        "store": {"storage": good.storage.model_copy(update={"endpoint": f"http://{nowhere}"})},
    }
    for what, change in away.items():
        found = await look(good.model_copy(update=change), capsys)
        named = {one["what"] for one in found["rows"] if one["level"] == "error"}
        assert what in named and named <= {what, "workers"}, (what, named)
        assert all(one["hint"] for one in found["rows"] if one["level"] == "error")
        assert len(said(found, "ok")) >= 4


async def test_whoever_says_nothing_is_given_up_and_all_at_the_same_time(
    well: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with deaf() as port:
        mute = well.model_copy(
            update={
                "database": well.database.model_copy(
                    update={"url": f"postgresql://u:pass-word@127.0.0.1:{port}/x", "connect_timeout": 60}
                ),
                "redis": well.redis.model_copy(update={"url": f"redis://127.0.0.1:{port}/0", "timeout": 60}),
                "llm": well.llm.model_copy(update={"url": f"http://127.0.0.1:{port}", "timeout": 60}),
            }
        )
        began = time.monotonic()
        found = await look(mute, capsys, 1)
        assert time.monotonic() - began < 30, "not one after the other, and not for their own time-outs"
    late = [one for one in said(found, "error") if "no answer within 1 s" in one]
    assert {one.split(":")[0] for one in late} >= {"PostgreSQL", "Redis", "model"}


async def test_bad_keys_are_told_from_outages(well: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    bad = well.model_copy(
        update={
            "ocr": well.ocr.model_copy(update={"key": secret("not-the-key")}),
            "llm": well.llm.model_copy(update={"key": secret("not-the-key-either")}),
            "telegram": well.telegram.model_copy(update={"token": secret("1:not-the-token")}),
            "storage": well.storage.model_copy(update={"secret_key": secret("not-the-secret")}),
        }
    )
    found = await look(bad, capsys)
    named = {one["what"] for one in found["rows"] if one["level"] == "error"}
    assert named == {"OCR", "model", "Telegram", "store"}
    assert "401" in "".join(one for one in said(found, "error") if one.startswith(("OCR", "model")))


async def test_what_a_database_may_lack(
    well: Settings, servers: Servers, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    await asyncio.to_thread(command.downgrade, migrations.config(well.database.url), "-1")
    assert any("Run" in one["hint"] and "migrate" in one["hint"] for one in (await look(well, capsys))["rows"])
    await asyncio.to_thread(command.upgrade, migrations.config(well.database.url), "head")
    async with world.runtime.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    found = await look(well, capsys)
    assert any("newer version (9999)" in one for one in said(found, "warning")) and found["code"] == 0
    empty = await servers.create()
    found = await look(well.model_copy(update={"database": well.database.model_copy(update={"url": empty})}), capsys)
    assert "PostgreSQL: is empty." in said(found, "error")
    await servers.drop(empty)


async def test_strange_servers(well: Settings, servers: Servers, capsys: pytest.CaptureFixture[str]) -> None:
    name = f"latin_{servers.bucket().replace('-', '_')}"
    await servers._execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    url = well.database.url.rpartition("/")[0] + "/" + name
    crowded = well.database.model_copy(update={"url": url, "pool_size": 10_000})
    found = await look(well.model_copy(update={"database": crowded}), capsys)
    assert "PostgreSQL: keeps text as LATIN1." in said(found, "error")
    assert any("one process takes up to 10010" in one for one in said(found, "warning"))
    await servers.drop(url)


async def test_a_silent_worker_and_old_work(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    settings = world.runtime.settings
    course = await world.course("waits", "teacher", ["ada"])
    attempt = await world.start("ada", await world.work(course, "teacher"))
    await world.photo("ada", attempt.id)
    async with world.runtime.engine.begin() as connection:
        old = "UPDATE photo SET status = 'pending', queued_at = now() - interval '3 hours'"
        await connection.execute(text(old))
    found = await look(settings, capsys)
    assert "workers: none has reported." in said(found, "error") and found["code"] == 1
    assert "waiting: 1 pages to be read, the oldest for 180 min." in said(found, "warning")


async def test_a_webhook_and_an_unknown_model(
    well: Settings, telegram: TelegramServer, llm: OpenAiServer, capsys: pytest.CaptureFixture[str]
) -> None:
    telegram.webhook = "https://elsewhere.example.org"
    well.llm = well.llm.model_copy(update={"model": "gpt-none"})
    found = await look(well, capsys)
    telegram.webhook = ""
    assert any("webhook" in one for one in said(found, "error"))
    assert any("gpt-none is not among" in one for one in said(found, "warning"))


async def test_a_long_transaction_holds_up_the_feeds(
    well: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor.postgres, "LONG_TRANSACTION_SECONDS", -1)
    connection = await asyncpg.connect(well.database.url)
    async with connection.transaction():
        await connection.execute("CREATE TEMPORARY TABLE held ()")
        found = await look(well, capsys)
    await connection.close()
    assert any("writing transaction" in one for one in said(found, "warning"))


def test_without_anything_it_says_what_to_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = Settings(_env_file=None, data_dir=tmp_path / "none")
    assert doctor.run(bare, as_json=False, seconds=SECONDS) == 1
    printed = capsys.readouterr().out
    assert "embedded servers" in printed and "picrete up" in printed and not (tmp_path / "none").exists()


def test_room_on_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        total, free = 1000 * machine.GB, 10 * machine.GB

    monkeypatch.setattr("shutil.disk_usage", lambda place: Usage)
    assert machine._room("disk", tmp_path).level == "error"
    Usage.free = 50 * machine.GB
    assert machine._room("disk", tmp_path).level == "warning"


def test_secrets_are_blanked_however_they_are_spelled() -> None:
    from picrete_gql.commands.doctor.hushing import Hush

    settings = Settings(_env_file=None, database={"url": "postgresql://u:p%40ss%2Fword@db/x"}, llm={"key": "sk-12345"})
    hushed = Hush(settings).text("postgresql://u:p%40ss%2Fword@db/x p@ss/word sk-12345 fine")
    assert hushed == "postgresql://u:***@db/x *** *** fine"
