"""Import: all or nothing, the same again changes nothing, bad rows are named."""

import asyncio
import random
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from picrete_gql.call import Context
from picrete_gql.models import Happening
from picrete_gql.problems import Code, Conflict, Forbidden, Locale, NotFound, Unauthenticated, Unavailable
from picrete_gql.resolvers import bank_import
from picrete_gql.resolvers.bank_import import SourcePlan
from picrete_gql.rules.bank_file import BankFileRefused
from tests.bank.files import as_json, bring, counts, inline, items, picture, small, zipped
from tests.schema.digests import digest
from tests.support.world import World

BANK = ("bank_source", "bank_section", "bank_item", "bank_image")


async def bank_digest(world: World) -> dict[str, str]:
    """What of the bank must not change; when it was imported last is no part of it."""
    async with world.runtime.engine.begin() as connection:
        await connection.execute(text("UPDATE bank_source SET imported_at = created_at"))
    found = await digest(world.runtime)
    return {name: found[name] for name in BANK}


async def stored(world: World) -> list[str]:
    return [one.key for one in await world.runtime.gateways.storage.list("")]


async def test_the_report_and_the_same_again(world: World) -> None:
    rows = small()
    rows[0]["tasks"][0]["images"] = [inline(picture())]
    assert counts(await bring(world, rows)) == (4, 0, 0, 0)
    before, keys = await bank_digest(world), await stored(world)
    world.clock.forward(minutes=1)
    assert counts(await bring(world, rows)) == (0, 0, 4, 0)
    assert await bank_digest(world) == before
    assert await stored(world) == keys, "no picture is stored twice"


CHANGES: list[tuple[str, Any, tuple[int, int, int, int]]] = [
    ("answer", "6 г", (0, 1, 3, 0)),
    ("text", "Новый текст", (0, 1, 3, 0)),
    ("images", [inline(picture(7))], (0, 1, 3, 0)),
    ("number", "2.11", (1, 0, 3, 1)),
]


async def test_what_differs_is_changed_and_nothing_else(world: World) -> None:
    for slug, (key, value, expected) in enumerate(CHANGES):
        rows = small()
        rows[0]["tasks"][0]["images"] = [inline(picture())]
        await bring(world, rows, f"book-{slug}")
        rows[0]["tasks"][0][key] = value
        assert counts(await bring(world, rows, f"book-{slug}")) == expected
        assert counts(await bring(world, rows, f"book-{slug}")) == (0, 0, sum(expected[:3]), expected[3])


async def test_a_section_that_moves_takes_its_tasks_along(world: World) -> None:
    rows = small()
    await bring(world, rows)
    rows[1]["topic"] = "Пары"
    assert counts(await bring(world, rows)) == (0, 1, 3, 0)
    async with world.runtime.engine.connect() as connection:
        topics = set((await connection.execute(text("SELECT topic FROM bank_section"))).scalars())
    assert topics == {"Растворы", "Пары"}, "no section is left without tasks"


BAD: list[tuple[Any, str]] = [
    (b"{", ""),
    (b"\xff\xfe", ""),
    (b"[" * 100_000, ""),
    ({}, ""),
    ([], ""),
    ([5], "[0]"),
    ([{"paragraph": "1", "tasks": []}], ""),
    ([{"tasks": [{"number": "1", "text": "x"}]}], "[0].paragraph"),
    ([{"paragraph": "1"}], "[0].tasks"),
    ([{"paragraph": "1", "tasks": ["x"]}], "[0].tasks[0]"),
    ([{"paragraph": "1", "tasks": [{"text": "x"}]}], "[0].tasks[0].number"),
    ([{"paragraph": "1", "tasks": [{"number": 2.1, "text": "x"}]}], "[0].tasks[0].number"),
    ([{"paragraph": "1", "tasks": [{"number": True, "text": "x"}]}], "[0].tasks[0].number"),
    ([{"paragraph": "1", "tasks": [{"number": "1" * 41, "text": "x"}]}], "[0].tasks[0].number"),
    ([{"paragraph": "1", "tasks": [{"number": "1", "text": "  "}]}], "[0].tasks[0].text"),
    ([{"paragraph": "1", "tasks": [{"number": "1", "text": "a\0b"}]}], "[0].tasks[0].text"),
    ([{"paragraph": "1", "tasks": [{"number": "1", "text": "x" * 20_001}]}], "[0].tasks[0].text"),
    ([{"paragraph": "1", "tasks": [{"number": "1", "text": "x", "answer": ["5"]}]}], "[0].tasks[0].answer"),
    ([{"paragraph": "1", "tasks": [{"number": "1", "text": "x"}] * 2}], "[0].tasks[1].number"),
    ([{"paragraph": "1", "tasks": [{"number": "1", "text": "x", "images": "a.png"}]}], "[0].tasks[0].images"),
    ([{"paragraph": "1", "tasks": [{"number": "1", "text": "x", "images": [5]}]}], "[0].tasks[0].images[0]"),
    ([{"paragraph": "1", "tasks": [{"number": "1", "text": "x", "images": ["a.png"]}]}], "[0].tasks[0].images[0]"),
    (
        [{"paragraph": "1", "tasks": [{"number": "1", "text": "x", "images": ["data:image/png;base64,@@"]}]}],
        "[0].tasks[0].images[0]",
    ),
    (
        [{"paragraph": "1", "tasks": [{"number": "1", "text": "x", "images": [inline(b"no picture")]}]}],
        "[0].tasks[0].images[0]",
    ),
    (
        [
            {"paragraph": "1", "topic": "t", "theory": theory, "tasks": [{"number": theory, "text": "x"}]}
            for theory in ("1", "2")
        ],
        "[1].theory",
    ),
]


