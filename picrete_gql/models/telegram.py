"""Telegram: whose chat is whose, what came in, what goes out, and what people want to hear about."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from picrete_gql.events import Event
from picrete_gql.problems import Locale

from ._base import JSON, TIME, CourseRow, Row, choice, in_course
from ._privacy import gone, nobodys, persons


class TelegramBot(SQLModel, table=True):
    """A bot by Telegram's id, and the first update that it has not confirmed yet."""

    __privacy__ = nobodys("username next_update started_at")
    __tablename__ = "telegram_bot"
    id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    username: str = Field(max_length=64)
    next_update: int = Field(default=0, sa_type=BigInteger)
    started_at: datetime = Field(sa_type=TIME)


class TelegramLink(Row, table=True):
    """One person, one Telegram account. `telegram_id` is also the id of the private chat; `muted` wants no notices."""

    __privacy__ = gone("account_id")
    __tablename__ = "telegram_link"
    account_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE", unique=True)
    telegram_id: int = Field(sa_type=BigInteger, unique=True)
    name: str = Field(default="", max_length=64)
    locale: Locale = Field(default=Locale.RU, sa_type=choice(Locale))
    attempt_id: UUID | None = Field(default=None, foreign_key="attempt.id", ondelete="SET NULL", index=True)
    muted: bool = False
    blocked_at: datetime | None = Field(default=None, sa_type=TIME)


class TelegramCode(Row, table=True):
    """A one-time code that links whoever shows it, as its hash. A person has one at most."""

    __privacy__ = gone("account_id")
    __tablename__ = "telegram_code"
    account_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE", unique=True)
    code_hash: str = Field(unique=True, max_length=64)
    expires_at: datetime = Field(sa_type=TIME)


class TelegramUpdate(SQLModel, table=True):
    """An update that the bot has begun to handle: the memory that makes handling it twice harmless.

    `dialogue` is the dialogue as it was before, for another try; `effect` the event that it caused, written in
    the very transaction of that event; `finished_at` says that its answers are stored. Texts are never kept.
    """

    __privacy__ = persons(
        chats="chat_id", chat_id=None, dialogue=None, kept="bot_id update_id received_at effect finished_at"
    )
    __tablename__ = "telegram_update"
    __table_args__ = (Index(None, "bot_id", "received_at"),)
    bot_id: int = Field(
        sa_column_args=(ForeignKey("telegram_bot.id", ondelete="CASCADE"),), sa_type=BigInteger, primary_key=True
    )
    update_id: int = Field(sa_type=BigInteger, primary_key=True)
    chat_id: int | None = Field(default=None, sa_type=BigInteger)
    received_at: datetime = Field(sa_type=TIME)
    dialogue: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    effect: str | None = Field(default=None, max_length=60)
    finished_at: datetime | None = Field(default=None, sa_type=TIME)


class TelegramFile(Row, table=True):
    """A file that somebody sent, on its way into an attempt. `ready_at` is set with the photo, or with `refusal`.

    `group` holds an album together; `answered_at` says that the sender has been told.
    """

    __privacy__ = gone("account_id", chats="chat_id")
    __tablename__ = "telegram_file"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index("ix_telegram_file_open", "bot_id", "chat_id", postgresql_where=text("answered_at IS NULL")),
        Index(None, "bot_id", "chat_id", "group"),
    )
    bot_id: int = Field(sa_column_args=(ForeignKey("telegram_bot.id", ondelete="CASCADE"),), sa_type=BigInteger)
    update_id: int = Field(sa_type=BigInteger)
    chat_id: int = Field(sa_type=BigInteger)
    group: str | None = Field(default=None, max_length=64)
    file: str = Field(max_length=256)
    filename: str = Field(max_length=200)
    account_id: UUID | None = None
    attempt_id: UUID | None = None
    locale: Locale = Field(sa_type=choice(Locale))
    number: int | None = None
    refusal: str | None = None
    tries: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=TIME)
    ready_at: datetime | None = Field(default=None, sa_type=TIME)
    answered_at: datetime | None = Field(default=None, sa_type=TIME)


class TelegramAnswer(Row, table=True):
    """A message of the bot that is to be sent, or (with a `message_id`) to be changed. `key` keeps it single."""

    __privacy__ = gone(chats="chat_id")
    __tablename__ = "telegram_answer"
    __table_args__ = (
        UniqueConstraint("bot_id", "key"),
        Index("ix_telegram_answer_pending", "bot_id", "chat_id", postgresql_where=text("pending")),
    )
    bot_id: int = Field(sa_column_args=(ForeignKey("telegram_bot.id", ondelete="CASCADE"),), sa_type=BigInteger)
    chat_id: int = Field(sa_type=BigInteger)
    key: str = Field(max_length=100)
    text: str
    keyboard: list[Any] | None = Field(default=None, sa_type=JSON)
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    version: int = 1
    pending: bool = True


class NoticeKind(StrEnum):
    """What a person is told of."""

    REVIEW_READY = "review_ready"
    REVIEW_HALF = "review_half"
    REVIEW_LAST = "review_last"
    MARK = "mark"
    PROGRESS = "progress"
    FINISHED = "finished"
    REGRADE_ASKED = "regrade_asked"
    REGRADE_ANSWERED = "regrade_answered"
    REGRADE_DISCUSSED = "regrade_discussed"


class NoticeState(StrEnum):
    """What has become of a notice: it waits, was sent, or will not be sent and why."""

    WAITING = "waiting"
    SENT = "sent"
    MUTED = "muted"
    BLOCKED = "blocked"
    STALE = "stale"
    REFUSED = "refused"


class Notice(Row, table=True):
    """One piece of news for one person: once per kind, subject and `about` (which deadline, which release).

    `shown` is the number that a message about progress shows, `lease_*` says which worker is sending it.
    """

    __privacy__ = gone("account_id")
    __table_args__ = (
        UniqueConstraint("account_id", "kind", "subject_id", "about"),
        Index("ix_notice_due", "due_at", postgresql_where=text("state = 'waiting'")),
    )
    account_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE")
    kind: NoticeKind = Field(sa_type=choice(NoticeKind))
    subject_id: UUID = Field(index=True)
    about: datetime = Field(sa_type=TIME)
    due_at: datetime = Field(sa_type=TIME)
    state: NoticeState = Field(default=NoticeState.WAITING, sa_type=choice(NoticeState))
    shown: int | None = None
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    sent_at: datetime | None = Field(default=None, sa_type=TIME)
    tries: int = 0
    retry_at: datetime | None = Field(default=None, sa_type=TIME)
    lease_owner: UUID | None = None
    lease_until: datetime | None = Field(default=None, sa_type=TIME)


class Follow(CourseRow, table=True):
    """A teacher who wants to hear how many have handed in."""

    __privacy__ = gone("account_id")
    __table_args__ = (*in_course("work"), UniqueConstraint("account_id", "work_id"))
    work_id: UUID = Field(index=True)
    account_id: UUID = Field(foreign_key="account.id", ondelete="CASCADE")


class TelegramLinked(Event):
    name = "telegram.linked"


class TelegramUnlinked(Event):
    name = "telegram.unlinked"


class TelegramChanged(Event):
    name = "telegram.changed"


class FollowChanged(Event):
    name = "follow.changed"


class NoticeQueued(Event):
    name = "notice.queued"


class NoticeRetried(Event):
    name = "notice.retried"
