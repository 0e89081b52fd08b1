"""Whether kept answers still hold: asked for everybody who waits at once, in one small statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import literal_column

from picrete_gql import scopes
from picrete_gql.models import SignIn
from picrete_gql.models.activity import PEOPLE
from picrete_gql.runtime import Runtime
from picrete_gql.together import Together

from .notes import LISTED, Answer
from .texts import DIALECT

MINE = [SignIn.id == literal_column("asked.id"), SignIn.account_id == literal_column("asked.me")]
HOLDS = scopes.sign_ins(literal_column("$4")).where(*MINE).compile(dialect=DIALECT)
# The last condition is word for word that of an index (`models.activity.PEOPLE`).
STATEMENT = f"""
SELECT array(
    SELECT coalesce((SELECT xid FROM event WHERE course_id = asked.id ORDER BY xid DESC LIMIT 1), 0)
    FROM unnest($1::uuid[]) WITH ORDINALITY AS asked(id, n) ORDER BY n
), array(
    SELECT EXISTS ({HOLDS})
    FROM unnest($2::uuid[], $3::uuid[]) WITH ORDINALITY AS asked(id, me, n) ORDER BY n
), array(
    SELECT array_to_string(array(SELECT course_id FROM membership WHERE account_id = asked.me ORDER BY course_id), ',')
    FROM unnest($5::uuid[]) WITH ORDINALITY AS asked(me, n) ORDER BY n
), coalesce((
    SELECT xid FROM event
    WHERE {PEOPLE}
    ORDER BY xid DESC LIMIT 1
), 0)
"""  # noqa: S608 (put together of our own constants)


@dataclass(frozen=True)
class Asked:
    """Somebody who asks for an answer that is kept for them."""

    answer: Answer
    sign_in: UUID
    me: UUID


class Checks:
    """Asks for one process."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.together = Together(self._hold)

    async def holds(self, answer: Answer, sign_in: UUID, me: UUID) -> bool:
        """Whether somebody's sign-in and an answer that was kept for them still hold. Raises what the driver raises."""
        return await self.together.ask(Asked(answer, sign_in, me))

    async def _hold(self, asked: Sequence[Asked]) -> list[bool]:
        courses = list({id for one in asked for id in one.answer.courses})
        people = list({(one.sign_in, one.me) for one in asked})
        lists = list({one.me for one in asked if one.answer.is_list})
        sign_ins, accounts = [sign_in for sign_in, _ in people], [me for _, me in people]
        values = (courses, sign_ins, accounts, self.runtime.now(), lists)
        row: Any = await self.runtime.reads.row(STATEMENT, values)
        last = dict(zip(courses, row[0], strict=True))
        present = {person for person, holds in zip(people, row[1], strict=True) if holds}
        members = dict(zip(lists, row[2], strict=True))

        def holds(one: Asked) -> bool:
            answer = one.answer
            happened = max([row[3], *(last[id] for id in answer.courses)])
            same = not answer.is_list or members[one.me] == LISTED.join(map(str, answer.courses))
            return (one.sign_in, one.me) in present and happened < answer.since and same

        return [holds(one) for one in asked]
