"""Materials of a course."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.file_uploads import Upload

from picrete_gql import models
from picrete_gql.resolvers import materials

from ._ids import Node, node, parse
from ._pages import After, Connection, First, ask, connection
from ._payloads import Payload
from ._words import Info, argument, asked, batch, described, extends, field, id_input, mutation, row, says
from .courses import Course


@row(models.Material)
class Material(Node):
    """A PDF or a picture for the members of a course."""

    title: str = says("Its title.")
    filename: str = says("What the file was called.")
    mime: str = says("Its media type: application/pdf or image/jpeg.")
    size: int = says("Bytes.")
    pages: int | None = says("Pages of a PDF.")
    width: int | None = says("Pixels of a picture.")
    height: int | None = says("Pixels of a picture.")
    created_at: datetime = says("When it was added.")

    @field(materials.view_urls)
    async def view_url(self, info: Info) -> str | None:
        return await batch(info, materials.view_urls, self.id)


@extends(Course)
class _:
    @field(materials.of_courses)
    async def materials(self, info: Info, first: First = None, after: After = None) -> Connection[Material] | None:
        return connection(await batch(info, materials.of_courses, self.id, ask(info, first, after)), after)


@asked
class MaterialUploadInput:
    """A file for the members of a course (graphql-multipart-request-spec)."""

    course_id: strawberry.ID = says("The course.")
    title: str = strawberry.field(default="", description="Up to 200 characters; by default the file's name.")
    file: Upload = says("PDF up to 25 MB, or JPEG, PNG, WebP or HEIC up to 10 MB.")


MaterialDeleteInput = id_input("MaterialDeleteInput", "material")


@described
class MaterialUploadPayload(Payload):
    """The answer to `materialUpload`."""

    material: Material | None = strawberry.field(default=None, description="The stored material.")


@described
class MaterialDeletePayload(Payload):
    """The answer to `materialDelete`."""

    course: Course | None = strawberry.field(default=None, description="The course without it.")


@strawberry.type
class Query:
    """Root fields of this room."""

    @field(materials.get)
    async def material(self, info: Info, id: Annotated[strawberry.ID, argument("The material.")]) -> Material | None:
        return await materials.get(info.context, parse("material", id))


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(materials.upload)
    async def material_upload(
        self, info: Info, input: Annotated[MaterialUploadInput, argument("The file.")]
    ) -> MaterialUploadPayload | None:
        course, file = parse("course", input.course_id, "courseId"), input.file
        made = await materials.upload(info.context, course, file.filename, file.file, input.title)
        return MaterialUploadPayload(material=made)

    @mutation(materials.remove)
    async def material_delete(
        self, info: Info, input: Annotated[MaterialDeleteInput, argument("The material.")]
    ) -> MaterialDeletePayload | None:
        return MaterialDeletePayload(course=await materials.remove(info.context, parse("material", input.id)))


node("material", materials.get)
