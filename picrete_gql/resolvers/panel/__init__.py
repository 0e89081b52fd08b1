"""What the admin panel reads: its lists, row by row and column by column, and its numbers. Admins only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from picrete_gql.call import Call, query
from picrete_gql.problems import Invalid, NotFound
from picrete_gql.scopes import ANY

from ._numbers import Numbers, numbers_of
from ._sheet import Look, Sheet
from .bank import BANK_ITEMS, BANK_SOURCES
from .events import EVENTS
from .papers import ATTEMPTS, PHOTOS, READINGS, RUNS, SUBMISSIONS, WORKS
from .people import ACCOUNTS, COURSES, LINKS, MEMBERS
from .waiting import WAITING

SHEETS: Mapping[str, Sheet] = {
    "accounts": ACCOUNTS,
    "courses": COURSES,
    "members": MEMBERS,
    "works": WORKS,
    "attempts": ATTEMPTS,
    "submissions": SUBMISSIONS,
    "photos": PHOTOS,
    "readings": READINGS,
    "runs": RUNS,
    "events": EVENTS,
    "sources": BANK_SOURCES,
    "items": BANK_ITEMS,
    "waiting": WAITING,
    "links": LINKS,
}
# The server's limit of time for a statement (Appendix A of PostgreSQL's manual).
TOO_SLOW = "57014"
__all__ = ["SHEETS", "Look", "Numbers", "Rows", "numbers", "row", "rows"]


@dataclass(frozen=True)
class Rows:
    """A window of a list. `total` is counted up to the cap of the settings only."""

    rows: list[Any]
    total: int


@query(admin=ANY)
async def rows(call: Call, sheet: str, look: Look) -> Rows:
    """A window of one of the panel's lists."""
    await call.admit()
    try:
        return await _rows(call, SHEETS[sheet], look)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != TOO_SLOW:
            raise
        ru = "Поиск занимает слишком много времени: уточните его или укажите время."
        raise Invalid("search", ru, "The search takes too long: narrow it, or give a time.") from error


async def _rows(call: Call, of: Sheet, look: Look) -> Rows:
    wanted, most = of.statement(look), call.settings.admin.max_rows
    counted = select(func.count()).select_from(wanted.with_only_columns(of.id).limit(most).subquery())
    total = (await call.session.execute(counted)).scalar_one()
    if look.skip >= total:
        return Rows([], total)
    window = wanted.order_by(*of.ordered(look)).offset(look.skip).limit(min(look.limit, total - look.skip))
    return Rows(list((await call.session.execute(window)).all()), total)


@query(admin=ANY)
async def row(call: Call, sheet: str, row_id: str) -> Any:
    """One row of a list with all that is told of it. Raises NotFound."""
    await call.admit()
    of = SHEETS[sheet]
    key = _key(of, row_id)
    found = None if key is None else (await call.session.execute(of.one(key))).first()
    if found is None:
        raise NotFound(sheet)
    return found


@query(admin=ANY)
async def numbers(call: Call) -> Numbers:
    """What the overview tells."""
    await call.admit()
    return await numbers_of(call)


def _key(of: Sheet, row_id: str) -> Any:
    kind = of.id.type.python_type
    try:
        return UUID(row_id) if kind is UUID else _number(row_id)
    except ValueError:
        return None


def _number(text: str) -> int:
    number = int(text[:20])
    if not 0 < number < 2**63:
        raise ValueError("out of range")
    return number
