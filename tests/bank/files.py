"""Bank files for the tests, and a course that has one."""

import base64
import io
import json
import zipfile
from typing import Any

from picrete_gql.models import BankItem, BankSource, Course
from picrete_gql.paging import Ask
from picrete_gql.resolvers import bank, bank_import
from picrete_gql.resolvers.bank_import import Report, SourcePlan
from tests import images
from tests.support.world import World

Rows = list[dict[str, Any]]


def small() -> Rows:
    """Two paragraphs; the numbers do not come in order."""
    return [
        {
            "paragraph": "§ 2",
            "topic": "Растворы",
            "theory": "c = n/V",
            "tasks": [
                {"number": "2.10", "text": "Найдите массу растворённой соли $\\ce{NaCl}$", "answer": "5,85 г"},
                {"number": "2.9", "text": "Find the concentration of the acids", "answer": "0.1 mol/L"},
                {"number": "2.1", "text": "Опишите зелёный раствор CO₂"},
            ],
        },
        {
            "paragraph": "§ 10",
            "topic": "Газы и 100%_пары",
            "theory": "pV = nRT",
            "tasks": [{"number": "10.1", "text": "Найдите объём газа", "answer": "22,4 л"}],
        },
    ]


def as_json(rows: Any) -> bytes:
    return json.dumps(rows, ensure_ascii=False).encode()


def inline(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def zipped(rows: Any, files: dict[str, bytes], base: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{base}tasks.json", as_json(rows))
        for name, data in files.items():
            archive.writestr(base + name, data)
    return out.getvalue()


def picture(seed: int = 0) -> bytes:
    return images.png(images.page(seed, (200, 120)))


async def bring(world: World, rows: Any, slug: str = "book", course: Course | None = None) -> Report:
    """Import as the system does it for the command line."""
    body = rows if isinstance(rows, bytes) else as_json(rows)
    return await bank_import.run(world.system, SourcePlan(slug, "", course.id if course else None), body)


async def school(world: World, rows: Any = None) -> tuple[Course, BankSource]:
    """A course of teacher `tess` with students `ada` and `bob`, and a source attached to it."""
    course = await world.course("chem", "tess", ["ada", "bob"])
    report = await bring(world, small() if rows is None else rows, course=course)
    return course, report.source


async def items(world: World, **by: Any) -> list[BankItem]:
    """Tasks in the order of the bank."""
    found = await bank.find(world.system, bank.Filter(**by), Ask(first=200))
    return found.rows


async def numbers(world: World, **by: Any) -> list[str]:
    return [item.number for item in await items(world, **by)]


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.absent
