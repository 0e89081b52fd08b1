"""Rows put straight into the database: a course full of people and papers, whose secrets carry marker strings.

`SECRET-…` no student may ever see, `MARK-…` only after the release, `PRIVATE-<name>-…` only the one of that name,
`PLACE-<slug>-…` only the members of that course.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4

from picrete_gql.models import (
    METADATA,
    Account,
    Assignment,
    Attachment,
    Attempt,
    BankImage,
    BankItem,
    BankSection,
    BankSource,
    Course,
    Criterion,
    DataExport,
    Erasure,
    GradeExport,
    InviteCode,
    Material,
    Membership,
    Notice,
    Photo,
    ProviderRun,
    Regrade,
    RegradeMessage,
    SignIn,
    Submission,
    Task,
    TaskTemplate,
    TelegramLink,
    TrainerSet,
    TrainerTask,
    Variant,
    Work,
)
from picrete_gql.runtime import Runtime, utc_now

R = TypeVar("R")
AI_POINTS, MARK_POINTS = Decimal("731.37"), Decimal("642.53")
AI_SCORE, MARK_SCORE = Decimal("365.71"), Decimal("321.29")
TOLERANCE = Decimal("0.031337")
BOT_ID, UPDATE_ID, CHAT_ID = 123456789, 700_000_001, 5_000_000_000
FILE_ID, ANSWER_ID = uuid4(), uuid4()
# Nothing of it fits the variants beside it, so that what they say stays their own.
TEMPLATE: dict[str, Any] = {
    "text": "SECRET-TEMPLATE {m}",
    "parameters": [{"name": "m", "unit": "г", "choices": ["1", "2", "3", "4", "5"]}],
    "rules": [{"name": "n", "relation": "amount_of_mass", "inputs": {"m": {"name": "m"}}, "formula": "H2O"}],
    "solution": "SECRET-SOLUTION {n}",
}
CHATS = count(CHAT_ID + 1)


@dataclass
class Rows:
    """Rows to be stored together, in an order that the references allow."""

    rows: list[Any] = field(default_factory=list)
    # Of these rows, and not of the whole run: what is open in them would be over before a slow one comes to its end.
    now: datetime = field(default_factory=utc_now)

    def add(self, row: R) -> R:
        """One more row, born now."""
        row.created_at = self.now  # type: ignore[attr-defined]
        self.rows.append(row)
        return row

    async def store(self, runtime: Runtime) -> None:
        """Write everything in one transaction."""
        async with runtime.sessions() as session:
            for table in METADATA.sorted_tables:
                session.add_all([row for row in self.rows if row.__tablename__ == table.name])
                await session.flush()
            await session.commit()


@dataclass
class Person:
    """An account with one sign-in, and perhaps a membership."""

    account: Account
    sign_in: SignIn
    link: TelegramLink
    notice: Notice
    erasure: Erasure
    export: DataExport
    membership: Membership | None = None


@dataclass
class Room:
    """A course with one open work, a draft, and a living invite code."""

    course: Course
    work: Work
    draft: Work
    invite: InviteCode
    code: str
    draft_task: Task | None = None
    templates: list[TaskTemplate] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    materials: list[Material] = field(default_factory=list)
    sources: list[BankSource] = field(default_factory=list)
    sections: list[BankSection] = field(default_factory=list)
    items: list[BankItem] = field(default_factory=list)
    pictures: list[BankImage] = field(default_factory=list)
    exports: list[GradeExport] = field(default_factory=list)

    def drawn(self, task: Task) -> Variant:
        """The variant that every attempt of the tests drew."""
        return next(row for row in self.variants if row.task_id == task.id)


@dataclass
class Paper:
    """Everything that one student has in a work."""

    attempt: Attempt
    submission: Submission
    assignments: list[Assignment] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)
    runs: list[ProviderRun] = field(default_factory=list)
    sets: list[TrainerSet] = field(default_factory=list)
    trained: list[TrainerTask] = field(default_factory=list)
    regrades: list[Regrade] = field(default_factory=list)
    messages: list[RegradeMessage] = field(default_factory=list)
