"""Everything that is known of a person, packed for them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from picrete_gql.events import Event

from ._base import TIME, Row, choice
from ._privacy import gone


class DataExportStatus(StrEnum):
    """An export waits, is being packed, can be fetched for a while; or it failed."""

    WAITING = "waiting"
    PACKING = "packing"
    READY = "ready"
    EXPIRED = "expired"
    FAILED = "failed"


class DataExport(Row, table=True):
    """One archive of one person's data. `done` of `total` attempts are in it, `size` in bytes.

    `lease_*` says which worker packs it, `tries` counts the packings that failed.
    """

    __privacy__ = gone("account_id")
    __tablename__ = "data_export"
    __table_args__ = (
        Index(
            "uq_data_export_open",
            "account_id",
            unique=True,
            postgresql_where=text("status IN ('waiting', 'packing')"),
        ),
        Index("ix_data_export_ready", "expires_at", postgresql_where=text("status = 'ready'")),
    )
    account_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    asked_by: UUID
    status: DataExportStatus = Field(default=DataExportStatus.WAITING, sa_type=choice(DataExportStatus))
    done: int = 0
    total: int | None = None
    size: int | None = Field(default=None, sa_type=BigInteger)
    ready_at: datetime | None = Field(default=None, sa_type=TIME)
    expires_at: datetime | None = Field(default=None, sa_type=TIME)
    failure: str = ""
    lease_owner: UUID | None = None
    lease_until: datetime | None = Field(default=None, sa_type=TIME)
    tries: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=TIME)

    @property
    def key(self) -> str:
        """Where the archive lies in the object store."""
        return f"data-exports/{self.account_id}/{self.id}.zip"


class DataExportRequested(Event):
    name = "data_export.requested"


class DataExportRetried(Event):
    name = "data_export.retried"


class DataExportAdvanced(Event):
    name = "data_export.advanced"


class DataExportReady(Event):
    name = "data_export.ready"


class DataExportFailed(Event):
    name = "data_export.failed"


class DataExportExpired(Event):
    name = "data_export.expired"
