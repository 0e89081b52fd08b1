"""People, and their sign-ins."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, cast, func, text
from sqlmodel import Field

from picrete_gql.events import Event
from picrete_gql.problems import Locale

from ._base import TIME, Row, choice
from ._privacy import goes_with, gone, persons


class Account(Row, table=True):
    """A person. The username is unique without regard to case."""

    __privacy__ = persons(
        "id",
        username=lambda t, now: "erased-" + func.replace(cast(t.c.id, String), "-", ""),
        full_name=lambda t, now: "erased-" + func.right(cast(t.c.id, String), 8),
        password_hash="",
        is_active=False,
        is_platform_admin=False,
        locale=Locale.RU,
        erased_at=lambda t, now: now,
        kept="consent_version consented_at terms_version terms_accepted_at privacy_version privacy_accepted_at",
    )
    __table_args__ = (Index("uq_account_username_folded", text("lower(username)"), unique=True),)
    username: str = Field(max_length=64)
    full_name: str = Field(max_length=200)
    password_hash: str
    is_active: bool = True
    is_platform_admin: bool = False
    locale: Locale = Field(default=Locale.RU, sa_type=choice(Locale))
    consent_version: str
    consented_at: datetime = Field(sa_type=TIME)
    terms_version: str
    terms_accepted_at: datetime = Field(sa_type=TIME)
    privacy_version: str
    privacy_accepted_at: datetime = Field(sa_type=TIME)
    erased_at: datetime | None = Field(default=None, sa_type=TIME)


class SignIn(Row, table=True):
    """One sign-in on one device: the family of refresh tokens that rotate within it."""

    __privacy__ = gone("account_id")
    __tablename__ = "sign_in"
    account_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE", index=True)
    agent: str = Field(default="", max_length=200)
    used_at: datetime = Field(sa_type=TIME)
    expires_at: datetime = Field(sa_type=TIME)
    revoked_at: datetime | None = Field(default=None, sa_type=TIME)


class RefreshToken(Row, table=True):
    """A refresh token, as its hash. Once used, it is only a trap for whoever stole it. `key_id`: as in InviteCode."""

    __privacy__ = goes_with("sign_in")
    __tablename__ = "refresh_token"
    sign_in_id: UUID = Field(foreign_key="sign_in.id", ondelete="CASCADE", index=True)
    token_hash: str = Field(unique=True, max_length=64)
    key_id: str | None = Field(default=None, max_length=8)
    used_at: datetime | None = Field(default=None, sa_type=TIME)


class AccountCreated(Event):
    name = "account.created"


class AccountChanged(Event):
    name = "account.changed"


class SignInStarted(Event):
    name = "sign_in.started"


class SignInEnded(Event):
    name = "sign_in.ended"


class SignInsRemoved(Event):
    name = "sign_ins.removed"
