"""Materials: what is taken, who sees it, and that nothing is left behind."""

import asyncio
import io
from collections.abc import Callable
from urllib.parse import unquote
from uuid import uuid4

import httpx2
import pytest
from pypdf import PdfWriter

from picrete_gql.call import Context
from picrete_gql.models import Course
from picrete_gql.paging import Ask
from picrete_gql.problems import Code, Locale, NotFound, Problem, Unauthenticated
from picrete_gql.resolvers import materials
from picrete_gql.rules import images as pictures
from picrete_gql.rules import materials as rules
from tests import images
from tests.attempts.steps import happened
from tests.support.world import World


def pdf(pages: int = 2, password: str | None = None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


async def taught(world: World) -> tuple[Course, Context]:
    return await world.course("chem", "tess", ["ada"]), await world.person("tess")


async def stored(world: World) -> list[str]:
    return [one.key for one in await world.runtime.gateways.storage.list("")]


async def test_a_pdf_and_a_picture(world: World) -> None:
    course, tess = await taught(world)
    paper = await materials.upload(tess, course.id, "Лекция 1.pdf", pdf(3), "Лекция о растворах")
    photo = await materials.upload(tess, course.id, "доска.png", images.png())
    assert (paper.mime, paper.pages, paper.title) == ("application/pdf", 3, "Лекция о растворах")
    assert (photo.mime, photo.width, photo.height, photo.title) == ("image/jpeg", 320, 240, "доска")
    ada = await world.person("ada")
    [page] = await materials.of_courses(ada, [course.id], Ask(total=True))
    assert [row.id for row in page.rows] == [photo.id, paper.id]
    assert page.total == 2
    urls = await materials.view_urls(ada, [paper.id, uuid4(), photo.id])
    assert urls[1] is None
    assert urls[0]
    assert urls[2]
    async with httpx2.AsyncClient() as http:
        answer = await http.get(urls[0])
        assert answer.content == await world.runtime.gateways.storage.get(paper.key)
        assert answer.headers["content-type"] == "application/pdf"
        assert "Лекция 1.pdf" in unquote(answer.headers["content-disposition"])
        assert (await http.get(urls[2])).headers["content-type"] == "image/jpeg"
        assert (await http.get(urls[0].replace(paper.id.hex, photo.id.hex).split("?")[0])).status_code >= 400
    assert {"material.added"} <= set(await happened(world))


NAMES = [
    ("../../etc/passwd.pdf", "passwd.pdf"),
    ("..\\..\\boot.pdf", "boot.pdf"),
    ('a"; filename="evil.exe', 'a"; filename="evil.exe'),
    ("line\r\nSet-Cookie: x=1.pdf", "lineSet-Cookie: x=1.pdf"),
    ("", "photo"),
    ("...", "photo"),
    ("ё" * 500 + ".pdf", "ё" * 196 + ".pdf"),
]


async def test_names_lead_nowhere(world: World) -> None:
    course, tess = await taught(world)
    async with httpx2.AsyncClient() as http:
        for name, kept in NAMES:
            made = await materials.upload(tess, course.id, name, pdf(1))
            assert made.filename == kept
            assert made.key == f"materials/{course.id}/{made.id}.pdf"
            [url] = await materials.view_urls(tess, [made.id])
            assert url
            answer = await http.get(url)
            assert answer.status_code == 200
            assert "set-cookie" not in answer.headers
            assert answer.headers["content-disposition"].startswith("inline; filename*=UTF-8''")
            [said] = answer.headers["content-disposition"].split("''")[1:]
            assert unquote(said) == made.shown_name
            assert all(c.isalnum() or c in "%._-~" for c in said), "nothing in it can end the name"


def tree(kids: bytes) -> bytes:
    """A PDF by hand: a catalogue and one node of pages."""
    pages = b"2 0 obj<</Type/Pages/Kids[" + kids + b"]/Count 9>>endobj\n"
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj " + pages + b"trailer<</Root 1 0 R>>"


BAD: list[tuple[Callable[[], bytes], type[Problem]]] = [
    (lambda: b"", pictures.ImageEmpty),
    (images.text, rules.MaterialUnsupported),
    (lambda: b"MZ" + bytes(2000), rules.MaterialUnsupported),
    (lambda: b"<html><script>alert(1)</script>", rules.MaterialUnsupported),
    (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", rules.MaterialUnsupported),
    (lambda: b"%PDF-1.7 nothing", rules.PdfDamaged),
    (lambda: pdf()[:100], rules.PdfDamaged),
    (lambda: tree(b""), rules.PdfDamaged),
    (lambda: tree(b"2 0 R"), rules.PdfDamaged),
    (lambda: pdf(password="secret"), rules.PdfEncrypted),
    (lambda: pdf(6), rules.PdfTooLong),
    (lambda: bytes(300_001), rules.MaterialTooLarge),
    (images.png_bomb, pictures.ImageTooManyPixels),
    (lambda: images.cut(images.jpeg(images.page())), pictures.ImageDamaged),
]


async def test_what_is_no_material(world: World) -> None:
    course, tess = await taught(world)
    world.runtime.settings.materials.max_pages = 5
    world.runtime.settings.materials.max_bytes = 300_000
    for number, (make, refusal) in enumerate(BAD):
        with pytest.raises(refusal) as caught:
            await materials.upload(tess, course.id, "paper.pdf", make())
        assert type(caught.value) is refusal, number
        assert caught.value.code is Code.INVALID_INPUT
        assert caught.value.say(Locale.RU) != caught.value.say(Locale.EN)
    assert await stored(world) == []


async def test_only_teachers_bring_and_only_members_look(world: World) -> None:
    course, tess = await taught(world)
    await world.course("other", "theo", ["olga"])
    made = await materials.upload(tess, course.id, "a.pdf", pdf())
    before = await stored(world)
    for name in ("ada", "theo", "olga", "stranger"):
        who = await world.person(name)
        with pytest.raises(NotFound):
            await materials.upload(who, course.id, "b.pdf", pdf())
        with pytest.raises(NotFound):
            await materials.remove(who, made.id)
        if name == "ada":
            continue
        with pytest.raises(NotFound):
            await materials.get(who, made.id)
        assert (await materials.of_courses(who, [course.id], Ask()))[0].rows == []
        assert await materials.view_urls(who, [made.id]) == [None]
    with pytest.raises(Unauthenticated):
        await materials.get(Context(world.runtime), made.id)
    assert await stored(world) == before
    assert (await materials.get(await world.person("ada"), made.id)).id == made.id


async def test_deleting_takes_the_file_along(world: World) -> None:
    course, tess = await taught(world)
    made = await materials.upload(tess, course.id, "a.pdf", pdf())
    assert (await materials.remove(tess, made.id)).id == course.id
    assert await stored(world) == []
    with pytest.raises(NotFound):
        await materials.remove(tess, made.id)
    assert "material.removed" in await happened(world)


async def test_a_full_course_takes_no_more(world: World) -> None:
    course, tess = await taught(world)
    world.runtime.settings.materials.max_count = 2
    tried = [materials.upload(tess, course.id, f"{n}.pdf", pdf()) for n in range(5)]
    ended = await asyncio.gather(*tried, return_exceptions=True)
    assert sum(isinstance(one, rules.MaterialLimitReached) for one in ended) == 3, ended
    assert len(await stored(world)) == 2


async def test_the_file_of_a_late_refusal_is_gone(world: World) -> None:
    """The course had room when the large picture came, and has none when it is decoded."""
    course, tess = await taught(world)
    world.runtime.settings.materials.max_count = 1
    slow = images.png(images.page(1, (5000, 6000)))
    ended = await asyncio.gather(
        materials.upload(tess, course.id, "slow.png", slow),
        materials.upload(tess, course.id, "fast.pdf", pdf()),
        return_exceptions=True,
    )
    assert isinstance(ended[0], rules.MaterialLimitReached), ended
    assert not isinstance(ended[1], BaseException), ended
    assert await stored(world) == [ended[1].key]


async def test_the_sweeper_takes_only_orphans(world: World) -> None:
    course, tess = await taught(world)
    made = await materials.upload(tess, course.id, "a.pdf", pdf())
    orphan = f"materials/{course.id}/{uuid4()}.pdf"
    await world.runtime.gateways.storage.put(orphan, b"x", "application/pdf")
    assert await materials.remove_orphans(world.system) == 0
    world.clock.forward(minutes=60)
    assert await materials.remove_orphans(world.system) == 1
    assert await stored(world) == [made.key]
