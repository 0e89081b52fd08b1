"""The embedded servers after something died."""

import os
import signal
import sys
from pathlib import Path

import pytest

from picrete_gql.local import Stack, binaries, identity, leftovers
from picrete_gql.local.errors import CannotStart
from picrete_gql.local.postgres import Postgres
from picrete_gql.local.server import Server
from picrete_gql.local.storage import Storage
from picrete_gql.local.valkey import Valkey
from tests.local.helpers import Launcher, read, sql, until, write


def servers(home: Path) -> list[Server]:
    return [
        Postgres(home / "postgres", 21_001, "word", careless=True),
        Valkey(home / "valkey", 21_002, "word", careless=True),
        Storage(home / "storage", 21_003, "key", "word"),
    ]


async def test_data_survive_the_death_of_every_server(tmp_path: Path) -> None:
    with Stack.start(tmp_path) as stack:
        await write(stack, "железо")
        until(lambda: b"\xd0\xb6" in b"".join(file.read_bytes() for file in tmp_path.glob("valkey/appendonlydir/*")))
        for server in stack.servers:
            os.kill(server.pid, signal.SIGKILL)
        for server in stack.servers:
            server.kill()
            server.start()
        assert await read(stack) == {"железо"}


async def test_a_killed_launcher_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    running = Launcher(tmp_path)
    await sql(running.url, "CREATE TABLE kept ()")
    running.kill()
    if sys.platform == "linux":  # elsewhere the next start has to end them
        until(lambda: not any(leftovers.command_line(pid) for pid in running.pids))
    with Stack.start(tmp_path) as stack:
        assert await sql(stack.database_url, "SELECT count(*) FROM kept") == 0
        assert not any(leftovers.command_line(pid) for pid in running.pids)


async def test_a_start_right_after_the_kill_waits_for_the_dying(tmp_path: Path) -> None:
    for _ in range(3):
        Launcher(tmp_path).kill()
        with Stack.start(tmp_path) as stack:
            assert await sql(stack.database_url, "SELECT 1") == 1


@pytest.mark.parametrize("number", range(3), ids=["postgres", "valkey", "storage"])
def test_an_orphan_of_an_earlier_run_is_ended(tmp_path: Path, number: int) -> None:
    orphan, server = servers(tmp_path)[number], servers(tmp_path)[number]
    orphan.start()
    server.start()
    assert server.running and server.ready()
    assert not orphan.running
    server.stop()


@pytest.mark.parametrize("number", range(3), ids=["postgres", "valkey", "storage"])
def test_a_stranger_with_the_number_of_an_old_server_is_left_alone(tmp_path: Path, number: int) -> None:
    server = servers(tmp_path)[number]
    server.start()
    server.kill()
    (server.home / "process").write_text(f"{os.getpid()}\n{server.mark()}\n")  # the number has come to us since
    if isinstance(server, Postgres):
        lines = f"{os.getpid()}\n{server.home}/data\n1\n{server.port}\n\n127.0.0.1\n\nready\n"
        (server.home / "data" / "postmaster.pid").write_text(lines)
        assert not server.ready()
    server.start()
    server.stop()


def test_a_first_start_that_was_cut_short_begins_again(tmp_path: Path) -> None:
    server = servers(tmp_path)[0]
    (server.home / "new-1" / "base").mkdir(parents=True)
    (server.home / "new-1" / "PG_VERSION").write_text("18\n")
    (server.home / "process").write_text("")
    server.start()
    server.stop()
    assert {path.name for path in server.home.iterdir()} == {"data", "server.log"}


def identities() -> list[identity.Identity]:
    """Every way round PostgreSQL's refusal to run as root; an ordinary user has only the straight one."""
    usual = identity.unprivileged(binaries.postgres_folder() / "postgres")
    return [usual, identity.nobody()] if os.geteuid() == 0 else [usual]


async def test_the_way_round_root_may_change_between_runs(tmp_path: Path) -> None:
    """Also when nobody can reach the programs: then a sentence says so, and the data are as they were."""
    for who in [*identities(), identities()[0]]:
        server = Postgres(tmp_path / "postgres", None, "word", careless=True, who=who)
        try:
            server.start()
        except CannotStart as error:
            assert "may not enter" in str(error)
            continue
        assert await sql(server.url, "CREATE TABLE IF NOT EXISTS kept ()", "SELECT count(*) FROM kept") == 0
        server.stop()
