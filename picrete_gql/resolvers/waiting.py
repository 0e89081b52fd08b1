"""What waits for a worker: an administrator asks for it again, now."""

from uuid import UUID

from sqlmodel import select

from picrete_gql.call import Call, command
from picrete_gql.models import (
    DataExport,
    DataExportStatus,
    ExportStatus,
    GradeExport,
    Notice,
    NoticeState,
    Photo,
    PhotoStatus,
    PrecheckStatus,
    Submission,
)
from picrete_gql.models.data_exports import DataExportRetried
from picrete_gql.models.grade_exports import GradeExportRetried
from picrete_gql.models.grades import GradeRetried
from picrete_gql.models.photos import PhotoRetried
from picrete_gql.models.telegram import NoticeRetried
from picrete_gql.problems import Conflict
from picrete_gql.scopes import ANY


@command(admin=ANY)
async def retry_page(call: Call, photo_id: UUID) -> Photo:
    """Have a page read now, which waits for another try. A worker that lives keeps it. Raises Conflict."""
    photo = await call.get(Photo, photo_id, lock=True)
    if photo.status not in (PhotoStatus.PENDING, PhotoStatus.PROCESSING) or photo.queued_at is None:
        raise Conflict(photo.status.value)
    _free(call, photo)
    call.emit(PhotoRetried.about(photo, number=photo.number))
    return photo


@command(admin=ANY)
async def retry_precheck(call: Call, attempt_id: UUID) -> Submission:
    """Have a submission prechecked now, which waits for another try. A worker that lives keeps it. Raises Conflict."""
    found = call.select(Submission).where(Submission.attempt_id == attempt_id)
    submission: Submission = await call.find(found, lock=True)
    if submission.precheck_status not in (PrecheckStatus.QUEUED, PrecheckStatus.PROCESSING):
        raise Conflict(submission.precheck_status.value)
    _free(call, submission)
    call.emit(GradeRetried.about(submission))
    return submission


@command(admin=ANY)
async def retry_notice(call: Call, notice_id: UUID) -> Notice:
    """Have a notice sent now, which waits for another try. Raises Conflict when it waits no more."""
    notice: Notice = await call.find(select(Notice).where(Notice.id == notice_id, call.visible(Notice)), lock=True)
    if notice.state is not NoticeState.WAITING:
        raise Conflict(notice.state.value)
    _free(call, notice)
    call.emit(NoticeRetried.about(notice))
    return notice


@command(admin=ANY)
async def retry_grades(call: Call, export_id: UUID) -> GradeExport:
    """Have a file of grades made now, which waits for another try. Raises Conflict when it waits no more."""
    export = await call.get(GradeExport, export_id, lock=True)
    if export.status not in (ExportStatus.PENDING, ExportStatus.PROCESSING):
        raise Conflict(export.status.value)
    _free(call, export)
    call.emit(GradeExportRetried.about(export))
    return export


@command(admin=ANY)
async def retry_archive(call: Call, data_export_id: UUID) -> DataExport:
    """Have a person's data packed now, which wait for another try. Raises Conflict when they wait no more."""
    export = await call.get(DataExport, data_export_id, lock=True)
    if export.status not in (DataExportStatus.WAITING, DataExportStatus.PACKING):
        raise Conflict(export.status.value)
    _free(call, export)
    call.emit(DataExportRetried.about(export))
    return export


def _free(call: Call, row: Photo | Submission | Notice | GradeExport | DataExport) -> None:
    row.retry_at = None
    if row.lease_until is not None and row.lease_until > call.now:
        return
    row.lease_owner = row.lease_until = None
