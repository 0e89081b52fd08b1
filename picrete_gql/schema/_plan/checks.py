"""Whether kept answers still hold: asked for everybody who waits at once, in one small statement.

While one statement is on its way, whoever comes waits for the next; so each answer is found good by the database after
it was asked for, and the busier the process, the more of them share a statement.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from picrete_gql.models.activity import PEOPLE
from picrete_gql.runtime import Runtime

from .notes import LISTED, Answer

STATEMENT = """
SELECT array(
    SELECT coalesce((SELECT xid FROM event WHERE course_id = asked.id ORDER BY xid DESC LIMIT 1), 0)
    FROM unnest($1::uuid[]) WITH ORDINALITY AS asked(id, n) ORDER BY n
), array(
    SELECT EXISTS (
        SELECT FROM sign_in JOIN account ON account.id = sign_in.account_id
        WHERE sign_in.id = asked.id AND sign_in.account_id = asked.me
        AND sign_in.revoked_at IS NULL AND sign_in.expires_at > $4 AND account.is_active
    )
    FROM unnest($2::uuid[], $3::uuid[]) WITH ORDINALITY AS asked(id, me, n) ORDER BY n
), array(
    SELECT array_to_string(array(SELECT course_id FROM membership WHERE account_id = asked.me ORDER BY course_id), ',')
    FROM unnest($5::uuid[]) WITH ORDINALITY AS asked(me, n) ORDER BY n
), coalesce((SELECT xid FROM event WHERE PEOPLE ORDER BY xid DESC LIMIT 1), 0)
""".replace("PEOPLE", PEOPLE)
Person = tuple[UUID, UUID]


@dataclass(frozen=True)
class Wait:
    """Somebody who asks for an answer that is kept: their sign-in and account."""

    answer: Answer
    person: Person
    told: asyncio.Future[bool]


class Checks:
    """Asks for one process."""

    def __init__(self) -> None:
        self.waiting: list[Wait] = []
        self.asking: asyncio.Task[None] | None = None

    async def holds(self, runtime: Runtime, answer: Answer, person: Person) -> bool:
        """Whether somebody's sign-in and an answer that was kept for them still hold. Raises what the driver raises."""
        told = asyncio.get_running_loop().create_future()
        self.waiting.append(Wait(answer, person, told))
        if self.asking is None:
            self.asking = asyncio.create_task(self._ask_all(runtime))
        found: bool = await told
        return found

    async def _ask_all(self, runtime: Runtime) -> None:
        try:
            while self.waiting:
                asked, self.waiting = self.waiting, []
                await self._ask(runtime, asked)
        finally:
            self.asking = None

    async def _ask(self, runtime: Runtime, asked: Sequence[Wait]) -> None:
        try:
            found = await _found(runtime, asked)
        except asyncio.CancelledError:
            for wait in asked:
                wait.told.cancel()
            raise
        except Exception as error:
            for wait in asked:
                if not wait.told.done():
                    wait.told.set_exception(error)
        else:
            for wait, holds in zip(asked, found, strict=True):
                if not wait.told.done():
                    wait.told.set_result(holds)


async def _found(runtime: Runtime, asked: Sequence[Wait]) -> list[bool]:
    courses = list({id for wait in asked for id in wait.answer.courses})
    people = list({wait.person for wait in asked})
    lists = list({wait.person[1] for wait in asked if wait.answer.is_list})
    sign_ins, accounts = [sign_in for sign_in, _ in people], [account for _, account in people]
    values = (courses, sign_ins, accounts, runtime.now(), lists)
    row: Any = await runtime.reads.row(STATEMENT, values)
    last = dict(zip(courses, row[0], strict=True))
    open_ = {person for person, holds in zip(people, row[1], strict=True) if holds}
    members = dict(zip(lists, row[2], strict=True))

    def holds(answer: Answer, person: Person) -> bool:
        happened = max([row[3], *(last[id] for id in answer.courses)])
        same = not answer.is_list or members[person[1]] == LISTED.join(map(str, answer.courses))
        return person in open_ and happened < answer.since and same

    return [holds(wait.answer, wait.person) for wait in asked]
