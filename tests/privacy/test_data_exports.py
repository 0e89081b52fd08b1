"""Everything that is known of a person in one archive: what is in it, what is not, who gets it, crashes."""

import io
import json
import zipfile
from typing import Any

import httpx2
import pytest
from sqlmodel import select

from picrete_gql.call import Context
from picrete_gql.jobs import data_exports as jobs
from picrete_gql.models import Criterion, DataExport, DataExportStatus, Release
from picrete_gql.problems import Locale, NotFound
from picrete_gql.resolvers import accounts, data_exports, erasures, grades, regrades
from picrete_gql.resolvers import data_exports_packing as packing
from picrete_gql.resolvers import telegram as links
from picrete_gql.rules.data_exports import TooManyDataExports
from picrete_gql.rules.telegram import Chat
from tests.attempts.steps import TEACHER, away, class_of, happened, prechecked, rows
from tests.schema import campus as places
from tests.servers import stack
from tests.support.world import World

Status = DataExportStatus


async def asked(world: World, name: str) -> DataExport:
    """Somebody asks for their data."""
    return await data_exports.request(await world.person(name), world.people[name].id)


async def stored(world: World) -> DataExport:
    """The latest export as it is now."""
    found: list[DataExport] = await rows(world, select(DataExport).order_by(DataExport.id))
    return found[-1]


async def opened(context: Context, export: DataExport) -> dict[str, bytes]:
    """What the archive holds, fetched by its address."""
    [url] = await data_exports.urls(context, [export.id])
    assert url is not None
    async with httpx2.AsyncClient() as http:
        answer = await http.get(url)
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def test_the_archive_holds_a_persons_life(world: World) -> None:
    _, work = await class_of(world, "ada", release=Release.MANUAL)
    found = await prechecked(world, "ada", work, pages=2)
    teacher, ada = await world.person(TEACHER), await world.person("ada")
    await grades.approve(teacher, found.id, found.version)
    await links.attach(world.system, world.people["ada"].id, Chat(77, "Ada's phone", Locale.RU))
    export = await asked(world, "ada")
    assert (await asked(world, "ada")).id == export.id
    await world.jobs()
    ready = await stored(world)
    assert (ready.status, ready.done, ready.total) == (Status.READY, 1, 1)
    held = await opened(ada, ready)
    assert held["attempts/001/page-1.jpg"][:3] == held["attempts/001/page-2.jpg"][:3] == b"\xff\xd8\xff"
    assert "Здесь всё" in held["README.txt"].decode()
    account = json.loads(held["account.json"])
    assert (account["username"], account["telegram"]["telegram_id"]) == ("ada", 77)
    assert [one["to"] for one in account["agreed"]] == ["consent", "terms", "privacy"]
    paper = json.loads(held["attempts/001/attempt.json"])
    assert len(paper["pages"]) == 2 and paper["pages"][0]["readings"][0]["text"]
    # The mark is not released yet, so nothing of it is in there.
    assert paper["mark"] is None
    everything = b"".join(held.values())
    assert b"argon2" not in everything and b"SECRET" not in everything and found.ai_feedback.encode() not in everything
    assert [one["course"] for one in json.loads(held["memberships.json"])] == ["Chem"]
    assert "attempt.submitted" in {event["name"] for event in json.loads(held["events-001.json"])}
    await grades.release(teacher, work.id)
    [criterion, *_] = await rows(world, select(Criterion).where(Criterion.work_id == work.id))
    await regrades.ask(ada, found.id, criterion.id, "please look again", None)
    await asked(world, "ada")
    await world.jobs()
    paper = json.loads((await opened(ada, await stored(world)))["attempts/001/attempt.json"])
    assert paper["mark"]["final_points"] == "8.00" and len(paper["mark"]["scores"]) == 2
    assert [one["text"] for one in paper["regrades"]] == ["please look again"]


async def test_nobody_elses_words_are_in_it(world: World) -> None:
    campus = await places.build(world.runtime)
    owner = campus.of("owner")
    export = await data_exports.request(owner, campus.people["owner"].account.id)
    await packing.make(world.system, export.account_id)
    everything = b"".join((await opened(owner, export)).values()).decode()
    for what in ("name", "agent", "telegram", "identity", "draft", "text", "issue", "summary", "page", "set", "answer"):
        assert f"PRIVATE-owner-{what}" in everything, what
    assert "PRIVATE-classmate" not in everything and "PRIVATE-teacher" not in everything
    assert not [word for word in ("SECRET-RAW", "SECRET-HASHED", "SECRET-AI", "MARK-") if word in everything]


