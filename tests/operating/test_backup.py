"""A world is backed up, destroyed, and brought back into other servers: nothing is missing, and the product works."""

import asyncio
import json
import shutil
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from sqlalchemy import text

from picrete_gql import models
from picrete_gql.commands.backup import back_up, database, keeping, shelf, verify
from picrete_gql.commands.backup.manifest import DUMP, INDEX
from picrete_gql.commands.backup.restoring import restore
from picrete_gql.gateways.storage import Missing, Storage
from picrete_gql.local import CannotStart
from picrete_gql.resolvers import materials, photos
from picrete_gql.rules.tokens import key_id
from picrete_gql.settings import Settings
from tests import images
from tests.operating.pair import serving
from tests.servers import stack
from tests.servers.stack import Servers
from tests.support.house import House
from tests.support.world import World


async def fill(world: World) -> Any:
    """A course with read pages, a mark on its way and a material; the attempt."""
    course = await world.course("kept", "teacher", ["ada", "bob"])
    work = await world.work(course, "teacher")
    for name in ("ada", "bob"):
        attempt = await world.start(name, work)
        for seed in range(2):
            await world.photo(name, attempt.id, seed)
    await materials.upload(await world.person("teacher"), course.id, "table.jpg", images.jpeg(images.page(7)))
    await world.jobs()
    return attempt


async def digest(url: str) -> dict[str, str]:
    """Every row of every table. Numbers of transactions are those of one server and say nothing in another."""
    connection = await asyncpg.connect(url)
    names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    found = {}
    for (name,) in await connection.fetch(names):
        row = "(to_jsonb(one) - 'xid')" if name == "event" else "to_jsonb(one)"
        lines = f"SELECT coalesce(md5(string_agg({row}::text, '|' ORDER BY {row}::text)), '') FROM {name} one"
        found[name] = await connection.fetchval(lines)
    await connection.close()
    return found


async def contents(settings: Settings) -> dict[str, bytes]:
    """Every object."""
    storage = Storage(settings.storage)
    found = {one.key: await storage.get(one.key) for one in await storage.list("")}
    await storage.close()
    return found


async def backed_up(settings: Settings, target: Path, keep: int | None = None) -> None:
    """As the command does it."""
    assert await asyncio.to_thread(back_up, settings, target, keep) == 0


async def restored(settings: Settings, target: Path, *, force: bool = False) -> None:
    """As the command does it."""
    assert await asyncio.to_thread(lambda: restore(settings, target, None, force=force)) == 0


def beside(settings: Settings, servers: Servers, url: str) -> Settings:
    """The same product on another database and bucket, perhaps of other servers."""
    of = servers.stack
    keys = {"endpoint": of.storage_endpoint, "access_key": of.access_key, "bucket": servers.bucket()}
    store = settings.storage.model_copy(update={**keys, "secret_key": type(settings.storage.secret_key)(of.secret_key)})
    base = settings.database.model_copy(update={"url": url})
    return settings.model_copy(update={"database": base, "storage": store})


@pytest.fixture
async def empty(settings: Settings, servers: Servers) -> AsyncIterator[Settings]:
    """Nothing yet, on the same servers."""
    url = await servers.create()
    yield beside(settings, servers, url)
    await servers.drop(url)


async def test_everything_comes_back_on_new_servers_and_works(world: World, servers: Servers, tmp_path: Path) -> None:
    settings, target = world.runtime.settings, tmp_path / "backups"
    await fill(world)
    rows, objects = await digest(settings.database.url), await contents(settings)
    assert len(objects) == 5 and len(set(rows.values())) > 10
    await backed_up(settings, target)
    await world.runtime.engine.dispose()
    await servers.drop(settings.database.url)
    await Storage(settings.storage).remove(*objects)
    with stack.session() as others:
        new = beside(settings, others, await others.create())
        new.redis = new.redis.model_copy(update={"url": await others.redis()})
        await restored(new, target)
        assert await digest(new.database.url) == rows and await contents(new) == objects
        async with serving(new) as (house,):
            house.start("worker")
            await house.ready()
            await works(house, objects)


async def test_a_tar_file_is_as_good(world: World, empty: Settings, tmp_path: Path) -> None:
    settings, target = world.runtime.settings, tmp_path / "whole.tar"
    await fill(world)
    await backed_up(settings, target)
    await asyncio.to_thread(verify, target, None)
    await restored(empty, target)
    assert await digest(empty.database.url) == await digest(settings.database.url)
    assert await contents(empty) == await contents(settings)