async def test_a_bad_row_is_named_and_nothing_is_imported(world: World) -> None:
    await bring(world, small())
    before, keys = await bank_digest(world), await stored(world)
    for rows, path in BAD:
        with pytest.raises(BankFileRefused) as caught:
            await bring(world, rows)
        assert path in caught.value.paths, (path, caught.value.paths)
        assert caught.value.code is Code.INVALID_INPUT
        assert caught.value.say(Locale.RU) != caught.value.say(Locale.EN)
        assert path in caught.value.say(Locale.RU)
    assert await bank_digest(world) == before
    assert await stored(world) == keys


async def test_all_bad_rows_are_named_and_good_pictures_of_a_refused_file_are_gone(world: World) -> None:
    tasks = [{"number": str(n), "text": "x", "images": [inline(picture(n))]} for n in range(3)]
    tasks += [{"number": name, "text": "x", "images": [inline(name.encode())]} for name in ("b1", "b2")]
    with pytest.raises(BankFileRefused) as caught:
        await bring(world, [{"paragraph": "1", "tasks": tasks}])
    assert caught.value.paths == ["[0].tasks[3].images[0]", "[0].tasks[4].images[0]"]
    assert await stored(world) == []
    assert await items(world) == []


async def test_so_many_faults_are_counted_but_only_some_named(world: World) -> None:
    with pytest.raises(BankFileRefused) as caught:
        await bring(world, [{"paragraph": "1", "tasks": [{}] * 100}])
    assert caught.value.count == 200
    assert len(caught.value.paths) == world.runtime.settings.bank.faults_named


async def test_when_the_store_is_away_nothing_is_imported(world: World) -> None:
    rows = small()
    rows[0]["tasks"][0]["images"] = [inline(picture())]
    endpoint = world.runtime.gateways.storage.client._base_url
    world.runtime.gateways.storage.client._base_url = type(endpoint)("http://127.0.0.1:9", "us-east-1")
    try:
        with pytest.raises(Unavailable):
            await bring(world, rows)
    finally:
        world.runtime.gateways.storage.client._base_url = endpoint
    assert await items(world) == []


async def test_pictures_whose_transaction_fails_are_removed(world: World) -> None:
    """A course that does not exist: the refusal comes after the pictures were stored."""
    rows = small()
    rows[0]["tasks"][0]["images"] = [inline(picture())]
    gone = (await world.course("gone", "tess")).id
    async with world.runtime.engine.begin() as connection:
        await connection.execute(text("DELETE FROM course"))
    with pytest.raises(NotFound):
        await bank_import.run(world.system, SourcePlan("book", "", gone), as_json(rows))
    assert await stored(world) == []
    assert await items(world) == []


async def test_two_imports_at_once_are_one_after_the_other(world: World) -> None:
    rows = small()
    for n, task in enumerate(rows[0]["tasks"]):
        task["images"] = [inline(picture(n))]
    both = await asyncio.gather(*(bring(world, rows) for _ in range(3)), return_exceptions=True)
    done = [one for one in both if not isinstance(one, BaseException)]
    assert done, both
    assert all(isinstance(one, Conflict) for one in both if isinstance(one, BaseException)), both
    assert sum(one.added for one in done) == 4
    assert counts(await bring(world, rows)) == (0, 0, 4, 0)