async def test_only_the_person_and_administrators_get_it(world: World) -> None:
    await class_of(world, "ada", "bob")
    for name in ("bob", TEACHER):
        with pytest.raises(NotFound):
            await data_exports.request(await world.person(name), (await world.person("ada")).actor.account_id)  # type: ignore[arg-type]
    await world.person("root")
    await accounts.administer(world.system, world.people["root"].id, is_platform_admin=True)
    root = await world.person("root")
    export = await data_exports.request(root, world.people["ada"].id)
    await world.jobs()
    assert "account.json" in await opened(root, export)
    assert await data_exports.urls(await world.person("bob"), [export.id]) == [None]
    with pytest.raises(NotFound):
        await anext(data_exports.watch(await world.person("bob"), export.id))


async def test_so_many_a_day(world: World) -> None:
    await world.person("ada")
    for _ in range(3):
        await asked(world, "ada")
        await world.jobs()
    with pytest.raises(TooManyDataExports):
        await asked(world, "ada")
    world.clock.forward(hours=25)
    assert await asked(world, "ada")


async def test_it_expires_and_is_swept(world: World) -> None:
    ada = await world.person("ada")
    await asked(world, "ada")
    await world.jobs()
    storage = world.runtime.gateways.storage
    assert len(await storage.list("")) == 1
    world.clock.forward(hours=49)
    assert await data_exports.urls(ada, [(await stored(world)).id]) == [None]
    # The process dies before the store hears of it.
    assert len(await data_exports.expire(world.system)) == 1
    assert (await stored(world)).status is Status.EXPIRED and len(await storage.list("")) == 1
    assert await data_exports.remove_orphans(world.system) == 1
    assert await storage.list("") == []


async def test_progress_is_watched(world: World) -> None:
    _, work = await class_of(world, "ada")
    await prechecked(world, "ada", work)
    ada = await world.person("ada")
    export = await asked(world, "ada")
    view = data_exports.watch(ada, export.id)
    assert (await anext(view)).status is Status.WAITING
    await world.jobs()
    seen: Any = None
    async for seen in view:
        if seen.status is Status.READY:
            break
    assert seen.done == seen.total == 1
    await view.aclose()


async def test_a_dead_workers_archive_is_taken_over(world: World) -> None:
    await world.person("ada")
    export = await asked(world, "ada")
    owner = export.id
    assert await packing.begin(world.system, export.account_id, owner)
    assert await packing.begin(world.system, export.account_id, owner) is None
    assert await packing.stalled(world.system) == []
    world.clock.forward(minutes=2)
    assert [row.id for row in await packing.stalled(world.system)] == [export.id]
    await jobs.wake(world.system)
    await world.jobs()
    done = await stored(world)
    assert (done.status, done.tries) == (Status.READY, 1)
    assert not await packing.finish(world.system, export.id, owner, 1)


async def test_the_store_may_be_away_but_not_for_ever(world: World, servers: stack.Servers) -> None:
    world.runtime.settings.privacy.export_tries = 2
    await world.person("ada")
    export = await asked(world, "ada")
    async with away(servers.stack.storage):
        assert await packing.make(world.system, export.account_id) is not None
        assert await packing.stalled(world.system, quiet=0) == []
        world.clock.forward(minutes=2)
        assert await packing.make(world.system, export.account_id) is None
    assert (await stored(world)).status is Status.FAILED
    assert await happened(world, "data_export.failed") == ["data_export.failed"]


async def test_an_erasure_takes_the_archive_along(world: World) -> None:
    await world.person("ada")
    export = await asked(world, "ada")
    taken = await packing.begin(world.system, export.account_id, export.id)
    assert taken is not None
    await erasures.request(await world.person("ada"), "password-of-ada")
    world.clock.forward(days=8)
    [erasure] = await erasures.due(world.system)
    await erasures.run(world.system, erasure)
    assert not await packing.renew(world.system, export.id, export.id)
    assert await rows(world, select(DataExport)) == []
