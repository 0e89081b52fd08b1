"""The task bank: sources, their tasks, import, and copies into works."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.file_uploads import Upload

from picrete_gql import models
from picrete_gql.resolvers import bank, bank_copies, bank_import

from ._ids import Node, node, node_of, parse
from ._pages import After, Connection, First, ask, connection
from ._payloads import Payload
from ._words import Info, argument, asked, batch, described, extends, field, mutation, row, says
from .courses import Course
from .works import Work


@described
class BankSection:
    """A topic of a paragraph."""

    paragraph: str = says("The paragraph.")
    topic: str = says("The topic.")
    theory: str = says("What one should know, as Markdown with LaTeX and mhchem.")
    items: int = says("How many tasks it has.")


@row(models.BankImage)
class BankImage(Node):
    """A picture of a task in the bank."""

    number: int = says("Its place, from 1.")
    filename: str = says("What the file was called.")
    size: int = says("Bytes.")
    width: int = says("Pixels.")
    height: int = says("Pixels.")

    @field(bank.image_urls)
    async def view_url(self, info: Info) -> str | None:
        return await batch(info, bank.image_urls, self.id)


@row(models.BankItem)
class BankItem(Node):
    """A task of the bank. Students see those of their own trainer sets."""

    number: str = says("Its number, unique within its source, such as “2.10”.")
    paragraph: str = says("The paragraph.")
    topic: str = says("The topic.")
    text: str = says("What is to be solved, as Markdown with LaTeX and mhchem.")
    created_at: datetime = says("When it was imported first.")
    changed_at: datetime = says("When an import last changed it.")

    @strawberry.field(description="Whether the bank knows its answer.")
    def has_answer(self) -> bool:
        return bool(self.answer)

    @field(bank.answers)
    async def answer(self, info: Info) -> str | None:
        return await batch(info, bank.answers, self.id)

    @field(bank.theories)
    async def theory(self, info: Info) -> str | None:
        return await batch(info, bank.theories, self.id)

    @field(bank.images_of_items)
    async def images(self, info: Info) -> list[BankImage]:
        return await batch(info, bank.images_of_items, self.id)

    @field(bank.sources_of_ids, description="Where it comes from.")
    async def source(self, info: Info) -> Annotated["BankSource", strawberry.lazy(__name__)] | None:
        return await batch(info, bank.sources_of_ids, self.source_id)


@asked
class BankItemFilter:
    """Which tasks. What is left out or null does not matter."""

    course_id: strawberry.ID | None = strawberry.field(default=None, description="Of the sources of this course.")
    source_id: strawberry.ID | None = strawberry.field(default=None, description="Of this source.")
    paragraph: str | None = strawberry.field(default=None, description="This paragraph exactly.")
    topic: str | None = strawberry.field(default=None, description="The topic contains this, in any case.")
    has_answer: bool | None = strawberry.field(default=None, description="With a known answer, or without.")
    search: str | None = strawberry.field(
        default=None, description="Words of number, topic or text, Russian or English; “quotes”, or, -not."
    )


Filtered = Annotated[BankItemFilter | None, argument("Which tasks; all of them by default.")]


@row(models.BankSource)
class BankSource(Node):
    """A book or a collection of tasks."""

    slug: str = says("Its short name, unique.")
    title: str = says("Its title.")
    created_at: datetime = says("When it was imported first.")
    imported_at: datetime = says("When it was imported last.")

    @field(bank.sections_of_sources)
    async def sections(self, info: Info) -> list[BankSection]:
        return await batch(info, bank.sections_of_sources, self.id)

    @field(bank.of_sources)
    async def items(
        self, info: Info, filter: Filtered = None, first: First = None, after: After = None
    ) -> Connection[BankItem] | None:
        page = await batch(info, bank.of_sources, self.id, ask(info, first, after), by(filter))
        return page and connection(page, after)


def by(filter: BankItemFilter | None) -> bank.Filter:
    """The filter as the resolver wants it."""
    if filter is None:
        return bank.Filter()
    course = None if filter.course_id is None else parse("course", filter.course_id, "filter.courseId")
    source = None if filter.source_id is None else parse("bank_source", filter.source_id, "filter.sourceId")
    return bank.Filter(**{**vars(filter), "course_id": course, "source_id": source})


@extends(Course)
class _:
    @field(bank.sources_of_courses)
    async def bank_sources(self, info: Info) -> list[BankSource]:
        return await batch(info, bank.sources_of_courses, self.id)


@asked
class BankImportInput:
    """A source to import. The same file again changes nothing; tasks are known by their number."""

    source: str = says("Its short name: 1–64 characters of a–z, 0–9 and inner “-”. A new one makes a new source.")
    title: str = strawberry.field(default="", description="Its title; an empty one leaves it as it is.")
    course_id: strawberry.ID | None = strawberry.field(default=None, description="A course to attach it to.")
    file: Upload = says("JSON, or a ZIP with one JSON file and its pictures.")


@asked
class BankSourceAttachInput:
    """A source for a course."""

    course_id: strawberry.ID = says("The course.")
    source_id: strawberry.ID = says("The source.")


@asked
class BankSourceDetachInput:
    """A source that a course should lose."""

    course_id: strawberry.ID = says("The course.")
    source_id: strawberry.ID = says("The source.")


@asked
class BankItemsCopyInput:
    """Tasks of the bank for a draft."""

    work_id: strawberry.ID = says("The draft.")
    item_ids: list[strawberry.ID] = says("1 to 300 tasks, in the order in which the work should have them.")


@described
class BankImportPayload(Payload):
    """The answer to `bankImport`, in tasks."""

    source: BankSource | None = strawberry.field(default=None, description="The source.")
    added: int | None = strawberry.field(default=None, description="Tasks that are new.")
    changed: int | None = strawberry.field(default=None, description="Tasks that differ from before.")
    unchanged: int | None = strawberry.field(default=None, description="Tasks that are as they were.")
    absent: int | None = strawberry.field(
        default=None, description="Tasks of the source that the file does not have; they stay."
    )


@described
class BankSourceAttachPayload(Payload):
    """The answer to `bankSourceAttach`."""

    course: Course | None = strawberry.field(default=None, description="The course with it.")


@described
class BankSourceDetachPayload(Payload):
    """The answer to `bankSourceDetach`."""

    course: Course | None = strawberry.field(default=None, description="The course without it.")


@described
class BankItemsCopyPayload(Payload):
    """The answer to `bankItemsCopy`."""

    work: Work | None = strawberry.field(default=None, description="The draft with the new tasks.")


@strawberry.type
class Query:
    """Root fields of this room."""

    @field(bank.get_source)
    async def bank_source(self, info: Info, id: Annotated[strawberry.ID, argument("The source.")]) -> BankSource | None:
        return await bank.get_source(info.context, parse("bank_source", id))

    @field(bank.sources)
    async def bank_sources(self, info: Info, first: First = None, after: After = None) -> Connection[BankSource] | None:
        return connection(await bank.sources(info.context, ask(info, first, after)), after)

    @field(bank.get)
    async def bank_item(self, info: Info, id: Annotated[strawberry.ID, argument("The task.")]) -> BankItem | None:
        return await bank.get(info.context, parse("bank_item", id))

    @field(bank.find)
    async def bank_items(
        self, info: Info, filter: Filtered = None, first: First = None, after: After = None
    ) -> Connection[BankItem] | None:
        return connection(await bank.find(info.context, by(filter), ask(info, first, after)), after)


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(bank_import.run)
    async def bank_import(
        self, info: Info, input: Annotated[BankImportInput, argument("The source.")]
    ) -> BankImportPayload | None:
        course = None if input.course_id is None else parse("course", input.course_id, "courseId")
        plan = bank_import.SourcePlan(input.source, input.title, course)
        report = await bank_import.run(info.context, plan, input.file.file)
        return BankImportPayload(**vars(report))

    @mutation(bank.attach)
    async def bank_source_attach(
        self, info: Info, input: Annotated[BankSourceAttachInput, argument("What goes where.")]
    ) -> BankSourceAttachPayload | None:
        course, source = parse("course", input.course_id, "courseId"), parse("bank_source", input.source_id, "sourceId")
        return BankSourceAttachPayload(course=await bank.attach(info.context, course, source))

    @mutation(bank.detach)
    async def bank_source_detach(
        self, info: Info, input: Annotated[BankSourceDetachInput, argument("What goes from where.")]
    ) -> BankSourceDetachPayload | None:
        course, source = parse("course", input.course_id, "courseId"), parse("bank_source", input.source_id, "sourceId")
        return BankSourceDetachPayload(course=await bank.detach(info.context, course, source))

    @mutation(bank_copies.copy)
    async def bank_items_copy(
        self, info: Info, input: Annotated[BankItemsCopyInput, argument("What goes where.")]
    ) -> BankItemsCopyPayload | None:
        items = [parse("bank_item", id, "itemIds") for id in input.item_ids]
        work = await bank_copies.copy(info.context, parse("work", input.work_id, "workId"), items)
        return BankItemsCopyPayload(work=work)


node("bank_source", bank.get_source)
node_of("bank_image", bank.images_of_ids)
node("bank_item", bank.get)
