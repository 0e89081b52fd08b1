"""Photos of pages, and what was read on them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import orjson
import strawberry
from strawberry.file_uploads import Upload

from picrete_gql import models
from picrete_gql.call import Context
from picrete_gql.resolvers import pages, photos

from ._ids import Node, by_id, node, parse
from ._payloads import Payload
from ._plan.words import Filled
from ._words import (
    Info,
    argument,
    asked,
    batch,
    computed,
    described,
    enum,
    extends,
    field,
    id_input,
    mutation,
    root,
    row,
    says,
)
from .attempts import Attempt

enum(
    models.PhotoStatus,
    uploading="Its bytes are on their way.",
    pending="Stored; not read yet.",
    processing="Being read.",
    ready="Read.",
    failed="It could not be read.",
)
enum(
    models.ImageRemoval,
    retention="It had been kept as long as the settings say.",
    erasure="The student's data were erased.",
)
enum(models.UploadSource, web="By the site or an API client.", telegram="By the Telegram bot.")


async def signed(context: Context, keys: Sequence[str]) -> list[str]:
    """Addresses of stored pages, as JSON."""
    urls = await context.gateways.storage.view_urls(keys, "image/jpeg")
    return [orjson.dumps(url).decode() for url in urls]


@described
class Block:
    """One piece of a page."""

    id: strawberry.ID = says("Unique on its page.")
    type: str = says("What the engine calls it: Text, Equation, Handwriting, Table, …")
    text: str = says("What was read.")
    polygon: list[list[float]] = says("Points [x, y] in 0..1 of the upright photo, clockwise from the top left.")
    confidence: float | None = says("How sure the engine is, 0..1.")


@row(models.Reading)
class Reading:
    """What an engine read on a page; the latest run."""

    number: int = says("Which run it was, from 1.")
    markdown: str = says("The page as Markdown with LaTeX.")
    text: str = says("The page as plain text.")
    engine: str = says("Who read it.")
    model: str = says("With which model.")
    quality: float | None = says("How good the engine thinks it was, 0..1.")
    created_at: datetime = says("When.")

    @computed("The pieces of the page with their places.", lambda row: row.blocks)
    def blocks(self) -> list[Block]:
        return [
            Block(id=b["id"], type=b["type"], text=b["text"], polygon=b["polygon"], confidence=b.get("confidence"))
            for b in self.blocks
        ]


@row(models.Photo)
class Photo(Node):
    """A photo of a page of work."""

    number: int = says("Which page it is, from 1; given by the server.")
    filename: str = says("What the file was called.")
    size: int = says("Bytes of the upright image.")
    mime: str = says("Its media type.")
    width: int = says("Pixels of the upright image.")
    height: int = says("Pixels of the upright image.")
    status: models.PhotoStatus = says("Where it stands.")
    created_at: datetime = says("When it was announced.")
    uploaded_at: datetime | None = says("When its bytes had arrived.")
    image_removed_at: datetime | None = says("When its image was removed; `viewUrl` is null from then on.")
    image_removed_why: models.ImageRemoval | None = says("Why its image was removed.")

    @computed("Which way it came in.", lambda row: row.source)
    def upload_source(self) -> models.UploadSource:
        return self.source

    @field(photos.view_urls, plan=Filled(photos.view_urls, models.Photo.stored_key, signed))
    async def view_url(self, info: Info) -> str | None:
        return await batch(info, photos.view_urls, self.id)

    @field(pages.of_photos, key="id")
    async def reading(self, info: Info) -> Reading | None:
        return await batch(info, pages.of_photos, self.id)

    @field(pages.failures, key="id")
    async def failure(self, info: Info) -> str | None:
        return await batch(info, pages.failures, self.id)


@extends(Attempt)
class _:
    @field(photos.of_attempts, key="id")
    async def photos(self, info: Info) -> list[Photo]:
        return await batch(info, photos.of_attempts, self.id)


@asked
class PhotoUploadInput:
    """A photo for an open attempt (graphql-multipart-request-spec)."""

    attempt_id: strawberry.ID = says("The attempt.")
    file: Upload = says("JPEG, PNG, WebP or HEIC, up to 10 MB.")


@asked
class PhotoUploadBeginInput:
    """A place for a photo that the client will PUT to the object store itself."""

    attempt_id: strawberry.ID = says("The attempt.")
    filename: str = strawberry.field(default="photo", description="What the file is called.")


PhotoUploadConfirmInput = id_input("PhotoUploadConfirmInput", "photo")
PhotoDeleteInput = id_input("PhotoDeleteInput", "photo")
PhotoReadAgainInput = id_input("PhotoReadAgainInput", "photo")


@described
class PhotoUploadPayload(Payload):
    """The answer to `photoUpload`."""

    photo: Photo | None = strawberry.field(default=None, description="The stored photo.")


@described
class PhotoUploadBeginPayload(Payload):
    """The answer to `photoUploadBegin`."""

    photo: Photo | None = strawberry.field(default=None, description="The reserved place.")
    put_url: str | None = strawberry.field(default=None, description="PUT the file here within five minutes.")


@described
class PhotoUploadConfirmPayload(Payload):
    """The answer to `photoUploadConfirm`."""

    photo: Photo | None = strawberry.field(default=None, description="The stored photo.")


@described
class PhotoDeletePayload(Payload):
    """The answer to `photoDelete`."""

    attempt: Attempt | None = strawberry.field(default=None, description="The attempt without it.")


@described
class PhotoReadAgainPayload(Payload):
    """The answer to `photoReadAgain`."""

    photo: Photo | None = strawberry.field(default=None, description="The photo, waiting to be read.")


@strawberry.type
class Query:
    """Root fields of this room."""

    @root(photos.get, by_id("photo"))
    async def photo(self, info: Info, id: Annotated[strawberry.ID, argument("The photo.")]) -> Photo | None:
        return await photos.get(info.context, parse("photo", id))


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(photos.upload)
    async def photo_upload(
        self, info: Info, input: Annotated[PhotoUploadInput, argument("The photo.")]
    ) -> PhotoUploadPayload | None:
        attempt = parse("attempt", input.attempt_id, "attemptId")
        stored = await photos.upload(info.context, attempt, input.file.filename, input.file.file)
        return PhotoUploadPayload(photo=stored)

    @mutation(photos.begin_upload)
    async def photo_upload_begin(
        self, info: Info, input: Annotated[PhotoUploadBeginInput, argument("The photo to come.")]
    ) -> PhotoUploadBeginPayload | None:
        attempt = parse("attempt", input.attempt_id, "attemptId")
        ticket = await photos.begin_upload(info.context, attempt, input.filename)
        return PhotoUploadBeginPayload(photo=ticket.photo, put_url=ticket.url)

    @mutation(photos.confirm_upload)
    async def photo_upload_confirm(
        self, info: Info, input: Annotated[PhotoUploadConfirmInput, argument("The photo.")]
    ) -> PhotoUploadConfirmPayload | None:
        stored = await photos.confirm_upload(info.context, parse("photo", input.id))
        return PhotoUploadConfirmPayload(photo=stored)

    @mutation(photos.remove)
    async def photo_delete(
        self, info: Info, input: Annotated[PhotoDeleteInput, argument("The photo.")]
    ) -> PhotoDeletePayload | None:
        return PhotoDeletePayload(attempt=await photos.remove(info.context, parse("photo", input.id)))

    @mutation(pages.read_again)
    async def photo_read_again(
        self, info: Info, input: Annotated[PhotoReadAgainInput, argument("The photo.")]
    ) -> PhotoReadAgainPayload | None:
        return PhotoReadAgainPayload(photo=await pages.read_again(info.context, parse("photo", input.id)))


node("photo", photos.get)
