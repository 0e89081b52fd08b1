"""Whatever a command changes of what people see, it tells in an event of the same course: kept answers rely on it.

Set up once for all tests, so that each command that some test runs is a test of this.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session

from picrete_gql import models
from picrete_gql.call import Call
from picrete_gql.models import Account, Course

SEEN = (
    models.Account,
    models.Assignment,
    models.Attachment,
    models.Attempt,
    models.Course,
    models.Criterion,
    models.CriterionScore,
    models.InviteCode,
    models.Issue,
    models.Membership,
    models.Photo,
    models.Reading,
    models.Review,
    models.ScoreChange,
    models.Submission,
    models.Task,
    models.Variant,
    models.Work,
)
# What no field shows: leases and tries of workers, tickets of providers, secrets.
UNSEEN = {"lease_owner", "lease_until", "tries", "takes", "retry_at", "ticket_id", "ticket_url", "queued_at"}
UNSEEN |= {"seed", "sha256", "phash", "owner", "answer", "evidence", "password_hash", "code_hash", "finished_at"}
CHANGED = "changed"
# The rows that say what was changed where nobody knows the course: a statement about many rows.
Changed = tuple[str, UUID | None]


def set_up() -> None:
    """Watch every command from now on."""
    event.listen(Session, "before_flush", _note)
    event.listen(Session, "do_orm_execute", _note_many)
    record = Call.record

    async def checked(self: Call) -> Any:
        told = await record(self)
        changed: set[Changed] = self.session.sync_session.info.pop(CHANGED, set())
        courses = {one.course_id for one in self.events}
        silent = {one for one in changed if one[1] not in courses and not (one[1] is None and courses)}
        assert not silent, f"changed without an event of the course: {silent}, told: {courses}"
        return told

    Call.record = checked  # type: ignore[method-assign]


def _note(session: Session, *_: Any) -> None:
    changed = session.info.setdefault(CHANGED, set())
    seen = [row for row in [*session.new, *session.deleted] if isinstance(row, SEEN)]
    seen += [row for row in session.dirty if isinstance(row, SEEN) and _columns(row) - UNSEEN]
    changed |= {(type(row).__name__, _course(row)) for row in seen}


def _note_many(state: ORMExecuteState) -> None:
    if state.is_update or state.is_delete:
        kind = state.bind_mapper.class_ if state.bind_mapper else None
        changed = {getattr(column, "key", column) for column in getattr(state.statement, "_values", None) or ()}
        if kind in SEEN and (state.is_delete or changed - UNSEEN):
            state.session.info.setdefault(CHANGED, set()).add((kind.__name__, None))


def _columns(row: Any) -> set[str]:
    return {one.key for one in inspect(row).attrs if one.history.has_changes()}


def _course(row: Any) -> UUID | None:
    if isinstance(row, Account):
        return None
    found: UUID = row.id if isinstance(row, Course) else row.course_id
    return found
