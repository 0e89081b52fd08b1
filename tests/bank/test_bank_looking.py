"""Looking through the bank: filters, natural order, search, pages, who sees what."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import event

from picrete_gql.call import Context
from picrete_gql.models import Course
from picrete_gql.paging import Ask
from picrete_gql.problems import Invalid, NotFound, Problem
from picrete_gql.resolvers import bank, trainer
from picrete_gql.settings import Settings
from tests.bank.files import bring, inline, items, numbers, picture, school, small
from tests.support.world import World


async def test_filters_and_order(world: World) -> None:
    course, source = await school(world)
    other = (await bring(world, [{"paragraph": "§ 2", "tasks": [{"number": "2.2", "text": "чужая"}]}], "other")).source
    assert await numbers(world, source_id=source.id) == ["2.1", "2.9", "2.10", "10.1"]
    assert await numbers(world) == ["2.1", "2.2", "2.9", "2.10", "10.1"]
    assert await numbers(world, source_id=other.id) == ["2.2"]
    assert await numbers(world, course_id=course.id) == ["2.1", "2.9", "2.10", "10.1"]
    assert await numbers(world, paragraph="§ 2", source_id=source.id) == ["2.1", "2.9", "2.10"]
    assert await numbers(world, paragraph="§") == []
    assert await numbers(world, topic="РАСТВОР") == ["2.1", "2.9", "2.10"]
    assert await numbers(world, topic="100%_п") == ["10.1"]
    assert await numbers(world, topic="%") == ["10.1"], "a wildcard is an ordinary character"
    assert await numbers(world, topic="_р") == []
    assert await numbers(world, has_answer=False) == ["2.1", "2.2"]
    assert await numbers(world, has_answer=True, paragraph="§ 2") == ["2.9", "2.10"]


async def test_search_in_two_languages(world: World) -> None:
    await school(world)
    found = {
        "растворов": ["2.1", "2.9", "2.10"],  # the topic of all of them
        "массы": ["2.10"],
        "соль": ["2.10"],
        "concentrations": ["2.9"],
        "acid": ["2.9"],
        "NaCl": ["2.10"],
        "nacl": ["2.10"],
        "CO2": ["2.1"],
        "CO₂": ["2.1"],
        "ЗЕЛЕНЫЙ": ["2.1"],
        "зелёные": ["2.1"],
        '"массу растворённой"': ["2.10"],
        "массу -соли": [],
        "газ or acid": ["2.9", "10.1"],
        "2.10": ["2.10"],
        "квант": [],
    }
    for question, expected in found.items():
        assert await numbers(world, search=question) == expected, question
    for nonsense in ("'", "\\", "((", "&|!", '"', "-", "<->", "x" * 500, "🙂", "a:*", "%"):
        await numbers(world, search=nonsense)
    for bad in ("a\0b", "x" * 501):
        with pytest.raises(Invalid):
            await numbers(world, search=bad)
        with pytest.raises(Invalid):
            await numbers(world, topic=bad)


async def test_pages_follow_each_other(world: World) -> None:
    rows = [{"paragraph": "1", "tasks": [{"number": f"1.{n}", "text": "x"} for n in range(25)]}]
    source = (await bring(world, rows)).source
    seen: list[str] = []
    after = None
    while True:
        page = await bank.find(world.system, bank.Filter(), Ask(first=7, after=after, total=True))
        nested = (await bank.of_sources(world.system, [source.id], Ask(first=7, after=after), bank.Filter()))[0]
        assert nested is not None
        assert [row.id for row in nested.rows] == [row.id for row in page.rows]
        assert page.total == 25
        seen += [row.number for row in page.rows]
        if not page.has_next:
            break
        after = page.cursors[-1]
    assert seen == [f"1.{n}" for n in range(25)]
    with pytest.raises(Invalid):
        await bank.find(world.system, bank.Filter(), Ask(after="nonsense"))
    with pytest.raises(Invalid):
        await bank.find(world.system, bank.Filter(), Ask(first=201))


async def everything(who: Context, course: Course, ids: dict[str, Any]) -> list[str]:
    """What somebody is told by any door of the bank."""
    calls = {
        "source": lambda: bank.get_source(who, ids["source"]),
        "item": lambda: bank.get(who, ids["item"]),
        "items": lambda: bank.find(who, bank.Filter(), Ask()),
        "sources": lambda: bank.sources(who, Ask()),
        "of_sources": lambda: bank.of_sources(who, [ids["source"]], Ask(), bank.Filter()),
        "of_courses": lambda: bank.sources_of_courses(who, [course.id]),
        "sections": lambda: bank.sections_of_sources(who, [ids["source"]]),
        "of_ids": lambda: bank.of_ids(who, [ids["item"]]),
        "answers": lambda: bank.answers(who, [ids["item"]]),
        "theories": lambda: bank.theories(who, [ids["item"]]),
        "images": lambda: bank.images_of_items(who, [ids["item"]]),
        "urls": lambda: bank.image_urls(who, [ids["image"]]),
    }
    told = []
    for name, call in calls.items():
        try:
            answer = await call()
        except Problem as problem:
            assert isinstance(problem, NotFound) or who.actor.account_id is None, name
            continue
        if hasattr(answer, "rows"):
            answer = answer.rows
        if (answer[0] if isinstance(answer, list) and answer else answer) not in (None, [], ()):
            told.append(name)
    return told


async def test_who_sees_what(world: World) -> None:
    rows = small()
    rows[0]["tasks"][0]["images"] = [inline(picture())]
    course, source = await school(world, rows)
    await world.course("other", "theo", ["olga"])
    [item] = [one for one in await items(world) if one.number == "2.10"]
    [[image]] = await bank.images_of_items(world.system, [item.id])
    ids = {"source": source.id, "item": item.id, "image": image.id}
    all_of_it = {"source", "item", "items", "sources", "of_sources", "of_courses", "sections", "of_ids"}
    all_of_it |= {"answers", "theories", "images", "urls"}
    staff, students = await world.person("tess"), await world.person("ada")
    assert set(await everything(staff, course, ids)) == all_of_it
    # Which sources and topics there are: a student needs it to draw a set. Not one task.
    assert await everything(students, course, ids) == ["source", "sources", "of_courses", "sections"]
    for stranger in ("theo", "olga", "nobody-knows"):
        assert await everything(await world.person(stranger), course, ids) == []
    assert await everything(Context(world.runtime), course, ids) == []
    await trainer.compose(students, course.id, source.id, ["2.10"])
    shown = {"item", "of_ids", "theories", "images", "urls"}
    seen = set(await everything(students, course, ids))
    assert seen == shown | {"source", "sources", "of_courses", "sections"}, "the task of the own set, without answer"
    assert not set(await everything(await world.person("bob"), course, ids)) & shown, "and nobody else's"
    await bank.detach(staff, course.id, source.id)
    assert await everything(students, course, ids) == []
    assert await everything(staff, course, ids) == []


async def test_attaching(world: World) -> None:
    course, source = await school(world)
    tess = await world.person("tess")
    second = await world.course("second", "tess")
    foreign = await world.course("foreign", "theo")
    secret = (await bring(world, small(), "secret")).source
    await bank.attach(tess, second.id, source.id)
    await bank.attach(tess, second.id, source.id)
    assert await bank.sources_of_courses(tess, [second.id, course.id]) == [[source], [source]]
    for course_id, source_id in ((second.id, secret.id), (foreign.id, source.id)):
        with pytest.raises(NotFound):
            await bank.attach(tess, course_id, source_id)
    with pytest.raises(NotFound):
        await bank.attach(await world.person("ada"), course.id, source.id)
    with pytest.raises(NotFound):
        await bank.detach(await world.person("theo"), course.id, source.id)
    world.runtime.settings.bank.sources_per_course = 1
    with pytest.raises(Problem, match="At most 1"):
        await bank.attach(world.system, course.id, secret.id)


async def test_the_picture_is_there(world: World) -> None:
    rows = small()
    rows[0]["tasks"][0]["images"] = [inline(picture(1)), inline(picture(2))]
    await school(world, rows)
    [item] = [one for one in await items(world) if one.number == "2.10"]
    tess = await world.person("tess")
    [found] = await bank.images_of_items(tess, [item.id])
    assert [image.number for image in found] == [1, 2]
    urls = await bank.image_urls(tess, [image.id for image in found])
    async with httpx2.AsyncClient() as http:
        for url, image in zip(urls, found, strict=True):
            assert url
            answer = await http.get(url)
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "image/jpeg"
            assert len(answer.content) == image.size


async def test_lists_take_as_many_statements_for_many_as_for_one(world: World, settings: Settings) -> None:
    _, source = await school(world)
    tess, ids = await world.person("tess"), [item.id for item in await items(world)]
    statements: list[str] = []

    def count(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(world.runtime.engine.sync_engine, "before_cursor_execute", count)
    for resolver in (bank.of_ids, bank.answers, bank.theories, bank.images_of_items, bank.image_urls):
        statements.clear()
        await resolver(tess, ids)
        assert len(statements) == 1, resolver.name
    statements.clear()
    await bank.of_sources(tess, [source.id], Ask(), bank.Filter())
    assert len(statements) <= 3