async def test_the_sweeper_takes_only_what_no_task_names(world: World) -> None:
    rows = small()
    rows[0]["tasks"][0]["images"] = [inline(picture(1))]
    await bring(world, rows)
    old = await stored(world)
    rows[0]["tasks"][0]["images"] = [inline(picture(2))]
    await bring(world, rows)
    assert await bank_import.remove_orphans(world.system) == 0, "young objects may belong to a running import"
    world.clock.forward(minutes=60)
    assert await bank_import.remove_orphans(world.system) == 1
    left = await stored(world)
    assert len(left) == 1
    assert left != old
    assert await bank_import.remove_orphans(world.system) == 0


async def test_a_zip_with_pictures_in_folders(world: World) -> None:
    rows = small()
    rows[0]["tasks"][0]["images"] = ["pics/схема й.png", "pics/схема й.png"]
    rows[0]["tasks"][1]["images"] = ["pics/схема й.png"]
    body = zipped(rows, {"pics/схема й.png": picture(), "pics/unused.exe": b"MZ"}, base="export/")
    assert counts(await bring(world, body)) == (4, 0, 0, 0)
    assert len(await stored(world)) == 1, "the same picture is stored once"
    assert counts(await bring(world, body)) == (0, 0, 4, 0)


OUTSIDE = ["../secret.png", "/etc/passwd", "a/../../b.png", "C:\\x.png", "..", "pics\\x.png"]


async def test_a_picture_cannot_be_named_outside(world: World) -> None:
    for name in OUTSIDE:
        rows = small()
        rows[0]["tasks"][0]["images"] = [name]
        with pytest.raises(BankFileRefused) as caught:
            await bring(world, zipped(rows, {name: picture()}))
        assert caught.value.paths == ["[0].tasks[0].images[0]"], name


def cut_zip() -> bytes:
    body = zipped(small(), {"a.png": picture()})
    return body[: len(body) - 40]


def bomb() -> bytes:
    rows = small()
    rows[0]["tasks"][0]["images"] = ["a.png"]
    return zipped(rows, {"a.png": bytes(5_000_000)})


async def test_zips_that_are_none(world: World) -> None:
    world.runtime.settings.bank.unpacked_bytes = 1_000_000
    for body in (cut_zip(), bomb(), zipped(small(), {"second.json": b"[]"}), b"PK\x03\x04"):
        with pytest.raises(BankFileRefused):
            await bring(world, body)
    assert await items(world) == []


async def test_a_file_that_is_too_large_is_not_read(world: World) -> None:
    world.runtime.settings.bank.file_bytes = 100
    with pytest.raises(BankFileRefused, match="larger"):
        await bring(world, b"[" + b" " * 200)


async def test_only_an_administrator_imports(world: World) -> None:
    course = await world.course("chem", "tess", ["ada"])
    for who in (await world.person("tess"), await world.person("ada")):
        with pytest.raises(Forbidden):
            await bank_import.run(who, SourcePlan("book", "", course.id), as_json(small()))
    with pytest.raises(Unauthenticated):
        await bank_import.run(Context(world.runtime), SourcePlan("book"), as_json(small()))


async def test_it_happened(world: World) -> None:
    course = await world.course("chem", "tess")
    await bring(world, small(), course=course)
    async with world.runtime.sessions() as session:
        rows = (await session.execute(select(Happening).where(Happening.course_id == course.id))).scalars().all()
    told = {row.name: row.data for row in rows}
    assert told["bank.imported"] == {"source": "book", "added": 4, "changed": 0, "unchanged": 0}
    assert "source.attached" in told


async def test_random_files_twice(world: World) -> None:
    """Property: importing twice, in any order of sections, is importing once."""
    for seed in range(12):
        mix = random.Random(seed)
        rows = [
            {
                "paragraph": f"§ {n}",
                "topic": mix.choice(["", "Ёж", "a_b%"]),
                "tasks": [
                    {
                        "number": f"{n}.{k}",
                        "text": mix.choice("абв"),
                        "answer": mix.choice([None, "", "5 г", 7]),
                    }
                    for k in range(mix.randint(0, 5))
                ],
            }
            for n in range(mix.randint(1, 4))
        ]
        count = sum(len(section["tasks"]) for section in rows)
        if not count:
            continue
        assert counts(await bring(world, rows, f"r{seed}")) == (count, 0, 0, 0)
        mix.shuffle(rows)
        assert counts(await bring(world, rows, f"r{seed}")) == (0, 0, count, 0)
