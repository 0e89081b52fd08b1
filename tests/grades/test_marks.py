"""Marks: approve, override, reject, ask again; versions, history, release."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from picrete_gql.call import Context
from picrete_gql.models import (
    AttemptStatus,
    Criterion,
    PrecheckStatus,
    Release,
    Role,
    ScoreSource,
    Submission,
    SubmissionStatus,
)
from picrete_gql.problems import Code, Conflict, Invalid, NotFound, VersionConflict
from picrete_gql.resolvers import attempts, courses, grades, members, reviews
from picrete_gql.rules import grades as rules
from tests.attempts.steps import TEACHER, at_once, class_of, happened, prechecked, rows, submission_of
from tests.servers.openai_server import OpenAiServer
from tests.support.world import World


async def mark_of(context: Context, submission_id: UUID) -> Submission | None:
    """The mark as this person sees it."""
    [found] = await grades.of_submissions(context, [submission_id])
    return found


async def test_an_approved_proposal_is_the_mark(world: World) -> None:
    _, work = await class_of(world, "ada")
    found = await prechecked(world, "ada", work)
    teacher, ada = await world.person(TEACHER), await world.person("ada")
    assert await mark_of(ada, found.id) is None and await mark_of(teacher, found.id) is None
    done = await grades.approve(teacher, found.id, found.version)
    assert (done.status, done.final_points, done.version) == (
        SubmissionStatus.APPROVED,
        Decimal("8.00"),
        found.version + 1,
    )
    assert (await attempts.get(ada, found.attempt_id)).status is AttemptStatus.GRADED
    mine = await mark_of(ada, found.id)
    assert mine is not None and mine.final_points == Decimal("8.00") and mine.feedback == "Работа проверена."
    [scores] = await grades.scores_of_submissions(ada, [found.id])
    assert [(score.points, score.source) for score in scores] == [(Decimal("4.00"), ScoreSource.TEACHER)] * 2
    with pytest.raises(Conflict):
        await grades.approve(teacher, found.id, done.version)
    assert (await happened(world))[-2:] == ["grade.approved", "grade.released"]


async def test_an_override_takes_points_a_comment_and_perhaps_scores(world: World) -> None:
    _, work = await class_of(world, "ada")
    found = await prechecked(world, "ada", work)
    teacher = await world.person(TEACHER)
    rubric = [row.id for row in await rows(world, select(Criterion).where(Criterion.work_id == work.id))]
    for points in ("-0.01", "10.01", "NaN", "Infinity"):
        with pytest.raises(rules.PointsOutOfRange) as outside:
            await grades.override(teacher, found.id, found.version, Decimal(points), "no", {})
        assert outside.value.max_points == 10
    wrong: list[tuple[str, str, dict[UUID, grades.Mark]]] = [
        ("7.001", "too fine", {}),
        ("7", " ", {}),
        ("7", "one criterion", {rubric[0]: grades.Mark(Decimal(7), "")}),
        ("7", "foreign", {rubric[0]: grades.Mark(Decimal(4), ""), uuid4(): grades.Mark(Decimal(3), "")}),
        ("7", "sum", {id: grades.Mark(Decimal(4), "") for id in rubric}),
    ]
    for points, comment, marks in wrong:
        with pytest.raises(Invalid):
            await grades.override(teacher, found.id, found.version, Decimal(points), comment, marks)
    with pytest.raises(rules.PointsOutOfRange):
        over = {rubric[0]: grades.Mark(Decimal(6), ""), rubric[1]: grades.Mark(Decimal(1), "")}
        await grades.override(teacher, found.id, found.version, Decimal(7), "over", over)
    assert (await submission_of(world, found.attempt_id)).version == found.version, "no refusal left a trace"
    marks = {rubric[0]: grades.Mark(Decimal(5), "good"), rubric[1]: grades.Mark(Decimal("1.5"), "slip")}
    done = await grades.override(teacher, found.id, found.version, Decimal("6.5"), "a slip at the end", marks)
    assert (done.status, done.final_points, done.ai_points) == (SubmissionStatus.APPROVED, Decimal("6.5"), Decimal(8))
    [scores] = await grades.scores_of_submissions(await world.person("ada"), [found.id])
    assert [(score.points, score.comment) for score in scores] == [(5, "good"), (Decimal("1.5"), "slip")]


async def test_a_rejection_needs_a_reason_and_gives_no_points(world: World) -> None:
    _, work = await class_of(world, "ada")
    found = await prechecked(world, "ada", work)
    teacher = await world.person(TEACHER)
    with pytest.raises(Invalid):
        await grades.reject(teacher, found.id, found.version, "  ")
    done = await grades.reject(teacher, found.id, found.version, "not your own work")
    assert (done.status, done.final_points, done.feedback) == (SubmissionStatus.REJECTED, None, "not your own work")
    mine = await mark_of(await world.person("ada"), found.id)
    assert mine is not None and mine.final_points is None
    again = await grades.approve(teacher, found.id, done.version)
    assert again.final_points == Decimal("8.00"), "a teacher may think better of it"


async def test_what_has_no_points_cannot_be_approved(world: World, llm: OpenAiServer) -> None:
    _, work = await class_of(world, "ada")
    llm.script(["refusal"])
    found = await prechecked(world, "ada", work)
    teacher = await world.person(TEACHER)
    assert found.status is SubmissionStatus.FLAGGED
    with pytest.raises(rules.NothingToApprove):
        await grades.approve(teacher, found.id, found.version)
    assert (await grades.override(teacher, found.id, found.version, Decimal(0), "empty", {})).final_points == 0


async def test_nobody_marks_while_the_student_works(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    await world.photo("ada", attempt.id)
    found = await submission_of(world, attempt.id)
    teacher = await world.person(TEACHER)
    for call in (
        grades.override(teacher, found.id, found.version, Decimal(1), "early", {}),
        grades.reject(teacher, found.id, found.version, "early"),
        grades.approve(teacher, found.id, found.version),
        grades.precheck_again(teacher, found.id, found.version),
    ):
        with pytest.raises(rules.AttemptStillOpen):
            await call


async def test_of_two_teachers_with_the_same_version_one_wins(world: World) -> None:
    course, work = await class_of(world, "ada")
    rotated = await courses.rotate_invite(await world.person(TEACHER), course.id, Role.TEACHER, None)
    await members.join(await world.person("second"), rotated.code, "")
    found = await prechecked(world, "ada", work)
    first, second = await world.person(TEACHER), await world.person("second")
    results = await at_once(
        [
            grades.override(first, found.id, found.version, Decimal(3), "first", {}),
            grades.override(second, found.id, found.version, Decimal(4), "second", {}),
            grades.approve(first, found.id, found.version),
            grades.reject(second, found.id, found.version, "no"),
            grades.precheck_again(second, found.id, found.version),
        ]
    )
    won = [result for result in results if isinstance(result, Submission)]
    lost = [result for result in results if isinstance(result, VersionConflict)]
    assert (len(won), len(lost)) == (1, 4)
    assert {(problem.code, problem.current_version) for problem in lost} == {(Code.VERSION_CONFLICT, won[0].version)}
    stored = await submission_of(world, found.attempt_id)
    assert (stored.status, stored.final_points, stored.version) == (won[0].status, won[0].final_points, won[0].version)
    for version in (0, -1, 99):
        with pytest.raises(VersionConflict):
            await grades.approve(first, found.id, version)


async def test_only_teachers_of_the_course_mark(world: World) -> None:
    _, work = await class_of(world, "ada", "bob")
    found = await prechecked(world, "ada", work)
    await world.course("other", "elsewhere")
    for name in ("ada", "bob", "elsewhere"):
        who = await world.person(name)
        for call in (
            grades.approve(who, found.id, found.version),
            grades.override(who, found.id, found.version, Decimal(10), "me", {}),
            grades.reject(who, found.id, found.version, "me"),
            grades.precheck_again(who, found.id, found.version),
            grades.release(who, work.id),
        ):
            with pytest.raises(NotFound):
                await call
    assert (await submission_of(world, found.attempt_id)).version == found.version


async def test_a_mark_waits_for_its_release_when_the_work_says_so(world: World) -> None:
    _, work = await class_of(world, "ada", "bob", release=Release.MANUAL)
    adas, bobs = await prechecked(world, "ada", work), await prechecked(world, "bob", work)
    teacher, ada, bob = await world.person(TEACHER), await world.person("ada"), await world.person("bob")
    await grades.approve(teacher, adas.id, adas.version)
    assert await mark_of(ada, adas.id) is None
    assert await grades.scores_of_submissions(ada, [adas.id]) == [[]]
    assert (await submission_of(world, adas.attempt_id)).released_at is None
    await grades.release(teacher, work.id)
    assert (await mark_of(ada, adas.id)) is not None
    assert await mark_of(bob, bobs.id) is None, "there is no mark yet"
    await grades.approve(teacher, bobs.id, bobs.version)
    assert await mark_of(bob, bobs.id) is not None, "later marks are shown at once"
    assert await mark_of(bob, adas.id) is None, "each one sees their own"
    await grades.release(teacher, work.id)
    assert await happened(world, "grade.released") == ["grade.released"] * 2
    assert await happened(world, "work.released") == ["work.released"]


async def test_a_new_precheck_keeps_the_history(world: World, llm: OpenAiServer) -> None:
    _, work = await class_of(world, "ada")
    found = await prechecked(world, "ada", work)
    teacher, ada = await world.person(TEACHER), await world.person("ada")
    marked = await grades.override(teacher, found.id, found.version, Decimal(5), "half", {})
    llm.share = Decimal("0.5")
    queued = await grades.precheck_again(teacher, found.id, marked.version)
    assert (queued.status, queued.precheck_status) == (SubmissionStatus.PROCESSING, PrecheckStatus.QUEUED)
    assert (queued.final_points, queued.released_at) == (None, None)
    assert await mark_of(ada, found.id) is None, "a mark that was taken back is not shown"
    assert (await attempts.get(ada, found.attempt_id)).status is AttemptStatus.SUBMITTED
    with pytest.raises(Conflict):
        await grades.precheck_again(teacher, found.id, queued.version)
    await world.jobs()
    again = await submission_of(world, found.attempt_id)
    assert (again.status, again.ai_points) == (SubmissionStatus.PRELIMINARY, Decimal("5.00"))
    [history] = await grades.history_of_submissions(teacher, [found.id])
    assert history is not None
    whole = [(line.source, line.before, line.after) for line in history if line.criterion_id is None]
    ai, human = ScoreSource.AI, ScoreSource.TEACHER
    assert whole == [(ai, None, 8), (human, None, 5), (human, 5, None), (ai, 8, 5)]
    authors = {line.author_id for line in history if line.source is human}
    assert authors == {teacher.actor.account_id} and all(line.reason for line in history)
    keys = [call.idempotency_key for call in llm.calls]
    assert len(set(keys)) == len(keys) == 2, "a new precheck is a new question"


async def test_a_precheck_can_be_asked_for_only_after_the_review(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    await world.photo("ada", attempt.id)
    await attempts.submit(await world.person("ada"), attempt.id)
    teacher = await world.person(TEACHER)

    async def refused() -> Any:
        found = await submission_of(world, attempt.id)
        with pytest.raises(Conflict):
            await grades.precheck_again(teacher, found.id, found.version)

    await refused()
    await world.jobs()
    await refused()


async def test_an_expired_attempt_is_expired_again_when_its_mark_is_taken_back(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    await world.photo("ada", attempt.id)
    world.clock.forward(minutes=61)
    await attempts.expire_due(world.system)
    await world.jobs()
    world.clock.forward(minutes=121)
    await reviews.time_out(world.system)
    await world.jobs()
    found = await submission_of(world, attempt.id)
    teacher = await world.person(TEACHER)
    marked = await grades.approve(teacher, found.id, found.version)
    await grades.precheck_again(teacher, found.id, marked.version)
    assert (await attempts.get(teacher, attempt.id)).status is AttemptStatus.EXPIRED
