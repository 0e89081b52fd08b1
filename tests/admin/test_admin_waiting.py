"""The queue as the rows tell it, and what the button that retries does."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import select

from picrete_gql.models import (
    Attempt,
    DataExport,
    DataExportStatus,
    Decision,
    ExportFormat,
    ExportStatus,
    GradeExport,
    Happening,
    Notice,
    NoticeKind,
    Photo,
    PhotoStatus,
    PrecheckStatus,
    ProviderRun,
    RunKind,
    RunOutcome,
    Submission,
)
from picrete_gql.problems import Locale
from picrete_gql.resolvers import attempts, reviews
from tests.admin.desk import Desk

HOUR = timedelta(hours=1)


async def change(desk: Desk, model: Any, id: UUID, **facts: Any) -> Any:
    """Put a row into a state that would take long to come about, or only look at it."""
    async with desk.runtime.sessions() as session:
        row = await session.get(model, id)
        for name, value in facts.items():
            setattr(row, name, value)
        await session.commit()
        return row


async def handed_in(desk: Desk, student: str) -> tuple[Attempt, Photo]:
    """An attempt with one page that waits to be read."""
    course = await desk.world.course(f"of-{student}", f"teacher-of-{student}", [student])
    attempt = await desk.world.start(student, await desk.world.work(course, f"teacher-of-{student}"))
    photo = await desk.world.photo(student, attempt.id)
    await attempts.submit(await desk.world.person(student), attempt.id)
    return attempt, photo


async def event_of(desk: Desk, name: str) -> Happening:
    """The latest event of a name."""
    async with desk.runtime.sessions() as session:
        latest = select(Happening).where(Happening.name == name).order_by(Happening.id.desc()).limit(1)
        return (await session.execute(latest)).scalar_one()


async def test_a_page_that_waits_for_its_next_try_is_read_now(desk: Desk) -> None:
    attempt, photo = await handed_in(desk, "reader")
    now = desk.runtime.now()
    await change(desk, Photo, photo.id, retry_at=now + HOUR, tries=2, lease_owner=uuid4(), lease_until=now - HOUR)
    async with desk.runtime.sessions() as session:
        place = {"course_id": attempt.course_id, "attempt_id": attempt.id, "student_id": attempt.student_id}
        run = {"kind": RunKind.OCR, "engine": "datalab", "number": 1, "owner": uuid4(), "photo_id": photo.id}
        failed = {"outcome": RunOutcome.UNAVAILABLE, "detail": "<b>HTTP 503</b>", "created_at": now}
        session.add(ProviderRun(**place, **run, **failed))
        await session.commit()
    await desk.runtime.gateways.redis.flushdb()
    browser = await desk.signed_in()
    listed = (await browser.open("/admin/waiting/list", person="reader")).text
    assert len(re.findall("data-sa-href", listed)) == 1 and "чтение страницы" in listed
    assert "&lt;b&gt;HTTP 503&lt;/b&gt;" in listed and "2" in listed
    assert len(re.findall("data-sa-href", (await browser.open("/admin/waiting/list", dead="yes")).text)) == 1
    overview = (await browser.open("/admin/")).text
    assert "чтение страницы" in overview and "datalab" in overview
    assert (await desk.world.jobs()) == 0, "nobody has asked yet"
    assert (await browser.press("waiting", "retry", photo.id)).status_code == 200
    event = await event_of(desk, "photo.retried")
    assert (event.door, event.photo_id) == ("admin", photo.id) and event.actor_id is not None
    freed = await change(desk, Photo, photo.id)
    assert (freed.retry_at, freed.lease_owner) == (None, None)
    assert (await desk.world.jobs()) >= 1
    assert (await change(desk, Photo, photo.id)).status is PhotoStatus.READY
    done = await browser.press("waiting", "retry", photo.id)
    assert done.status_code == 400 and done.json()["msg"].startswith("Не найдено")


async def test_a_worker_that_lives_keeps_its_page(desk: Desk) -> None:
    _, photo = await handed_in(desk, "patient")
    owner, until = uuid4(), desk.runtime.now() + HOUR
    await change(desk, Photo, photo.id, lease_owner=owner, lease_until=until, status=PhotoStatus.PROCESSING)
    browser = await desk.signed_in()
    assert (await browser.press("waiting", "retry", photo.id)).status_code == 200
    kept = await change(desk, Photo, photo.id)
    assert (kept.lease_owner, kept.status) == (owner, PhotoStatus.PROCESSING)


async def test_a_precheck_is_done_now(desk: Desk) -> None:
    attempt, photo = await handed_in(desk, "solver")
    await desk.world.jobs()
    student = await desk.world.person("solver")
    await reviews.approve_page(student, photo.id)
    submission = await reviews.finalise(student, attempt.id, Decision.SUBMIT, "")
    await change(desk, Submission, submission.id, retry_at=desk.runtime.now() + HOUR, tries=1)
    await desk.world.jobs()
    assert (await change(desk, Submission, submission.id)).precheck_status is PrecheckStatus.QUEUED
    browser = await desk.signed_in()
    listed = (await browser.open("/admin/waiting/list", person="solver", kind="precheck")).text
    pk = re.findall(r'data-sa-pk="([^"]*)"', listed)
    assert len(pk) == 1
    assert (await browser.press("waiting", "retry", pk[0])).status_code == 200
    assert (await event_of(desk, "grade.retried")).attempt_id == attempt.id
    await desk.world.jobs()
    assert (await change(desk, Submission, submission.id)).precheck_status is PrecheckStatus.COMPLETED


async def test_a_notice_is_sent_now_and_clocks_cannot_be_hurried(desk: Desk) -> None:
    attempt, _ = await handed_in(desk, "waiter")
    now = desk.runtime.now()
    async with desk.runtime.sessions() as session:
        about = {"account_id": attempt.student_id, "kind": NoticeKind.MARK, "subject_id": attempt.id, "about": now}
        notice = Notice(**about, due_at=now - HOUR, created_at=now, retry_at=now + HOUR, tries=3)
        session.add(notice)
        await session.commit()
    browser = await desk.signed_in()
    assert (await browser.press("waiting", "retry", notice.id)).status_code == 200
    assert (await event_of(desk, "notice.retried")).account_id == attempt.student_id
    assert (await change(desk, Notice, notice.id)).retry_at is None
    other = await desk.world.course("overdue", "overdue-teacher", ["sleeper"])
    late = await desk.world.start("sleeper", await desk.world.work(other, "overdue-teacher"))
    await change(desk, Attempt, late.id, expires_at=now - HOUR)
    listed = (await browser.open("/admin/waiting/list", kind="deadline")).text
    assert re.findall(r'data-sa-pk="([^"]*)"', listed) == [str(late.id)] and 'data-sa-name="retry"' not in listed
    assert (await browser.press("waiting", "retry", late.id)).status_code == 400


async def test_files_of_grades_and_archives_are_made_now(desk: Desk) -> None:
    attempt, _ = await handed_in(desk, "collector")
    now = desk.runtime.now()
    paused: dict[str, Any] = {"created_at": now, "retry_at": now + HOUR, "tries": 1}
    async with desk.runtime.sessions() as session:
        teacher = desk.world.people["teacher-of-collector"].id
        about: dict[str, Any] = {"course_id": attempt.course_id, "work_id": attempt.work_id, "author_id": teacher}
        grades = GradeExport(
            **about, **paused, format=ExportFormat.CSV, locale=Locale.RU, filename="x.csv", expires_at=now + HOUR
        )
        archive = DataExport(account_id=attempt.student_id, asked_by=attempt.student_id, **paused)
        session.add_all([grades, archive])
        await session.commit()
    browser = await desk.signed_in()
    listed = (await browser.open("/admin/waiting/list")).text
    for row, kind, name in [
        (grades, "файл с оценками", "grade_export.retried"),
        (archive, "архив с данными человека", "data_export.retried"),
    ]:
        assert kind in listed and str(row.id) in listed
        assert (await browser.press("waiting", "retry", row.id)).status_code == 200
        assert (await event_of(desk, name)).door == "admin"
    await desk.world.jobs()
    assert (await change(desk, GradeExport, grades.id)).status is ExportStatus.READY
    assert (await change(desk, DataExport, archive.id)).status is DataExportStatus.READY
    listed = (await browser.open("/admin/waiting/list")).text
    assert str(grades.id) not in listed and str(archive.id) not in listed
