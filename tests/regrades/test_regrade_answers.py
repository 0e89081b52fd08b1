"""Answers: what becomes of the mark, its history and its version, and of two teachers who answer at once."""

from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import col, select

from picrete_gql.models import Regrade, RegradeStatus, ScoreChange, Submission, SubmissionStatus
from picrete_gql.problems import Code, Conflict, Invalid, NotFound, VersionConflict
from picrete_gql.resolvers import grades, regrades, regrades_answering, works
from picrete_gql.rules.grades import PointsOutOfRange
from tests.attempts.steps import TEACHER, at_once, change, class_of, happened, prechecked, rows, submission_of
from tests.regrades.steps import (
    answered,
    asked,
    marked,
    marks_of,
    plain_class,
    rubric,
    second_teacher,
    stored,
)
from tests.support.world import World


async def history(world: World, submission: Submission) -> list[ScoreChange]:
    """Every line of the history, the first one first."""
    wanted = select(ScoreChange).where(ScoreChange.submission_id == submission.id).order_by(col(ScoreChange.id))
    return await rows(world, wanted)


def line(row: ScoreChange) -> tuple[Any, ...]:
    """What a line of the history says."""
    return (row.criterion_id, row.before, row.after, row.reason)


async def test_a_new_score_changes_the_mark_in_one_step(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    criteria, teacher, ada = await rubric(world, work), await world.person(TEACHER), await world.person("ada")
    made = await asked(world, "ada", found, criteria[1])
    before = await history(world, found)
    done = await answered(teacher, made, found.version, "Верно", points="3.5", comment="почти всё")
    assert (done.status, done.answer, done.answered_by) == (RegradeStatus.ANSWERED, "Верно", teacher.actor.account_id)
    assert (done.points_before, done.points_after) == (Decimal(2), Decimal("3.5"))
    assert (done.final_before, done.final_after) == (Decimal(6), Decimal("7.5"))
    now = await submission_of(world, found.attempt_id)
    assert (now.final_points, now.version, now.status) == (Decimal("7.5"), found.version + 1, SubmissionStatus.APPROVED)
    assert (now.feedback, now.released_at) == ("Проверено", found.released_at)
    assert await marks_of(ada, found) == [(Decimal(4), "ошибка"), (Decimal("3.5"), "почти всё")]
    fresh = (await history(world, found))[len(before) :]
    assert [line(row) for row in fresh] == [
        (criteria[1].id, Decimal(2), Decimal("3.5"), "regrade: Верно"),
        (None, Decimal(6), Decimal("7.5"), "regrade: Верно"),
    ]
    assert {row.author_id for row in fresh} == {teacher.actor.account_id}
    assert (await happened(world))[-2:] == ["grade.overridden", "regrade.answered"]


async def test_a_score_can_fall_and_keeps_its_comment(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    criteria, teacher = await rubric(world, work), await world.person(TEACHER)
    made = await asked(world, "ada", found, criteria[0])
    done = await answered(teacher, made, found.version, points="0")
    assert (done.points_after, done.final_after) == (Decimal(0), Decimal(2))
    assert await marks_of(teacher, found) == [(Decimal(0), "ошибка"), (Decimal(2), "ошибка")]


async def test_unchanged_leaves_everything_as_it_is(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    criteria, teacher, ada = await rubric(world, work), await world.person(TEACHER), await world.person("ada")
    made = await asked(world, "ada", found, criteria[0])
    before = await history(world, found)
    assert await regrades_answering.of_regrades(ada, [made.id]) == [None]
    await answered(teacher, made, found.version, "Нет, посмотрите решение")
    assert (await submission_of(world, found.attempt_id)).version == found.version
    assert await history(world, found) == before
    assert (await happened(world))[-1:] == ["regrade.answered"]
    [seen] = await regrades_answering.of_regrades(ada, [made.id])
    assert seen is not None and (seen.points_before, seen.points_after) == (Decimal(4), Decimal(4))
    assert await regrades_answering.authors(ada, [made.id]) == [None]
    assert await regrades_answering.authors(teacher, [made.id]) == [teacher.actor.account_id]


async def test_what_a_model_quoted_stays_beside_the_points(world: World) -> None:
    _, work = await class_of(world, "ada")
    found = await prechecked(world, "ada", work)
    teacher = await world.person(TEACHER)
    done = await grades.approve(teacher, found.id, found.version)
    made = await asked(world, "ada", done, (await rubric(world, work))[0])
    [before] = await grades.scores_of_submissions(teacher, [found.id])
    await answered(teacher, made, done.version, points="5")
    [after] = await grades.scores_of_submissions(teacher, [found.id])
    assert [row.points for row in after] == [Decimal(5), Decimal(4)]
    assert before[0].quote
    for key in ("quote", "block_id", "photo_id", "errors", "comment"):
        assert [getattr(row, key) for row in after] == [getattr(row, key) for row in before], key


async def test_points_that_cannot_be(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    made = await asked(world, "ada", found, (await rubric(world, work))[0])
    wrong: list[tuple[dict[str, str], type[Exception]]] = [
        ({"points": "5.01"}, PointsOutOfRange),
        ({"points": "-1"}, PointsOutOfRange),
        ({"points": "NaN"}, PointsOutOfRange),
        ({"points": "1.005"}, Invalid),
        ({"final_points": "8"}, Invalid),
        ({"points": "5", "final_points": "9"}, Invalid),
        ({"comment": "alone"}, Invalid),
        ({"points": "5", "comment": "ы" * 20_001}, Invalid),
    ]
    for ruling, refusal in wrong:
        with pytest.raises(refusal):
            await answered(await world.person(TEACHER), made, found.version, **ruling)
    assert (await stored(world, made.id)).status is RegradeStatus.OPEN
    now = await submission_of(world, found.attempt_id)
    assert (now.version, now.final_points) == (found.version, Decimal(6))


async def test_a_mark_without_scores_gets_new_final_points(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work, ())
    criteria, teacher = await rubric(world, work), await world.person(TEACHER)
    made = await asked(world, "ada", found, criteria[0])
    for ruling in ({"points": "5"}, {"points": "5", "final_points": "8"}):
        with pytest.raises(Invalid):
            await answered(teacher, made, found.version, **ruling)
    with pytest.raises(PointsOutOfRange):
        await answered(teacher, made, found.version, final_points="10.5")
    done = await answered(teacher, made, found.version, final_points="8")
    assert (done.points_before, done.points_after) == (None, None)
    assert (done.final_before, done.final_after) == (Decimal(6), Decimal(8))
    assert (await submission_of(world, found.attempt_id)).final_points == Decimal(8)


async def test_a_rejection_can_be_thought_over(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    teacher = await world.person(TEACHER)
    rejected = await grades.reject(teacher, found.id, found.version, "не ваша работа")
    criteria = await rubric(world, work)
    first, second = await asked(world, "ada", found, criteria[0]), await asked(world, "ada", found, criteria[1])
    kept = await answered(teacher, first, rejected.version, "Нет")
    assert (kept.final_before, kept.final_after) == (None, None)
    done = await answered(teacher, second, rejected.version, "Да", final_points="7")
    assert (done.final_before, done.final_after) == (None, Decimal(7))
    now = await submission_of(world, found.attempt_id)
    assert (now.status, now.final_points) == (SubmissionStatus.APPROVED, Decimal(7))


async def test_the_version_that_was_seen_counts(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    criteria, teacher = await rubric(world, work), await world.person(TEACHER)
    first, second = await asked(world, "ada", found, criteria[0]), await asked(world, "ada", found, criteria[1])
    await answered(teacher, first, found.version, points="5")
    for ruling in ({}, {"points": "5"}):
        with pytest.raises(VersionConflict) as stale:
            await answered(teacher, second, found.version, **ruling)
        assert (stale.value.code, stale.value.current_version) == (Code.VERSION_CONFLICT, found.version + 1)
    await answered(teacher, second, found.version + 1, points="5")
    assert (await submission_of(world, found.attempt_id)).final_points == Decimal(10)


async def test_of_two_teachers_one_wins(world: World) -> None:
    course, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    made = await asked(world, "ada", found, (await rubric(world, work))[0])
    teachers = [await world.person(TEACHER), await second_teacher(world, course)]
    results = await at_once(
        [answered(who, made, found.version, f"№{n}", points=str(n)) for n, who in enumerate(teachers * 3)]
    )
    won = [result for result in results if isinstance(result, Regrade)]
    lost = [result for result in results if isinstance(result, Conflict)]
    assert (len(won), len(lost)) == (1, 5), results
    assert {problem.state for problem in lost} == {"answered"}
    kept = await stored(world, made.id)
    assert (kept.answer, kept.points_after) == (won[0].answer, won[0].points_after)
    now = await submission_of(world, found.attempt_id)
    assert (now.version, now.final_points) == (found.version + 1, won[0].final_after)


async def test_an_answer_and_a_withdrawal_race(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    made = await asked(world, "ada", found, (await rubric(world, work))[0])
    teacher, ada = await world.person(TEACHER), await world.person("ada")
    results = await at_once([answered(teacher, made, found.version, points="5"), regrades.withdraw(ada, made.id)])
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Regrade"]
    kept, now = await stored(world, made.id), await submission_of(world, found.attempt_id)
    changed = now.final_points == Decimal(7)
    assert (kept.status is RegradeStatus.ANSWERED) is changed


async def test_answers_and_overrides_race(world: World) -> None:
    course, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    made = await asked(world, "ada", found, (await rubric(world, work))[0])
    teacher, second = await world.person(TEACHER), await second_teacher(world, course)
    results = await at_once(
        [
            answered(teacher, made, found.version, points="5"),
            grades.override(second, found.id, found.version, Decimal(1), "иначе", {}),
            grades.reject(second, found.id, found.version, "нет"),
        ]
    )
    assert sum(isinstance(result, VersionConflict) for result in results) == 2, results
    now = await submission_of(world, found.attempt_id)
    assert now.version == found.version + 1
    lines = [row for row in await history(world, found) if row.criterion_id is None]
    assert lines[-1].after == now.final_points and len(lines) == 2


async def test_only_teachers_of_the_course_answer(world: World) -> None:
    _, work = await plain_class(world, "ada", "bob")
    found = await marked(world, "ada", work)
    made = await asked(world, "ada", found, (await rubric(world, work))[0])
    await world.course("other", "elsewhere")
    for name in ("ada", "bob", "elsewhere"):
        with pytest.raises(NotFound):
            await answered(await world.person(name), made, found.version, points="5")
    assert (await stored(world, made.id)).status is RegradeStatus.OPEN


async def test_an_answer_is_hidden_while_the_mark_is_taken_back(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    made = await asked(world, "ada", found, (await rubric(world, work))[0])
    teacher, ada = await world.person(TEACHER), await world.person("ada")
    await answered(teacher, made, found.version, points="5")
    await change(world, "UPDATE submission SET status = 'processing', released_at = NULL")
    assert await regrades_answering.of_regrades(ada, [made.id]) == [None]
    assert await regrades_answering.of_regrades(teacher, [made.id]) != [None]
    assert (await regrades.get(ada, made.id)).status is RegradeStatus.ANSWERED


async def test_a_work_falls_with_its_requests(world: World) -> None:
    _, work = await plain_class(world, "ada")
    found = await marked(world, "ada", work)
    made = await asked(world, "ada", found, (await rubric(world, work))[0])
    teacher = await world.person(TEACHER)
    await regrades.say(teacher, made.id, "?")
    await works.remove(teacher, work.id, force=True)
    assert await rows(world, select(Regrade)) == []
