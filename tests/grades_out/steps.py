"""A marked class, and a file of its grades."""

import csv
import io
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx2
import orjson
from openpyxl import load_workbook
from sqlmodel import col, select

from picrete_gql.call import Context
from picrete_gql.models import Course, Criterion, ExportFormat, GradeExport, Work
from picrete_gql.resolvers import grade_exports, grades
from picrete_gql.resolvers import grade_exports_writing as writing
from tests.attempts.steps import TEACHER, class_of, handed_in, rows, submission_of
from tests.support.world import World


async def marked(world: World, name: str, work: Work, scores: list[str], comment: str = "ok") -> UUID:
    """A submission with a teacher's points for every criterion."""
    attempt = await handed_in(world, name, work)
    found = await submission_of(world, attempt.id)
    rubric = await rows(world, select(Criterion).where(Criterion.work_id == work.id).order_by(col(Criterion.id)))
    marks = {row.id: grades.Mark(Decimal(points), comment) for row, points in zip(rubric, scores, strict=True)}
    total = sum((Decimal(points) for points in scores), Decimal(0))
    await grades.override(await world.person(TEACHER), found.id, found.version, total, comment, marks)
    return found.id


async def small_class(world: World) -> tuple[Course, Work]:
    """Three students, two of them marked, in a work without any machine."""
    course, work = await class_of(world, "ada", "bob", "eve", ocr=False, precheck=False)
    await marked(world, "ada", work, ["5", "2.5"])
    await marked(world, "bob", work, ["1", "0"], "мало")
    await handed_in(world, "eve", work)
    return course, work


async def made(world: World, who: Context, work: Work, format: ExportFormat) -> GradeExport:
    """An export that has gone through the worker."""
    export = await grade_exports.create(who, work.id, format)
    await world.jobs()
    return await grade_exports.get(who, export.id)


async def saved(who: Context, export: GradeExport) -> httpx2.Response:
    """What a browser gets at the signed address."""
    [url] = await grade_exports.save_urls(who, [export.id])
    assert url is not None
    async with httpx2.AsyncClient() as http:
        return await http.get(url)


def table(body: bytes, delimiter: str) -> list[dict[str, str]]:
    """The rows of a CSV file by the names of its columns."""
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def sheets(body: bytes) -> dict[str, list[list[Any]]]:
    """The values of a workbook by sheet, as another library reads them."""
    book = load_workbook(io.BytesIO(body))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}


def objects(body: bytes) -> list[Any]:
    """The lines of a JSONL file."""
    return [orjson.loads(line) for line in body.splitlines()]


__all__ = ["made", "marked", "objects", "saved", "sheets", "small_class", "table", "writing"]
