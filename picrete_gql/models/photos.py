"""A photo of a page of work, and what can happen to it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, and_, case, func, text
from sqlmodel import Field

from picrete_gql import metrics
from picrete_gql.events import Event

from ._base import TIME, CourseRow, choice, in_course
from ._privacy import persons


class PhotoStatus(StrEnum):
    """A photo is uploading until its bytes are stored; then it waits for, undergoes and ends its reading."""

    UPLOADING = "uploading"
    PENDING = "pending"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class UploadSource(StrEnum):
    """Which way a photo came in."""

    WEB = "web"
    TELEGRAM = "telegram"


class ImageRemoval(StrEnum):
    """Why the image of a photo was removed: its time was over, or the person was erased."""

    RETENTION = "retention"
    ERASURE = "erasure"


class Photo(CourseRow, table=True):
    """One page. `number` (from 1) is given by the server; `size` in bytes, `width` and `height` in upright pixels.

    `ticket_*` is the page's place at a remote reader, `lease_*` says which worker reads it now,
    `tries` counts failed readings and `takes` how often a worker took it. Once `image_removed_at` is set there is no
    image any more: the object goes after the commit, and the sweeper takes what was left.
    """

    __privacy__ = persons(
        "student_id",
        filename="photo.jpg",
        sha256=None,
        phash=None,
        failure="",
        ticket_id=None,
        ticket_url=None,
        lease_owner=None,
        lease_until=None,
        image_removed_at=lambda t, now: func.coalesce(t.c.image_removed_at, now),
        image_removed_why=ImageRemoval.ERASURE,
        kept="work_id attempt_id number source status mime size width height uploaded_at queued_at tries takes"
        " retry_at",
    )
    __table_args__ = (
        *in_course("attempt"),
        UniqueConstraint("attempt_id", "number", deferrable=True, initially="IMMEDIATE"),
        Index("uq_photo_sha256", "attempt_id", "sha256", unique=True, postgresql_where=text("sha256 IS NOT NULL")),
        Index("ix_photo_queue", "queued_at", postgresql_where=text("status IN ('pending', 'processing')")),
        Index("ix_photo_image", "work_id", postgresql_where=text("image_removed_at IS NULL")),
    )
    work_id: UUID
    attempt_id: UUID
    student_id: UUID = Field(index=True)
    number: int
    filename: str = Field(max_length=200)
    source: UploadSource = Field(sa_type=choice(UploadSource))
    status: PhotoStatus = Field(default=PhotoStatus.UPLOADING, sa_type=choice(PhotoStatus))
    mime: str = Field(default="image/jpeg", max_length=40)
    size: int = 0
    width: int = 0
    height: int = 0
    sha256: str | None = Field(default=None, max_length=64)
    phash: int | None = Field(default=None, sa_type=BigInteger)
    uploaded_at: datetime | None = Field(default=None, sa_type=TIME)
    failure: str = ""
    ticket_id: str | None = None
    ticket_url: str | None = None
    queued_at: datetime | None = Field(default=None, sa_type=TIME)
    lease_owner: UUID | None = None
    lease_until: datetime | None = Field(default=None, sa_type=TIME)
    tries: int = 0
    takes: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=TIME)
    image_removed_at: datetime | None = Field(default=None, sa_type=TIME)
    image_removed_why: ImageRemoval | None = Field(default=None, sa_type=choice(ImageRemoval))

    @property
    def key(self) -> str:
        """Where the upright JPEG lies in the object store."""
        return f"courses/{self.course_id}/{self.work_id}/{self.attempt_id}/{self.id}.jpg"

    @classmethod
    def stored_key(cls, table: Any) -> Any:
        """The same in SQL; NULL before the bytes have arrived and once the image is removed."""
        folders = func.concat_ws("/", "courses", table.course_id, table.work_id, table.attempt_id, table.id)
        there = and_(table.status != PhotoStatus.UPLOADING, table.image_removed_at.is_(None))
        return case((there, func.concat(folders, ".jpg")))

    @property
    def incoming_key(self) -> str:
        """Where a client puts the untouched file of a presigned upload."""
        return f"incoming/{self.id}"


class PhotoReserved(Event):
    name = "photo.reserved"


class PhotoUploaded(Event):
    name = "photo.uploaded"

    def count(self) -> None:
        metrics.UPLOADS.labels(self.data["source"]).inc()


class PhotoRemoved(Event):
    name = "photo.removed"


class PhotoQueued(Event):
    name = "photo.queued"


class PhotoRetried(Event):
    name = "photo.retried"


class PhotoPostponed(Event):
    name = "photo.postponed"


class PhotoStarted(Event):
    name = "photo.started"

    def count(self) -> None:
        metrics.OCR_QUEUE.observe(self.data["waited"])


class PhotoRead(Event):
    name = "photo.read"

    def count(self) -> None:
        metrics.OCR_JOBS.labels("ready").inc()


class PhotoFailed(Event):
    name = "photo.failed"

    def count(self) -> None:
        metrics.OCR_JOBS.labels("failed").inc()


class ImagesRemoved(Event):
    name = "images.removed"
