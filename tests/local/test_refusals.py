"""The embedded servers where they cannot run: one clear sentence, and nothing left behind."""

import os
import socket
from pathlib import Path

import pytest

from picrete_gql.local import CannotStart, Stack
from picrete_gql.local.errors import AlreadyRuns
from picrete_gql.local.valkey import Valkey
from picrete_gql.settings import Settings
from tests.local.helpers import Launcher, sql


def test_two_in_one_folder(tmp_path: Path) -> None:
    running = Launcher(tmp_path)
    with pytest.raises(AlreadyRuns) as refusal:
        Stack.start(tmp_path)
    assert str(running.child.pid) in str(refusal.value)
    assert str(tmp_path) in str(refusal.value)
    assert running.end() == 0
    with Stack.start(tmp_path, throwaway=True):
        assert f"process {os.getpid()}" in Launcher(tmp_path).error
        with pytest.raises(AlreadyRuns):
            Stack.start(tmp_path)


def test_joining_what_does_not_run(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="does not run PostgreSQL, Valkey, rclone"):
        Stack.join(Settings(_env_file=None, data_dir=tmp_path))


@pytest.mark.parametrize("variable", ["PICRETE_PG_BIN", "PICRETE_VALKEY_BIN", "PICRETE_RCLONE_BIN"])
def test_a_program_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "nowhere"))
    with pytest.raises(CannotStart, match=r"nowhere.*is not a program"):
        Stack.start(tmp_path)


def test_a_program_that_fails_takes_the_others_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "rclone"
    program.write_text("#!/bin/sh\necho 'the disk is on fire'\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PICRETE_RCLONE_BIN", str(program))
    with pytest.raises(CannotStart, match=r"rclone ended at once.*(\n.*)*the disk is on fire"):
        Stack.start(tmp_path / "data", throwaway=True)
    assert not list((tmp_path / "data").glob("*/process"))
    monkeypatch.delenv("PICRETE_RCLONE_BIN")
    Stack.start(tmp_path / "data", throwaway=True).stop()


def test_a_program_that_never_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "valkey"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("PICRETE_VALKEY_BIN", str(program))
    server = Valkey(tmp_path / "home", None, "word", start_seconds=0.5)
    with pytest.raises(CannotStart, match=r"did not answer within 0\.5 s"):
        server.start()
    assert not server.running


async def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with Stack.start(tmp_path, throwaway=True) as stack:
        port = stack.postgres.port
    with socket.create_server(("127.0.0.1", port)), Stack.start(tmp_path, throwaway=True) as stack:
        assert stack.postgres.port != port
        assert await sql(stack.database_url, "SELECT 1") == 1
        stack.valkey.stop()
        taken = pytest.raises(CannotStart, match=r"(?i)address already in use")
        with socket.create_server(("127.0.0.1", stack.valkey.port)), taken:
            stack.valkey.start()
        stack.valkey.start()


def test_data_of_another_version(tmp_path: Path) -> None:
    Stack.start(tmp_path, redis=False, storage=False, throwaway=True).stop()
    (tmp_path / "postgres" / "data" / "PG_VERSION").write_text("14\n")
    with pytest.raises(CannotStart, match=r"are of PostgreSQL 14, and .* is PostgreSQL \d\d"):
        Stack.start(tmp_path)


def test_keys_that_cannot_be_read(tmp_path: Path) -> None:
    for damaged in ["", "[]", '{"postgres": "x", "unheard_of": 1}', "\0" * 100]:
        (tmp_path / "keys.json").write_text(damaged)
        with pytest.raises(CannotStart, match=r"keys\.json cannot be read"):
            Stack.start(tmp_path)


def test_ports_that_cannot_be_read_are_chosen_anew(tmp_path: Path) -> None:
    for damaged in ["", "[]", '{"valkey": null}', "1", "\0"]:
        (tmp_path / "ports.json").write_text(damaged)
        Stack.start(tmp_path, database=False, storage=False).stop()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in [tmp_path / "file", tmp_path / "file" / "below", Path("/proc/picrete")]:
        with pytest.raises(CannotStart, match="cannot be made"):
            Stack.start(place)


def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    place = tmp_path
    if os.geteuid() == 0:
        os.chown(tmp_path, 12_345, 12_345)
    else:
        place = Path("/etc")
    with pytest.raises(CannotStart, match=r"belongs to .*: run picrete as that user"):
        Stack.start(place)
