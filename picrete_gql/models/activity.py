"""The append-only record of everything that happened: live feed, audit trail, source of notifications."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from ._base import JSON, TIME
from ._privacy import persons

# What happens to accounts and may change what others see of them: all but their beginning and their sign-ins.
PEOPLE = "course_id IS NULL AND name NOT IN ('account.created', 'sign_in.started', 'sign_in.ended')"


class Happening(SQLModel, table=True):
    """One event as stored. `(xid, id)` is its place in the feed: complete below the oldest running transaction.

    Ids are plain values without references, so that the record outlives what it speaks of. `trace` is the W3C
    traceparent under which it happened, if that was recorded.
    """

    # What a person did stays as it is: it names others by their ids. What happened to them keeps no more than its name.
    __privacy__ = persons(
        "account_id", data={}, kept="xid name at actor_id door work_id attempt_id photo_id subject_id trace"
    )
    __tablename__ = "event"
    __table_args__ = (
        Index(None, "xid", "id"),
        Index(None, "work_id", "xid", "id"),
        Index(None, "course_id", "xid", "id"),
        Index("ix_event_traced", "name", "at", postgresql_where=text("trace IS NOT NULL")),
        # How often a precheck was asked for; the index of the whole record would cost every event.
        Index("ix_event_grade_queued", "attempt_id", postgresql_where=text("name = 'grade.queued'")),
        # The last of these is asked for at each read of a kept answer.
        Index("ix_event_people", "xid", postgresql_where=text(PEOPLE)),
        Index(None, "account_id", "id"),
        Index(None, "actor_id", "id"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    xid: int = Field(
        default=None,
        sa_type=BigInteger,
        sa_column_kwargs={"server_default": text("pg_current_xact_id()::text::bigint")},
    )
    name: str = Field(max_length=60)
    at: datetime = Field(sa_type=TIME)
    actor_id: UUID | None = None
    door: str = Field(max_length=20)
    course_id: UUID | None = None
    work_id: UUID | None = None
    attempt_id: UUID | None = None
    photo_id: UUID | None = None
    account_id: UUID | None = None
    subject_id: UUID | None = None
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    trace: str | None = Field(default=None, max_length=55)
