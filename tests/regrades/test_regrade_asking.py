"""Asking for another look: who may, when, about what, how often, and every refusal."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from picrete_gql.models import MemberStatus, Reading, Regrade, RegradeStatus, Release
from picrete_gql.paging import Ask
from picrete_gql.problems import Code, Conflict, Invalid, NotFound, Problem
from picrete_gql.resolvers import grades, members, regrades
from picrete_gql.rules import regrades as rules
from picrete_gql.rules.regrades import Anchor
from tests.attempts.steps import TEACHER, at_once, change, class_of, happened, pages_of, prechecked, rows, submission_of
from tests.regrades.steps import WHY, answered, asked, marked, plain_class, rubric
from tests.support.world import World


async def test_a_student_asks_about_a_criterion(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    criteria = await rubric(world, work)
    made = await asked(world, "ada", found, criteria[1], f"  {WHY}\n")
    assert (made.status, made.text, made.criterion_id) == (RegradeStatus.OPEN, WHY, criteria[1].id)
    assert (made.task_id, made.work_id, made.attempt_id) == (criteria[1].task_id, work.id, found.attempt_id)
    assert (await submission_of(world, found.attempt_id)).version == found.version, "a mark is not changed by asking"
    assert await happened(world, "regrade.asked", attempt_id=found.attempt_id) == ["regrade.asked"]
    for name in ("ada", TEACHER):
        [seen] = await regrades.of_submissions(await world.person(name), [found.id])
        assert [row.id for row in seen] == [made.id]
        assert (await regrades.get(await world.person(name), made.id)).text == WHY


async def test_only_ones_own_marks(world: World) -> None:
    _, work = await plain_class(world, "ada", "bob")
    found = await marked(world, "ada", work)
    criterion = (await rubric(world, work))[0]
    await world.course("other", "elsewhere", ["stranger"])
    made = await asked(world, "ada", found, criterion)
    for name in ("bob", TEACHER, "elsewhere", "stranger"):
        with pytest.raises(NotFound):
            await asked(world, name, found, criterion)
    for name in ("bob", "elsewhere", "stranger"):
        who = await world.person(name)
        with pytest.raises(NotFound):
            await regrades.get(who, made.id)
        with pytest.raises(NotFound):
            await regrades.say(who, made.id, "me")
        with pytest.raises(NotFound):
            await regrades.allow(who, work.id, allowed=False)
        assert await regrades.of_submissions(who, [found.id]) == [[]]
        assert await regrades.of_works(who, [work.id], Ask(), regrades.Filter()) == [None]
        assert await regrades.of_courses(who, [work.course_id], Ask(), regrades.Filter()) == [None]
    for name in ("bob", TEACHER):
        with pytest.raises(NotFound):
            await regrades.withdraw(await world.person(name), made.id)


@pytest.mark.parametrize("status", [MemberStatus.SUSPENDED, MemberStatus.LEFT])
async def test_who_is_out_of_the_course_may_not_ask(world: World, status: MemberStatus) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    criteria = await rubric(world, work)
    made = await asked(world, "ada", found, criteria[0])
    ada = await world.person("ada")
    [mine] = await members.mine(ada)
    await members.change(await world.person(TEACHER), mine.id, status=status)
    for call in (
        regrades.ask(ada, found.id, criteria[1].id, WHY, None),
        regrades.say(ada, made.id, "still here"),
        regrades.withdraw(ada, made.id),
        regrades.get(ada, made.id),
    ):
        with pytest.raises(NotFound):
            await call
    assert await regrades.of_submissions(ada, [found.id]) == [[]]


async def test_there_must_be_a_mark_that_the_student_sees(world: World) -> None:
    _, work = await plain_class(world, "ada", release=Release.MANUAL)
    found = await marked(world, "ada", work)
    criterion = (await rubric(world, work))[0]
    ada, teacher = await world.person("ada"), await world.person(TEACHER)
    with pytest.raises(rules.MarkNotReleased) as early:
        await asked(world, "ada", found, criterion)
    assert early.value.code is Code.CONFLICT
    assert await regrades.until_of_submissions(ada, [found.id]) == [None]
    await grades.release(teacher, work.id)
    released = (await submission_of(world, found.attempt_id)).released_at
    [until] = await regrades.until_of_submissions(ada, [found.id])
    assert until is not None and released is not None and (until - released).days == 7
    await asked(world, "ada", found, criterion)


async def test_a_mark_that_is_taken_back_is_not_asked_about(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    criteria = await rubric(world, work)
    made = await asked(world, "ada", found, criteria[0])
    # As a new precheck leaves it.
    await change(world, "UPDATE submission SET status = 'processing', released_at = NULL, version = version + 1")
    with pytest.raises(rules.MarkNotReleased):
        await asked(world, "ada", found, criteria[1])
    with pytest.raises(rules.MarkNotReleased):
        await answered(await world.person(TEACHER), made, found.version + 1)
    assert (await regrades.get(await world.person("ada"), made.id)).status is RegradeStatus.OPEN


async def test_the_window(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    criteria = await rubric(world, work)
    world.clock.forward(days=6, hours=23)
    made = await asked(world, "ada", found, criteria[0])
    world.clock.forward(hours=2)
    with pytest.raises(rules.RegradeTooLate) as late:
        await asked(world, "ada", found, criteria[1])
    [until] = await regrades.until_of_submissions(await world.person("ada"), [found.id])
    assert (late.value.code, late.value.deadline) == (Code.DEADLINE_PASSED, until)
    # What was asked in time is still discussed and answered.
    await regrades.say(await world.person("ada"), made.id, "ещё одно")
    done = await answered(await world.person(TEACHER), made, found.version)
    assert done.status is RegradeStatus.ANSWERED


async def test_a_teacher_closes_a_work_to_requests(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    criteria = await rubric(world, work)
    teacher, ada = await world.person(TEACHER), await world.person("ada")
    made = await asked(world, "ada", found, criteria[0])
    before = await happened(world, "work.changed")
    for _ in range(2):
        assert (await regrades.allow(teacher, work.id, allowed=False)).regrades_closed_at is not None
    assert await happened(world, "work.changed") == [*before, "work.changed"], "told once"
    with pytest.raises(rules.RegradesClosed):
        await asked(world, "ada", found, criteria[1])
    assert await regrades.until_of_submissions(ada, [found.id]) == [None]
    await regrades.say(ada, made.id, "открытый запрос остаётся")
    assert (await regrades.allow(teacher, work.id, allowed=True)).regrades_closed_at is None
    await asked(world, "ada", found, criteria[1])


async def test_one_open_request_about_a_criterion(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    criteria = await rubric(world, work)
    results = await at_once([asked(world, "ada", found, criteria[0], f"№{n}") for n in range(6)])
    won = [result for result in results if isinstance(result, Regrade)]
    assert len(won) == 1
    assert [type(result) for result in results if result is not won[0]] == [rules.RegradeAlreadyOpen] * 5
    await asked(world, "ada", found, criteria[1])
    await regrades.withdraw(await world.person("ada"), won[0].id)
    await asked(world, "ada", found, criteria[0], "again")


async def test_the_database_itself_holds_one_open_request(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    made = await asked(world, "ada", found, (await rubric(world, work))[0])
    copy = Regrade(**{**made.model_dump(), "id": uuid4()})
    with pytest.raises(IntegrityError, match="uq_regrade_open"):
        async with world.runtime.sessions() as session:
            session.add(copy)
            await session.commit()


async def test_how_often(world: World) -> None:
    _, work = await plain_class(world, "ada", task_count=2)
    of = world.runtime.settings.regrades
    of.per_criterion, of.per_submission = 2, 4
    found = await marked(world, "ada", work, ("1", "1", "1", "1"))
    criteria, ada = await rubric(world, work), await world.person("ada")
    for _ in range(2):
        await regrades.withdraw(ada, (await asked(world, "ada", found, criteria[0])).id)
    with pytest.raises(rules.TooManyRegrades) as often:
        await asked(world, "ada", found, criteria[0])
    assert often.value.limit == 2
    for criterion in criteria[1:3]:
        await asked(world, "ada", found, criterion)
    with pytest.raises(rules.TooManyRegrades) as many:
        await asked(world, "ada", found, criteria[3])
    assert many.value.limit == 4
    assert len(await rows(world, select(Regrade))) == 4


async def test_texts_have_their_bounds(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    criteria, ada, teacher = await rubric(world, work), await world.person("ada"), await world.person(TEACHER)
    made = await asked(world, "ada", found, criteria[0], "ы" * 2000)
    for text in ("", "  \n ", "ы" * 2001, "a\0b"):
        with pytest.raises(Invalid):
            await asked(world, "ada", found, criteria[1], text)
        for who in (ada, teacher):
            with pytest.raises(Invalid):
                await regrades.say(who, made.id, text)
        with pytest.raises(Invalid):
            await answered(teacher, made, found.version, text, points="5")
    assert (await submission_of(world, found.attempt_id)).final_points == Decimal(6)


async def test_a_criterion_of_another_work_is_not_there(world: World) -> None:
    course, work = await plain_class(world, "ada")
    other = await world.work(course, TEACHER, ocr=False, precheck=False)
    found = await marked(world, "ada", work)
    await world.start("ada", other)
    for id in ((await rubric(world, other))[0].id, uuid4()):
        with pytest.raises(NotFound):
            await regrades.ask(await world.person("ada"), found.id, id, WHY, None)


async def test_a_request_points_at_a_place(world: World) -> None:
    _, work = await class_of(world, "ada", "bob")
    found, bobs = await prechecked(world, "ada", work), await prechecked(world, "bob", work)
    done = await grades.approve(await world.person(TEACHER), found.id, found.version)
    criteria = await rubric(world, work)
    [photo] = await pages_of(world, found.attempt_id)
    [foreign] = await pages_of(world, bobs.attempt_id)
    block = (await regrade_blocks(world, photo.id))[0]
    box = [[0.1, 0.2], [0.3, 0.4]]
    wrong: list[tuple[Anchor, type[Problem]]] = [
        (Anchor(uuid4()), NotFound),
        (Anchor(foreign.id), NotFound),
        (Anchor(photo.id, "/page/9/Text/9"), Invalid),
        (Anchor(photo.id, block, box), Invalid),
        (Anchor(photo.id, None, [[0.1, 0.2]]), Invalid),
        (Anchor(photo.id, None, [[0.1, 1.2], [0.3, 0.4]]), Invalid),
        (Anchor(photo.id, None, [[0.1, float("nan")], [0.3, 0.4]]), Invalid),
        (Anchor(photo.id, None, [[0.1], [0.3, 0.4]]), Invalid),
        (Anchor(photo.id, None, [[0.1, 0.1]] * 33), Invalid),
    ]
    for anchor, refusal in wrong:
        with pytest.raises(refusal):
            await asked(world, "ada", done, criteria[0], WHY, anchor)
    for anchor in (Anchor(photo.id, block), Anchor(photo.id, None, box), Anchor(photo.id)):
        made = await asked(world, "ada", done, criteria[0], WHY, anchor)
        kept = await regrades.get(await world.person("ada"), made.id)
        assert (kept.photo_id, kept.block_id, kept.polygon) == (photo.id, anchor.block_id, anchor.polygon)
        await regrades.withdraw(await world.person("ada"), made.id)


async def regrade_blocks(world: World, photo_id: UUID) -> list[str]:
    """The ids of the blocks that were read on a page."""
    [reading] = await rows(world, select(Reading).where(Reading.photo_id == photo_id))
    return [block["id"] for block in reading.blocks]


async def test_what_is_closed_is_not_changed(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    criteria, ada, teacher = await rubric(world, work), await world.person("ada"), await world.person(TEACHER)
    withdrawn, done = await asked(world, "ada", found, criteria[0]), await asked(world, "ada", found, criteria[1])
    await regrades.withdraw(ada, withdrawn.id)
    await answered(teacher, done, found.version)
    for made, state in ((withdrawn, "withdrawn"), (done, "answered")):
        for call in (
            regrades.withdraw(ada, made.id),
            regrades.say(ada, made.id, "after"),
            regrades.say(teacher, made.id, "after"),
            answered(teacher, made, found.version, points="5"),
        ):
            with pytest.raises(Conflict) as refused:
                await call
            assert refused.value.state == state
    assert (await submission_of(world, found.attempt_id)).final_points == Decimal(6)


async def test_a_thread_has_two_sides_and_an_end(world: World) -> None:
    _, work = await plain_class(world, "ada")
    world.runtime.settings.regrades.messages = 3
    found = await marked(world, "ada", work)
    made = await asked(world, "ada", found, (await rubric(world, work))[0])
    ada, teacher = await world.person("ada"), await world.person(TEACHER)
    await regrades.say(teacher, made.id, "Где ответ?")
    await regrades.say(ada, made.id, "На второй странице")
    results = await at_once(
        [regrades.say(who, made.id, f"last {n}") for n, who in enumerate([ada, teacher, ada, teacher])]
    )
    full = [result for result in results if isinstance(result, rules.TooManyMessages)]
    assert len(full) == 3 and full[0].limit == 3
    for who, author in ((ada, None), (teacher, teacher.actor.account_id)):
        [thread] = await regrades.messages_of_regrades(who, [made.id])
        assert [(row.side.value, row.text) for row in thread[:2]] == [
            ("teacher", "Где ответ?"),
            ("student", "На второй странице"),
        ]
        assert (await regrades.authors_of_messages(who, [thread[0].id])) == [author], "students see only the side"
    # A full thread is answered all the same.
    await answered(teacher, made, found.version)
