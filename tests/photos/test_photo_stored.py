"""What lies in the object store afterwards: upright pixels and nothing else."""

from io import BytesIO

import httpx2
import pytest
from PIL import Image

from picrete_gql.models import UploadSource
from picrete_gql.resolvers import photos
from tests import images
from tests.attempts.steps import class_of, pages_of
from tests.support.world import World

CORNERS = {"top left": (255, 0, 0), "top right": (0, 255, 0), "bottom right": (0, 0, 255), "bottom left": (255, 255, 0)}
SECRETS = [b"Secret", b"Exif", b"GPS", b"http://ns.adobe.com", b"ICC_PROFILE", b"PK\x03\x04"]


def corners(picture: Image.Image) -> dict[str, tuple[int, ...]]:
    """The colours that tell which way up it is, rounded to full steps."""
    w, h = picture.size
    spots = {"top left": (9, 9), "top right": (w - 9, 9), "bottom right": (w - 9, h - 9), "bottom left": (9, h - 9)}
    return {name: tuple(255 * (value > 127) for value in picture.getpixel(spot)) for name, spot in spots.items()}  # type: ignore[union-attr]


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_pixels_are_stored_upright(world: World, orientation: int) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    sent = images.jpeg_turned(orientation)
    photo = await photos.upload(await world.person("ada"), attempt.id, "page.jpg", sent)
    stored = await world.runtime.gateways.storage.get(photo.key)
    picture = Image.open(BytesIO(stored))
    assert picture.size == (photo.width, photo.height) == (320, 240)
    assert corners(picture) == CORNERS
    assert not picture.getexif()
    assert b"SecretPhoneMaker" in sent and not [secret for secret in SECRETS if secret in stored]


async def test_metadata_comments_profiles_and_what_hides_behind_the_picture_are_gone(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    sent = images.jpeg_full_of_secrets()
    photo = await photos.upload(await world.person("ada"), attempt.id, "page.jpg", sent)
    stored = await world.runtime.gateways.storage.get(photo.key)
    assert all(secret in sent for secret in (b"SecretXmp", b"SecretComment", b"SecretZip"))
    assert not [secret for secret in SECRETS if secret in stored]
    assert len(stored) == photo.size


async def test_heic_becomes_jpeg(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    photo = await photos.upload(await world.person("ada"), attempt.id, "IMG_0001.HEIC", images.heic())
    picture = Image.open(BytesIO(await world.runtime.gateways.storage.get(photo.key)))
    assert (picture.format, photo.mime, photo.source) == ("JPEG", "image/jpeg", UploadSource.WEB)
    assert corners(picture) == CORNERS


async def test_whoever_may_see_it_gets_a_signed_address_that_works(world: World) -> None:
    _, work = await class_of(world, "ada", "bob")
    attempt = await world.start("ada", work)
    photo = await world.photo("ada", attempt.id)
    for name in ("ada", "teacher"):
        [url] = await photos.view_urls(await world.person(name), [photo.id])
        assert url is not None
        async with httpx2.AsyncClient() as http:
            answer = await http.get(url)
            forged = await http.get(url.replace("Signature=", "Signature=0"))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.content == await world.runtime.gateways.storage.get(photo.key)
        assert forged.status_code in (400, 403)
    assert await photos.view_urls(await world.person("bob"), [photo.id]) == [None]
    [stored] = await pages_of(world, attempt.id)
    assert stored.sha256 == photo.sha256 and stored.uploaded_at is not None
