"""Files of a work's grades."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated

import strawberry

from picrete_gql import models
from picrete_gql.resolvers import grade_exports, works
from picrete_gql.rules import grade_exports as rules

from ._ids import Node, node, parse
from ._pages import After, Connection, First, ask, connection
from ._payloads import Payload
from ._problems import locale_of
from ._words import (
    Info,
    argument,
    asked,
    batch,
    described,
    enum,
    extends,
    field,
    id_input,
    mutation,
    row,
    says,
    subscription,
)
from .accounts import Person, person
from .works import Work

enum(
    models.ExportFormat,
    csv="A row for each criterion, for spreadsheets; in Russian with semicolons and decimal commas.",
    xlsx="A workbook: a sheet with a row for each submission, and one with a row for each criterion.",
    jsonl="A line for each submission, for programs; its names are English.",
)
enum(
    models.ExportStatus,
    pending="Waiting for a worker.",
    processing="It is being made.",
    ready="It can be saved.",
    failed="There will be no file; `failure` says why.",
)
enum(
    models.ExportFailure,
    too_large="The file grew too large.",
    store_away="The file store was away for too long.",
    given_up="Its workers were cut off several times.",
)


@row(models.GradeExport)
class GradeExport(Node):
    """A file of a work's grades, kept until it expires; for the teachers of its course."""

    format: models.ExportFormat = says("What kind of file.")
    status: models.ExportStatus = says("How far it has come.")
    failure: models.ExportFailure | None = says("Why it has failed.")
    done: int = says("Submissions written so far.")
    total: int | None = says("Submissions in all; null until a worker has begun.")
    filename: str = says("What it is called.")
    size: int | None = says("Bytes, once it is ready.")
    created_at: datetime = says("When it was asked for.")
    ready_at: datetime | None = says("When it became ready.")
    expires_at: datetime = says("When it is removed.")

    @strawberry.field(description="Why it has failed, as a sentence for a person.")
    def failure_message(self, info: Info) -> str | None:
        return self.failure and rules.explain(self.failure, locale_of(info))

    @field(grade_exports.save_urls)
    async def save_url(self, info: Info) -> str | None:
        return await batch(info, grade_exports.save_urls, self.id)

    @field(works.of_ids, description="The work whose grades it holds.")
    async def work(self, info: Info) -> Work | None:
        return await batch(info, works.of_ids, self.work_id)

    @field(grade_exports.of_ids, description="Who asked for it.")
    async def author(self, info: Info) -> Person | None:
        return await person(info, self.author_id)


@extends(Work)
class _:
    @field(grade_exports.of_works)
    async def grade_exports(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[GradeExport] | None:
        page = await batch(info, grade_exports.of_works, self.id, ask(info, first, after))
        return page and connection(page, after)


@asked
class GradeExportCreateInput:
    """Which grades, and as what."""

    work_id: strawberry.ID = says("The work.")
    format: models.ExportFormat = says("What kind of file.")


GradeExportDeleteInput = id_input("GradeExportDeleteInput", "export")


@described
class GradeExportCreatePayload(Payload):
    """The answer to `gradeExportCreate`."""

    grade_export: GradeExport | None = strawberry.field(default=None, description="The export, waiting for a worker.")


@described
class GradeExportDeletePayload(Payload):
    """The answer to `gradeExportDelete`."""

    work: Work | None = strawberry.field(default=None, description="The work without it.")


@strawberry.type
class Query:
    """Root fields of this room."""

    @field(grade_exports.get)
    async def grade_export(
        self, info: Info, id: Annotated[strawberry.ID, argument("The export.")]
    ) -> GradeExport | None:
        return await grade_exports.get(info.context, parse("grade_export", id))


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(grade_exports.create)
    async def grade_export_create(
        self, info: Info, input: Annotated[GradeExportCreateInput, argument("Which grades.")]
    ) -> GradeExportCreatePayload | None:
        work = parse("work", input.work_id, "workId")
        return GradeExportCreatePayload(grade_export=await grade_exports.create(info.context, work, input.format))

    @mutation(grade_exports.remove)
    async def grade_export_delete(
        self, info: Info, input: Annotated[GradeExportDeleteInput, argument("The export.")]
    ) -> GradeExportDeletePayload | None:
        found = parse("grade_export", input.id)
        return GradeExportDeletePayload(work=await grade_exports.remove(info.context, found))


@strawberry.type
class Subscription:
    """Root fields of this room."""

    @subscription(grade_exports.watch)
    async def grade_export_changed(
        self, info: Info, id: Annotated[strawberry.ID, argument("The export.")]
    ) -> AsyncGenerator[GradeExport | None]:
        async for export in grade_exports.watch(info.context, parse("grade_export", id)):
            yield export


node("grade_export", grade_exports.get)
