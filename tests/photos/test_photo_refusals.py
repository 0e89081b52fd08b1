"""What is no photo of a page: each has its own refusal, and nothing of it is kept, whichever way it came."""

from collections.abc import Callable

import httpx2
import pytest
from sqlmodel import select

from picrete_gql.models import Photo
from picrete_gql.problems import Code, Locale
from picrete_gql.resolvers import photos
from picrete_gql.rules import images as rules
from tests import images
from tests.attempts.steps import class_of, happened, rows
from tests.support.world import World

BAD: dict[str, tuple[Callable[[], bytes], type[Exception]]] = {
    "truncated.jpg": (lambda: images.cut(images.jpeg(images.page())), rules.ImageDamaged),
    "bomb.png": (images.png_bomb, rules.ImageTooManyPixels),
    "bomb.webp": (images.webp_bomb, rules.ImageTooManyPixels),
    "bomb.heic": (images.heic_bomb, rules.ImageTooManyPixels),
    "text-named.jpg": (images.text, rules.ImageNotAnImage),
    "a-gif-named.jpg": (lambda: images.encode(images.scene(), "GIF"), rules.ImageUnsupported),
    "empty.jpg": (lambda: b"", rules.ImageEmpty),
    "eleven-megabytes.jpg": (images.noise, rules.ImageTooLarge),
    "animated.png": (lambda: images.animation("PNG"), rules.ImageAnimated),
    "animated.webp": (lambda: images.animation("WEBP"), rules.ImageAnimated),
    "tiny.png": (lambda: images.png(images.scene(40, 40)), rules.ImageTooSmall),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_file_is_refused_with_its_own_reason(world: World, name: str) -> None:
    make, refusal = BAD[name]
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    ada, body, storage = await world.person("ada"), make(), world.runtime.gateways.storage
    with pytest.raises(refusal) as through_us:
        await photos.upload(ada, attempt.id, name, body)
    ticket = await photos.begin_upload(ada, attempt.id, name)
    async with httpx2.AsyncClient() as http:
        assert (await http.put(ticket.url, content=body)).status_code == 200
    with pytest.raises(refusal) as past_us:
        await photos.confirm_upload(ada, ticket.photo.id)
    for caught in (through_us, past_us):
        assert caught.value.code is Code.INVALID_INPUT  # type: ignore[attr-defined]
        assert caught.value.say(Locale.RU) != caught.value.say(Locale.EN)  # type: ignore[attr-defined]
    assert await rows(world, select(Photo)) == [], "the place is given back"
    assert await storage.list("") == [], "nothing is stored"
    assert "photo.uploaded" not in await happened(world)
    assert (await world.photo("ada", attempt.id)).number == 1


def test_the_refusals_are_all_different() -> None:
    reasons = {refusal for _, refusal in BAD.values()}
    assert len({refusal.ru for refusal in reasons}) == len(reasons) == 8  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "heic"])
async def test_neither_name_nor_declared_type_decides(world: World, name: str) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    photo = await photos.upload(await world.person("ada"), attempt.id, "notes.txt", images.GOOD[name]())
    assert (photo.mime, photo.filename, photo.number) == ("image/jpeg", "notes.txt", 1)
