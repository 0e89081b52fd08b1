"""Requests to be forgotten: asked for, taken back within the grace, carried out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from picrete_gql.events import Event

from ._base import TIME, Row
from ._privacy import persons


class Erasure(Row, table=True):
    """One request to erase a person. `asked_by` is the person or an administrator. At most one is open."""

    __privacy__ = persons("account_id", kept="asked_by erase_at cancelled_at done_at")
    __table_args__ = (
        Index(
            "uq_erasure_open",
            "account_id",
            unique=True,
            postgresql_where=text("cancelled_at IS NULL AND done_at IS NULL"),
        ),
        Index("ix_erasure_due", "erase_at", postgresql_where=text("cancelled_at IS NULL AND done_at IS NULL")),
    )
    account_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    asked_by: UUID
    erase_at: datetime = Field(sa_type=TIME)
    cancelled_at: datetime | None = Field(default=None, sa_type=TIME)
    done_at: datetime | None = Field(default=None, sa_type=TIME)


class ErasureRequested(Event):
    name = "erasure.requested"


class ErasureCancelled(Event):
    name = "erasure.cancelled"


class AccountErased(Event):
    name = "account.erased"
