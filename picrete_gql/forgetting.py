"""Erasing a person from every table, as the models declare it. One step inside somebody's transaction."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, or_
from sqlmodel import col, select

from picrete_gql.call import Call
from picrete_gql.models import Attempt, DataExport, GradeExport, Photo, PhotoStatus, TelegramLink
from picrete_gql.models._privacy import Privacy, declared


async def objects_of(call: Call, account_id: UUID) -> list[str]:
    """The objects that speak of a person: pages, archives, and files of grades with their name."""
    photos = select(Photo).where(Photo.student_id == account_id, col(Photo.image_removed_at).is_(None))
    pages = [
        photo.incoming_key if photo.status is PhotoStatus.UPLOADING else photo.key for photo in await call.all(photos)
    ]
    exports = await call.all(select(DataExport).where(DataExport.account_id == account_id))
    grades = await call.all(select(GradeExport.key).where(_grades_of(account_id)))
    return [*pages, *(export.key for export in exports), *filter(None, grades)]


async def forget(call: Call, account_id: UUID) -> None:
    """Delete and empty what is declared personal. Doing it twice changes nothing more.

    Rows that others point at go last. The chat is known by its link, so it is asked for before that goes.
    """
    # Teachers make them anew, with the pseudonym; one that is being written loses its lease.
    await call.session.execute(delete(GradeExport).where(_grades_of(account_id)))
    chats = await call.all(select(TelegramLink.telegram_id).where(TelegramLink.account_id == account_id))
    for table, privacy in reversed(list(declared())):
        assert privacy is not None, table.name
        clauses = _of_person(table, privacy, account_id, chats)
        if not clauses:
            continue
        if privacy.gone:
            await call.session.execute(table.delete().where(or_(*clauses)))
        elif privacy.erased:
            values = {name: _becomes(table, value, call) for name, value in privacy.erased.items()}
            await call.session.execute(table.update().where(or_(*clauses)).values(values))


def _grades_of(account_id: UUID) -> ColumnElement[bool]:
    works = select(Attempt.work_id).where(Attempt.student_id == account_id)
    return or_(col(GradeExport.author_id) == account_id, col(GradeExport.work_id).in_(works))


def _of_person(table: Table, privacy: Privacy, account_id: UUID, chats: list[int]) -> list[ColumnElement[bool]]:
    own: list[ColumnElement[bool]] = [table.c[name] == account_id for name in privacy.by]
    return own + ([table.c[name].in_(chats) for name in privacy.chats] if chats else [])


def _becomes(table: Table, value: Any, call: Call) -> Any:
    return value(table, call.now) if callable(value) else value
