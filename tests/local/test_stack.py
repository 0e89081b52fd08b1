"""The embedded servers on an ordinary day."""

import socket
import stat
import threading
from pathlib import Path

import asyncpg
import pytest
import redis
from minio.error import MinioException

from picrete_gql.local import Stack, borrow, leftovers
from picrete_gql.settings import Database, Redis, Settings, Storage
from tests.local.helpers import Launcher, minio, ordinary, read, sql, write


def empty(folder: Path, **groups: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **groups)


async def test_everything_answers_from_an_empty_folder(tmp_path: Path) -> None:
    with Stack.start(tmp_path / "not" / "yet" / "с пробелом") as stack:
        await write(stack, "вода")
        assert await read(stack) == {"вода"}
        assert await sql(stack.database_url, "SELECT current_database()") == "picrete"
        assert int(str(await sql(stack.database_url, "SHOW server_version_num"))) >= 140_000
        assert await sql(stack.database_url, "SELECT lower('ЁЖ')") == "ёж"
        assert await sql(stack.database_url, "SHOW fsync") == "on"
    assert not any(server.running for server in stack.servers)


async def test_nobody_gets_in_without_the_password(tmp_path: Path) -> None:
    with Stack.start(tmp_path, throwaway=True) as stack:
        with pytest.raises(asyncpg.InvalidPasswordError):
            await sql(stack.database_url.replace(stack.keys.postgres, "wrong"), "SELECT 1")
        stranger = redis.Redis.from_url(stack.redis_url.replace(stack.keys.valkey, "wrong"))
        with stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        with pytest.raises(MinioException):
            minio(stack, secret="wrong").list_buckets()


def test_secrets_are_for_our_eyes_only(tmp_path: Path) -> None:
    with Stack.start(tmp_path, throwaway=True) as stack:
        secrets = [stack.keys.postgres, stack.keys.valkey, stack.keys.storage_secret]
        for server in stack.servers:
            line = leftovers.command_line(server.pid)
            assert line
            assert not any(secret in line for secret in secrets)
            with pytest.raises(OSError):
                socket.create_connection(("127.0.0.2", server.port), timeout=2).close()
        assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


async def test_a_second_start_finds_everything_as_it_was(tmp_path: Path) -> None:
    with Stack.start(tmp_path) as first:
        await write(first, "соль")
        system = await sql(first.database_url, "SELECT system_identifier FROM pg_control_system()")
        settings = first.apply(empty(tmp_path))
    with Stack.start(tmp_path) as second:
        assert await read(second) == {"соль"}
        assert await sql(second.database_url, "SELECT system_identifier FROM pg_control_system()") == system
        assert second.apply(empty(tmp_path)) == settings


def test_apply_fills_only_what_is_empty(tmp_path: Path) -> None:
    given = empty(tmp_path, redis=Redis(url="redis://elsewhere:1/0"), auth={"secret_key": "x" * 40})
    with Stack.start_for(given) as stack:
        assert stack.valkey is None
        settings = stack.apply(given)
    assert settings.redis.url == "redis://elsewhere:1/0"
    assert settings.auth.secret_key.get_secret_value() == "x" * 40
    assert settings.database.url.startswith("postgresql://picrete:")
    assert settings.storage.endpoint.startswith("http://127.0.0.1:")
    assert settings.storage.secret_key.get_secret_value()
    assert given.database.url == ""


def elsewhere(folder: Path, **more: object) -> Settings:
    database, store = Database(url="postgresql://a:b@elsewhere/c"), Storage(endpoint="http://elsewhere:9000")
    return empty(folder, database=database, redis=Redis(url="redis://elsewhere"), storage=store, **more)


def test_given_addresses_start_nothing(tmp_path: Path) -> None:
    settings = elsewhere(tmp_path / "data", auth={"secret_key": "x" * 40})
    with Stack.start_for(settings) as stack:
        assert stack.servers == []
        assert stack.apply(settings) == settings
    assert not (tmp_path / "data").exists()


def test_the_auth_secret_is_made_once(tmp_path: Path) -> None:
    first, second = (Stack.start_for(elsewhere(tmp_path)).apply(elsewhere(tmp_path)) for _ in range(2))
    assert len(first.auth.secret_key.get_secret_value()) >= 32
    assert first.auth.secret_key == second.auth.secret_key


def test_in_production_beside_a_database_elsewhere_the_secret_must_be_given(tmp_path: Path) -> None:
    settings = elsewhere(tmp_path, environment="production")
    assert Stack.start_for(settings).apply(settings).auth.secret_key.get_secret_value() == ""


async def test_each_server_can_be_stopped_and_comes_back_on_its_port(tmp_path: Path) -> None:
    with Stack.start(tmp_path) as stack:
        await write(stack, "медь")
        before = stack.apply(empty(tmp_path))
        for server in stack.servers:
            server.stop()
            assert not server.running
            server.start()
            server.kill()
            assert not server.running
            server.start()
        assert stack.apply(empty(tmp_path)) == before
        assert await read(stack) == {"медь"}


def test_servers_outlive_the_thread_that_started_them(tmp_path: Path) -> None:
    stacks: list[Stack] = []
    thread = threading.Thread(target=lambda: stacks.append(Stack.start(tmp_path, throwaway=True)))
    thread.start()
    thread.join()
    with stacks[0] as stack:
        assert all(server.running and server.ready() for server in stack.servers)


async def test_a_short_command_borrows_the_servers_of_a_running_picrete(tmp_path: Path) -> None:
    running = Launcher(tmp_path)
    with borrow(empty(tmp_path)) as settings:
        assert settings.database.url == running.url
        assert await sql(settings.database.url, "SELECT 1") == 1
    assert await sql(running.url, "SELECT 1") == 1
    assert running.end() == 0
    with borrow(empty(tmp_path)) as settings:
        assert await sql(settings.database.url, "SELECT 1") == 1
    with pytest.raises(OSError):
        await sql(settings.database.url, "SELECT 1")


async def test_an_ordinary_user_needs_nothing_special(tmp_path: Path) -> None:
    who = ordinary()
    who.own(tmp_path)
    running = Launcher(tmp_path / "data", who.word)
    assert running.error == ""
    assert await sql(running.url, "SELECT current_user") == "picrete"
    assert running.end() == 0
