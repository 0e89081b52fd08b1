"""Courses, who belongs to them, and the codes that let people in."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from picrete_gql.events import Event

from ._base import JSON, TEXTS, TIME, CourseRow, Row, choice, in_course
from ._privacy import nobodys, persons


class Role(StrEnum):
    """What a member is in a course."""

    STUDENT = "student"
    TEACHER = "teacher"


class MemberStatus(StrEnum):
    """Only an active membership opens a course."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class IdentityPolicy(StrEnum):
    """What a person must show of themselves when joining."""

    NONE = "none"
    ISU_6_DIGITS = "isu_6_digits"
    EMAIL_DOMAIN = "email_domain"
    CUSTOM_TEXT = "custom_text"


class Course(Row, table=True):
    """A course: the wall behind which everything else lives."""

    __privacy__ = nobodys("slug title organization is_active identity_policy identity_rule")
    slug: str = Field(unique=True, max_length=64)
    title: str = Field(max_length=200)
    organization: str = Field(default="", max_length=200)
    is_active: bool = True
    identity_policy: IdentityPolicy = Field(default=IdentityPolicy.NONE, sa_type=choice(IdentityPolicy))
    identity_rule: str = Field(default="", max_length=200)


class Membership(CourseRow, table=True):
    """A person in a course, in one or more roles."""

    __privacy__ = persons("account_id", identity={}, status=MemberStatus.LEFT, kept="roles")
    __table_args__ = (
        *in_course(),
        UniqueConstraint("course_id", "account_id"),
        CheckConstraint("roles <@ ARRAY['student','teacher']::varchar[] AND cardinality(roles) > 0", name="roles"),
    )
    account_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    status: MemberStatus = Field(default=MemberStatus.ACTIVE, sa_type=choice(MemberStatus))
    roles: list[str] = Field(sa_type=TEXTS)
    identity: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class InviteCode(CourseRow, table=True):
    """A code that makes its bearer a member. Only its keyed hash is kept; a role has one living code.

    `key_id` names the key of the hash (rules/tokens.py); nothing, when the code is older than the names.
    """

    __privacy__ = nobodys("role code_hash key_id expires_at revoked_at uses")
    __tablename__ = "invite_code"
    __table_args__ = (
        *in_course(),
        Index("uq_invite_code_living", "course_id", "role", unique=True, postgresql_where=text("revoked_at IS NULL")),
    )
    role: Role = Field(sa_type=choice(Role))
    code_hash: str = Field(unique=True, max_length=64)
    key_id: str | None = Field(default=None, max_length=8)
    expires_at: datetime | None = Field(default=None, sa_type=TIME)
    revoked_at: datetime | None = Field(default=None, sa_type=TIME)
    uses: int = 0


class CourseCreated(Event):
    name = "course.created"


class CourseChanged(Event):
    name = "course.changed"


class InviteRotated(Event):
    name = "invite.rotated"


class MemberJoined(Event):
    name = "member.joined"


class MemberChanged(Event):
    name = "member.changed"
