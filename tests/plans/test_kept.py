"""Kept answers are never older than the database: random changes between reads, by everybody who may see them."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from picrete_gql.call import Context
from picrete_gql.models import MemberStatus, Role, Submission
from picrete_gql.problems import Problem
from picrete_gql.resolvers import accounts, attempts, courses, grades, members, sign_ins, works
from picrete_gql.schema._door.runner import Runner
from tests.plans.both import difference, planned, runner_of, same, usual
from tests.schema.campus import Campus

LIST = """query($id: ID!) {
  work(id: $id) {
    title description releasedAt course { title myRoles members { nodes { status } } } counts { state attempts }
    attempts {
      nodes {
        id status extraMinutes student { fullName } photos { number viewUrl }
        submission {
          version status grade { finalPoints feedback scores { points } } history { reason author { username } }
        }
      }
    }
  }
}"""
OWN = """query($id: ID!) {
  attempt(id: $id) {
    status expiresAt work { title } student { fullName } submission { version grade { finalPoints feedback } }
  }
}"""
MINE = """{
  courses { nodes { title myRoles works { nodes { title status description myAttempts { number status } } } } }
}"""
READERS = ("owner", "classmate", "teacher", "admin", "assistant")
Change = Callable[[], Awaitable[Any]]


def changes(campus: Campus, dice: random.Random) -> list[Change]:
    """What somebody may do now."""
    here, paper, admin = campus.here, campus.papers[dice.choice(["owner", "classmate"])], campus.of("admin")
    member = campus.people[dice.choice(["owner", "classmate", "assistant"])].membership
    assert member is not None
    word, number = f"word {dice.random()}", Decimal(dice.randrange(8))

    async def version() -> int:
        async with campus.runtime.sessions() as session:
            wanted = select(Submission.version).where(Submission.id == paper.submission.id)
            return int((await session.execute(wanted)).scalar_one())

    async def override() -> None:
        await grades.override(campus.of("teacher"), paper.submission.id, await version(), number, word, {})

    async def reject() -> None:
        await grades.reject(admin, paper.submission.id, await version(), word)

    async def rename() -> None:
        await accounts.update_me(campus.of(dice.choice(READERS)), word, None)

    return [
        override,
        override,
        reject,
        rename,
        lambda: works.update(admin, here.work.id, {"title": word}),
        lambda: works.update(admin, here.work.id, {"description": word}),
        lambda: courses.update(admin, here.course.id, title=word),
        lambda: attempts.extend(admin, paper.attempt.id, 1),
        lambda: grades.release(admin, here.work.id),
        lambda: members.change(admin, member.id, roles=dice.choice([[Role.STUDENT], [Role.STUDENT, Role.TEACHER]])),
        lambda: members.change(admin, member.id, status=dice.choice([MemberStatus.ACTIVE, MemberStatus.SUSPENDED])),
    ]


@pytest.fixture
async def crowd(campus: Campus) -> Campus:
    """The campus with a student who teaches too."""
    if "assistant" not in campus.people:
        from tests.schema import rows as plain
        from tests.schema.rows import Rows

        rows = Rows()
        who = campus.people["assistant"] = plain.person(rows, "assistant")
        plain.member(rows, campus.here, who, Role.TEACHER, Role.STUDENT, status=MemberStatus.ACTIVE)
        await rows.store(campus.runtime)
    return campus


async def compare(runner: Runner, context: Context, text: str, **variables: Any) -> bool:
    """Whether a read was planned; that it says what the ordinary execution says."""
    quick = await planned(runner, context, text, **variables)
    if quick is None:
        return False
    slow = await usual(runner, context, text, **variables)
    assert same(quick, slow), f"{context.ip}:\n{difference(quick, slow)}"
    return True


async def test_random_changes_between_reads(crowd: Campus) -> None:
    runner, dice = runner_of(crowd), random.Random(7)
    work, attempt = f"work_{crowd.here.work.id.hex}", f"attempt_{crowd.papers['owner'].attempt.id.hex}"
    done = read = 0
    for _ in range(60):
        try:
            await dice.choice(changes(crowd, dice))()
            done += 1
        except Problem:
            # Not everything may be done at any time.
            pass
        for name in dice.sample(READERS, 3):
            read += await compare(runner, crowd.of(name), LIST, id=work)
            read += await compare(runner, crowd.of(name), OWN, id=attempt)
            read += await compare(runner, crowd.of(name), MINE)
    kept = runner.documents.answers
    assert (
        done > 30 and read > 100 and kept.answers and kept.bytes == sum(len(one.text) for one in kept.answers.values())
    )


async def test_a_kept_answer_is_given_again_and_not_to_whoever_may_not_see_it(crowd: Campus) -> None:
    runner, teacher = runner_of(crowd), crowd.of("teacher")
    id = f"work_{crowd.here.work.id.hex}"
    for name in ("teacher", "admin"):
        assert await planned(runner, crowd.of(name), LIST, id=id)
    kept = {key: answer.text for key, answer in runner.documents.answers.answers.items()}
    for key, answer in runner.documents.answers.answers.items():
        runner.documents.answers.answers[key] = replace(answer, text=b'{"title":"kept"}')
    assert b'{"title":"kept"}' in (await planned(runner, teacher, LIST, id=id) or b"")
    assert await planned(runner, crowd.of("stranger"), LIST, id=id) is None
    await works.update(crowd.of("admin"), crowd.here.work.id, {"description": "anything"})
    assert b'{"title":"kept"}' not in (await planned(runner, teacher, LIST, id=id) or b"")
    assert len(kept) == 2


async def test_a_sign_in_that_has_ended_reads_nothing(crowd: Campus) -> None:
    runner = runner_of(crowd)
    id = f"attempt_{crowd.papers['classmate'].attempt.id.hex}"
    gone = crowd.of("classmate")
    assert await planned(runner, gone, OWN, id=id)
    await sign_ins.sign_out(gone)
    assert await planned(runner, gone, OWN, id=id) is None


async def test_answers_that_are_too_old_are_forgotten_when_others_come(crowd: Campus) -> None:
    runner, id = runner_of(crowd), f"work_{crowd.here.work.id.hex}"
    for text in ("query($id: ID!) { work(id: $id) { title } }", LIST):
        assert await planned(runner, crowd.of("teacher"), text, id=id)
    kept = runner.documents.answers
    assert len(kept.answers) == 2
    kept.seconds = 0
    assert await planned(runner, crowd.of("admin"), LIST, id=id)
    assert len(kept.answers) <= 1 and kept.bytes == sum(len(one.text) for one in kept.answers.values())


async def test_the_memory_for_answers_is_bounded(crowd: Campus) -> None:
    runner = runner_of(crowd)
    runner.documents.answers.most = 300
    for name in ("teacher", "admin"):
        for number in range(3):
            text = f"query($id: ID!) {{ work(id: $id) {{ a{number}: title description createdAt endsAt startsAt }} }}"
            assert await planned(runner, crowd.of(name), text, id=f"work_{crowd.here.work.id.hex}")
    answers = runner.documents.answers
    assert 0 < answers.bytes <= 300 and 0 < len(answers.answers) < 3


async def test_a_closed_account_reads_nothing(crowd: Campus) -> None:
    runner, teacher = runner_of(crowd), crowd.of("other_teacher")
    text, id = "query($id: ID!) { course(id: $id) { title } }", f"course_{crowd.there.course.id.hex}"
    assert await planned(runner, teacher, text, id=id)
    await accounts.administer(crowd.of("admin"), crowd.people["other_teacher"].account.id, is_active=False)
    assert await planned(runner, teacher, text, id=id) is None