async def works(house: House, objects: dict[str, bytes]) -> None:
    """Old people see their old pages, and do something new."""
    ada, teacher = house.client(), house.client()
    await ada.sign_in("ada", "password-of-ada")
    await teacher.sign_in("teacher", "password-of-teacher")
    query = (
        "{ courses(first: 1) { nodes { id works(first: 1) { nodes { id myAttempts { id photos { viewUrl } } } } } } }"
    )
    (course,) = (await ada.run(query))["courses"]["nodes"]
    (attempt,) = course["works"]["nodes"][0]["myAttempts"]
    async with httpx2.AsyncClient() as http:
        seen = {(await http.get(photo["viewUrl"])).content for photo in attempt["photos"]}
    assert len(seen) == 2 and seen <= set(objects.values())
    await ada.upload(attempt["id"], "new.jpg", images.jpeg(images.page(9)))
    await ada.do("attemptSubmit", "attempt { id }", {"id": attempt["id"]})
    ocr = "query($id: ID!) { attempt(id: $id) { submission { ocrStatus } } }"
    async with asyncio.timeout(30):
        while (await ada.run(ocr, id=attempt["id"]))["attempt"]["submission"]["ocrStatus"] != "IN_REVIEW":
            await asyncio.sleep(0.1)
    code = (await teacher.do("inviteRotate", "code", {"courseId": course["id"], "role": "STUDENT"}))["code"]
    eve = await house.person("eve")
    await eve.do("courseJoin", "membership { id }", {"code": code})


async def test_the_second_backup_copies_only_what_is_new(world: World, tmp_path: Path) -> None:
    settings = world.runtime.settings
    attempt = await fill(world)
    await backed_up(settings, tmp_path)
    first = {path: path.stat().st_mtime_ns for path in (tmp_path / shelf.OBJECTS).glob("*/*")}
    read = await counted(settings, tmp_path)
    await world.photo("bob", attempt.id, 5)
    assert read == 0 and await counted(settings, tmp_path) == 1
    second = {path: path.stat().st_mtime_ns for path in (tmp_path / shelf.OBJECTS).glob("*/*")}
    assert len(second) == len(first) + 1 and first.items() <= second.items()
    assert len(shelf.names(tmp_path)) == 3
    for name in shelf.names(tmp_path):
        await asyncio.to_thread(verify, tmp_path, name)


async def counted(settings: Settings, target: Path) -> int:
    """How many objects a backup reads from the store."""
    calls, fetch = 0, Storage.fetch

    async def counting(self: Storage, key: str, into: Any) -> str:
        nonlocal calls
        calls += 1
        return await fetch(self, key, into)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Storage, "fetch", counting)
        await backed_up(settings, target)
    return calls


async def test_old_backups_go_and_the_others_stay_whole(world: World, empty: Settings, tmp_path: Path) -> None:
    settings = world.runtime.settings
    attempt = await fill(world)
    await backed_up(settings, tmp_path)
    doomed = (await photos.of_attempts(await world.person("bob"), [attempt.id]))[0][0]
    await photos.remove(await world.person("bob"), doomed.id)
    for _ in range(3):
        await backed_up(settings, tmp_path, 2)
    assert len(shelf.names(tmp_path)) == 2
    for name in shelf.names(tmp_path):
        await asyncio.to_thread(verify, tmp_path, name)
    kept = {path.name for path in (tmp_path / shelf.OBJECTS).glob("*/*")}
    assert kept == {item.sha256 for item in shelf.FolderReading(tmp_path, shelf.names(tmp_path)[-1]).items()}
    await restored(empty, tmp_path)
    assert await contents(empty) == await contents(settings)


async def test_it_refuses_to_overwrite_and_does_so_when_told(world: World, tmp_path: Path) -> None:
    settings = world.runtime.settings
    await fill(world)
    rows = await digest(settings.database.url)
    await backed_up(settings, tmp_path)
    await world.person("late")
    changed = await digest(settings.database.url)
    with pytest.raises(CannotStart, match="not empty"):
        await restored(settings, tmp_path)
    assert await digest(settings.database.url) == changed
    await restored(settings, tmp_path, force=True)
    assert await digest(settings.database.url) == rows


async def test_it_refuses_while_picrete_is_at_work(world: World, empty: Settings, tmp_path: Path) -> None:
    await fill(world)
    await backed_up(world.runtime.settings, tmp_path)
    connection = await asyncpg.connect(empty.database.url, server_settings={"application_name": "picrete"})
    with pytest.raises(CannotStart, match="Stop its processes"):
        await restored(empty, tmp_path)
    await connection.close()


