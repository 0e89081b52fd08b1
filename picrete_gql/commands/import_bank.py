"""`picrete import-bank FILE`: a source of tasks into the bank."""

import asyncio
import re
import unicodedata
from pathlib import Path

import typer

from picrete_gql.call import SYSTEM, Context
from picrete_gql.commands import migrate
from picrete_gql.local import CannotStart, borrow
from picrete_gql.main import open_runtime
from picrete_gql.problems import Problem
from picrete_gql.resolvers import bank_import, courses
from picrete_gql.resolvers.bank_import import Report, SourcePlan
from picrete_gql.rules.bank_pack import NoPicture, Pack
from picrete_gql.settings import Settings

ZIP, JSON = ".zip", ".json"


def run(settings: Settings, file: Path, source: str | None, title: str, course: str | None) -> int:
    """Import and say what was done. `source` is a slug, by default the file's name; `course` the slug of a course.

    Raises CannotStart with a sentence, for a refused file with every bad row.
    """
    body = read(file, settings)
    slug = source or slug_of(file)
    with borrow(settings) as full:
        if not settings.database.url:
            migrate.run(full)
        report = asyncio.run(_import(full, slug, title, course, body))
    typer.echo(
        f"{report.source.slug}: {report.added} added, {report.changed} changed, {report.unchanged} unchanged"
        + (f"; {report.absent} in the bank are not in the file and stay" if report.absent else "")
    )
    return 0


def read(file: Path, settings: Settings) -> bytes | Pack:
    """A ZIP as it is, or a JSON file with the pictures of its folder. Raises CannotStart."""
    try:
        if file.stat().st_size > settings.bank.file_bytes:
            raise CannotStart(f"{file} is larger than {settings.bank.file_bytes} bytes.")
        body = file.read_bytes()
    except OSError as error:
        raise CannotStart(f"{file} cannot be read: {error.strerror}.") from error
    if file.suffix.lower() == ZIP:
        return body
    folder = file.resolve().parent

    def picture(name: str) -> bytes:
        return beside(folder, name, settings.photos.max_bytes)

    return Pack(body, picture)


def beside(folder: Path, name: str, most: int) -> bytes:
    """A picture of the folder, whichever way its name is composed in Unicode. Raises NoPicture."""
    for form in ("NFC", "NFD"):
        path = (folder / unicodedata.normalize(form, name)).resolve()
        if path.is_relative_to(folder) and path.is_file():
            with path.open("rb") as file:
                return file.read(most + 1)
    raise NoPicture("Рядом с файлом нет такой картинки.", "There is no such picture beside the file.")


def slug_of(file: Path) -> str:
    """The short name that a file gives its source. Raises CannotStart when no letter of it can be used."""
    slug = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")[:64].strip("-")
    if not slug:
        raise CannotStart("Say what the source is called: --source NAME (a–z, 0–9 and inner “-”).")
    return slug


async def _import(settings: Settings, slug: str, title: str, course: str | None, body: bytes | Pack) -> Report:
    runtime = open_runtime(settings, reads=False)
    context = Context(runtime, SYSTEM, door="cli")
    try:
        await runtime.gateways.storage.prepare()
        course_id = (await courses.by_slug(context, course)).id if course else None
        return await bank_import.run(context, SourcePlan(slug, title, course_id), body)
    except Problem as problem:
        raise CannotStart(str(problem)) from problem
    finally:
        await runtime.close()