async def test_a_restore_that_fails_leaves_what_was_there(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = world.runtime.settings
    await fill(world)
    await backed_up(settings, tmp_path)
    await world.person("late")
    rows = await digest(settings.database.url)

    async def broken(url: str, server: int, dump: Path) -> None:
        raise CannotStart("the power went")

    monkeypatch.setattr(database, "load", broken)
    with pytest.raises(CannotStart, match="power"):
        await restored(settings, tmp_path, force=True)
    assert await digest(settings.database.url) == rows


async def test_whatever_is_damaged_is_noticed_before_anything_is_touched(
    world: World, empty: Settings, tmp_path: Path
) -> None:
    await fill(world)
    await backed_up(world.runtime.settings, tmp_path / "good")
    (name,) = shelf.names(tmp_path / "good")
    some = next((tmp_path / "good" / shelf.OBJECTS).glob("*/*")).relative_to(tmp_path / "good")
    for place in (Path(shelf.BACKUPS) / name / DUMP, Path(shelf.BACKUPS) / name / INDEX, some):
        for harm in (flipped, Path.unlink):
            bad = tmp_path / "bad"
            shutil.copytree(tmp_path / "good", bad)
            harm(bad / place)
            with pytest.raises(CannotStart, match=r"damaged|missing"):
                await asyncio.to_thread(verify, bad, None)
            with pytest.raises(CannotStart, match=r"damaged|missing"):
                await restored(empty, bad, force=True)
            shutil.rmtree(bad)
    assert await digest(empty.database.url) == {}


def flipped(path: Path) -> None:
    """One bit is another."""
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(bytes(body))


async def test_objects_that_come_and_go_meanwhile(
    world: World, empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After the dump a page is removed and another sent: the first is named as missing, the second does no harm."""
    settings = world.runtime.settings
    attempt = await fill(world)
    gone = (await photos.of_attempts(await world.person("bob"), [attempt.id]))[0][0]
    dump = database.dump

    async def slowly(url: str, into: Path) -> Any:
        made = await dump(url, into)
        storage = Storage(settings.storage)
        await storage.remove(gone.key)
        await storage.put("courses/late.jpg", b"late", "image/jpeg")
        await storage.close()
        return made

    monkeypatch.setattr(database, "dump", slowly)
    await backed_up(settings, tmp_path)
    assert gone.key in capsys.readouterr().err
    assert shelf.reading(tmp_path).manifest.missing == [gone.key]
    await asyncio.to_thread(verify, tmp_path, None)
    await restored(empty, tmp_path)
    storage = Storage(empty.storage)
    with pytest.raises(Missing):
        await storage.get(gone.key)
    assert await storage.get("courses/late.jpg") == b"late"
    await storage.close()


async def test_a_backup_that_breaks_off_leaves_none(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = world.runtime.settings
    await fill(world)
    for name in ("folder", "one.tar"):
        with monkeypatch.context() as patch:
            patch.setattr(shelf.FolderWriting, "finish", broken)
            patch.setattr(shelf.TarWriting, "finish", broken)
            with pytest.raises(CannotStart, match="full"):
                await backed_up(settings, tmp_path / name)
    assert shelf.names(tmp_path / "folder") == [] and not (tmp_path / "one.tar").exists()
    assert not list(tmp_path.rglob(f"*{shelf.PARTIAL}"))
    with pytest.raises(CannotStart, match="there is no backup"):
        verify(tmp_path / "folder", None)
    with pytest.raises(CannotStart, match="cannot be read"):
        verify(tmp_path / "one.tar", None)


def broken(*_: Any) -> str:
    """The disk is full."""
    raise OSError(28, "the disk is full")


async def test_an_older_backup_is_brought_up_to_date_and_a_newer_one_refused(
    world: World, empty: Settings, tmp_path: Path
) -> None:
    from alembic import command
    from picrete_gql import migrations

    settings = world.runtime.settings
    await fill(world)
    await asyncio.to_thread(command.downgrade, migrations.config(settings.database.url), "-1")
    before = migrations.known()[1]
    await backed_up(settings, tmp_path)
    assert shelf.reading(tmp_path).manifest.migration == before
    await restored(empty, tmp_path)
    connection = await asyncpg.connect(empty.database.url)
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == migrations.head()
    await connection.close()
    (name,) = shelf.names(tmp_path)
    place = tmp_path / shelf.BACKUPS / name / "manifest.json"
    place.write_text(place.read_text().replace(f'"migration": "{before}"', '"migration": "9999"'))
    with pytest.raises(CannotStart, match="newer picrete"):
        await restored(empty, tmp_path, force=True)


async def test_another_secret_key_is_mentioned_by_its_name(
    world: World, empty: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = world.runtime.settings.auth.secret_key
    await fill(world)
    await backed_up(world.runtime.settings, tmp_path)
    other = type(old)("quite-another-secret-of-the-tests-of-today")
    empty.auth = empty.auth.model_copy(update={"secret_key": other})
    await restored(empty, tmp_path)
    said = capsys.readouterr().err
    assert key_id(old.get_secret_value()) in said and old.get_secret_value() not in said


async def test_nobody_else_can_read_it_and_no_secret_is_in_it(world: World, tmp_path: Path) -> None:
    settings = world.runtime.settings
    await fill(world)
    await backed_up(settings, tmp_path / "folder")
    await backed_up(settings, tmp_path / "one.tar")
    assert (tmp_path / "folder").stat().st_mode & 0o77 == 0 and (tmp_path / "one.tar").stat().st_mode & 0o77 == 0
    (name,) = shelf.names(tmp_path / "folder")
    said = (tmp_path / "folder" / shelf.BACKUPS / name / "manifest.json").read_text()
    assert json.loads(said)["rows"]["photo"] == 4
    for secret in (settings.auth.secret_key, settings.storage.secret_key):
        assert secret.get_secret_value() not in said
    with tarfile.open(tmp_path / "one.tar") as tar:
        assert tar.getnames()[-1] == "manifest.json"


async def test_two_at_once_into_one_folder(world: World, tmp_path: Path) -> None:
    await fill(world)
    with shelf.alone(tmp_path), pytest.raises(CannotStart, match="under way"):
        await backed_up(world.runtime.settings, tmp_path)


async def test_what_cannot_be_backed_up_is_said(
    world: World, servers: Servers, empty: Settings, tmp_path: Path
) -> None:
    with pytest.raises(CannotStart, match="empty"):
        await backed_up(empty, tmp_path)
    with pytest.raises(CannotStart, match="at least 1"):
        await backed_up(world.runtime.settings, tmp_path, 0)
    with pytest.raises(CannotStart, match="at least 1"):
        await backed_up(world.runtime.settings, tmp_path / "x.tar", 3)
    away = world.runtime.settings.model_copy()
    away.database = away.database.model_copy(update={"url": "postgresql://u:p@127.0.0.1:9/x"})
    with pytest.raises(CannotStart, match="PostgreSQL does not answer"):
        await backed_up(away, tmp_path)
    with pytest.raises(CannotStart, match="there is no backup"):
        await restored(empty, tmp_path / "nowhere")


def test_every_table_that_keeps_objects_is_asked_for_them() -> None:
    """A `key` that is no place in the store is named here."""
    other = {models.TelegramAnswer}
    tables = {value for value in vars(models).values() if isinstance(value, type) and hasattr(value, "__table__")}
    assert {model for model in tables if hasattr(model, "key")} - other == set(database.KEEPERS)


async def test_bytes_are_shared_and_only_unneeded_ones_go(world: World, tmp_path: Path) -> None:
    storage = Storage(world.runtime.settings.storage)
    for key in ("materials/a", "materials/b"):
        await storage.put(key, b"the same", "image/jpeg")
    await backed_up(world.runtime.settings, tmp_path)
    await storage.remove("materials/a")
    await storage.close()
    await backed_up(world.runtime.settings, tmp_path)
    assert len(list((tmp_path / shelf.OBJECTS).glob("*/*"))) == 1
    keeping.keep_newest(tmp_path, 1)
    assert len(list((tmp_path / shelf.OBJECTS).glob("*/*"))) == 1
    await asyncio.to_thread(verify, tmp_path, None)


async def test_the_activity_is_complete_after_a_restore(world: World, empty: Settings, tmp_path: Path) -> None:
    """Numbers of transactions start low in a new server: events of the old one must not lie in its future."""
    await fill(world)
    async with world.runtime.engine.begin() as connection:
        await connection.execute(text("UPDATE event SET xid = 4000000000"))
    await backed_up(world.runtime.settings, tmp_path)
    await restored(empty, tmp_path)
    connection = await asyncpg.connect(empty.database.url)
    assert await connection.fetchval("SELECT max(xid) FROM event") == 0
    await connection.close()
