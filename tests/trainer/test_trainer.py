"""Sets, answers, progress and repetition through the resolvers."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import event

from picrete_gql.call import Context
from picrete_gql.models import Answered, TrainerSet
from picrete_gql.paging import Ask
from picrete_gql.problems import Invalid, NotFound, Problem, Unauthenticated
from picrete_gql.resolvers import bank, members, trainer, trainer_answers
from picrete_gql.resolvers.trainer import Draw
from picrete_gql.rules.bank import NumbersUnknown
from picrete_gql.rules.trainer import AnswerUnknown, SetLimitReached, TooFewTasks
from tests.attempts.steps import happened
from tests.bank.files import bring, school, small
from tests.support.world import World


def many(count: int) -> list[dict[str, object]]:
    tasks = [{"number": f"1.{n}", "text": f"Задача {n}", "answer": f"{n} г" if n % 2 else ""} for n in range(count)]
    return [{"paragraph": "§ 1", "topic": "Масса", "tasks": tasks}]


async def drawn_numbers(who: Context, made: TrainerSet) -> list[str]:
    [tasks] = await trainer.tasks_of_sets(who, [made.id])
    items = await bank.of_ids(who, [task.item_id for task in tasks])
    assert [task.number for task in tasks] == list(range(1, len(tasks) + 1))
    return [item.number for item in items if item]


async def test_a_seed_draws_the_same_set_for_everybody(world: World) -> None:
    course, source = await school(world, many(60))
    ada, bob = await world.person("ada"), await world.person("bob")
    draw = Draw(count=20, seed=7, topic="масс", source_id=source.id)
    first, second = await trainer.generate(ada, course.id, draw), await trainer.generate(bob, course.id, draw)
    numbers = await drawn_numbers(ada, first)
    assert await drawn_numbers(bob, second) == numbers
    assert len(set(numbers)) == 20
    other = await trainer.generate(ada, course.id, Draw(count=20, seed=8))
    assert await drawn_numbers(ada, other) != numbers
    await bring(world, many(60))
    again = await trainer.generate(ada, course.id, Draw(count=20, seed=7))
    assert await drawn_numbers(ada, again) == numbers, "also after another import, and without the filter"
    own = await trainer.generate(ada, course.id, Draw(count=1))
    assert own.seed is not None


async def test_filters_and_limits_of_a_draw(world: World) -> None:
    course, _ = await school(world, many(150))
    ada = await world.person("ada")
    answered = await trainer.generate(ada, course.id, Draw(count=75, seed=1, has_answer=True))
    assert all(int(number[2:]) % 2 for number in await drawn_numbers(ada, answered))
    with pytest.raises(TooFewTasks) as caught:
        await trainer.generate(ada, course.id, Draw(count=76, has_answer=True, paragraph="§ 1"))
    assert caught.value.facts() == {"wanted": 76, "found": 75}
    with pytest.raises(TooFewTasks) as caught:
        await trainer.generate(ada, course.id, Draw(count=1, paragraph="§"))
    assert caught.value.found == 0
    for draw in (Draw(count=0), Draw(count=101), Draw(count=1, seed=-1), Draw(count=1, seed=2**31)):
        with pytest.raises(Invalid):
            await trainer.generate(ada, course.id, draw)
    for text in ("a\0", "x" * 201):
        for draw in (Draw(count=1, topic=text), Draw(count=1, paragraph=text), Draw(count=1, title=text)):
            with pytest.raises(Invalid):
                await trainer.generate(ada, course.id, draw)
    world.runtime.settings.trainer.candidates = 30
    with pytest.raises(TooFewTasks) as caught:
        await trainer.generate(ada, course.id, Draw(count=31))
    assert caught.value.found == 30
    world.runtime.settings.trainer.sets = 1
    with pytest.raises(SetLimitReached):
        await trainer.generate(ada, course.id, Draw(count=1))


async def test_a_set_by_numbers(world: World) -> None:
    course, source = await school(world)
    ada = await world.person("ada")
    made = await trainer.compose(ada, course.id, source.id, ["10.1", " 2.9 ", "2.10", "2.9"], "Перед зачётом")
    assert await drawn_numbers(ada, made) == ["10.1", "2.9", "2.10"]
    assert made.title == "Перед зачётом"
    with pytest.raises(NumbersUnknown) as caught:
        await trainer.compose(ada, course.id, source.id, ["2.9", "9.9", "2.11"])
    assert caught.value.numbers == ["9.9", "2.11"]
    assert "9.9, 2.11" in str(caught.value)
    for numbers in ([], [f"{n}" for n in range(301)], [""], ["x" * 41], ["a\0"]):
        with pytest.raises(Invalid):
            await trainer.compose(ada, course.id, source.id, numbers)
    secret = (await bring(world, small(), "secret")).source
    for source_id in (secret.id, uuid4()):
        with pytest.raises(NotFound):
            await trainer.compose(ada, course.id, source_id, ["2.9"])
        with pytest.raises(NotFound):
            await trainer.generate(ada, course.id, Draw(count=1, source_id=source_id))


async def test_the_answer_is_shown_after_a_try(world: World) -> None:
    course, source = await school(world)
    ada = await world.person("ada")
    made = await trainer.compose(ada, course.id, source.id, ["2.10", "2.1"])
    [[salt, green]] = await trainer.tasks_of_sets(ada, [made.id])
    assert await trainer_answers.revealed(ada, [salt.id]) == [None]
    assert await bank.answers(ada, [salt.item_id]) == [None]
    for bad in ("", "  ", "x" * 501, "a\0"):
        with pytest.raises(Invalid):
            await trainer_answers.answer(ada, salt.id, bad)
    assert await trainer_answers.revealed(ada, [salt.id]) == [None], "what was refused was no try"
    for text, verdict in (("7 г", Answered.WRONG), ("5850 мг", Answered.RIGHT), ("около того", Answered.WRONG)):
        tried = await trainer_answers.answer(ada, salt.id, text)
        assert tried.verdict is verdict, text
        assert await trainer_answers.revealed(ada, [salt.id]) == ["5,85 г"]
    assert tried.tries == 3
    assert tried.solved_at is not None
    [history] = await trainer_answers.of_tasks(ada, [salt.id])
    assert [(a.number, a.text, a.verdict) for a in history] == [
        (1, "7 г", Answered.WRONG),
        (2, "5850 мг", Answered.RIGHT),
        (3, "около того", Answered.WRONG),
    ]
    with pytest.raises(AnswerUnknown):
        await trainer_answers.answer(ada, green.id, "5 г")
    assert await trainer_answers.revealed(ada, [green.id]) == [None]
    assert await bank.answers(ada, [salt.item_id]) == [None], "the bank's own field stays the teachers'"
    told = await happened(world)
    assert {"trainer_set.made", "trainer_task.answered"} <= set(told)


async def test_tries_at_the_same_time_are_all_counted(world: World) -> None:
    course, source = await school(world)
    ada = await world.person("ada")
    made = await trainer.compose(ada, course.id, source.id, ["2.10"])
    [[task]] = await trainer.tasks_of_sets(ada, [made.id])
    await asyncio.gather(*(trainer_answers.answer(ada, task.id, f"{n} г") for n in range(4)))
    [history] = await trainer_answers.of_tasks(ada, [task.id])
    assert [answer.number for answer in history] == [1, 2, 3, 4]


async def test_what_failed_comes_again(world: World) -> None:
    course, source = await school(world)
    ada = await world.person("ada")
    made = await trainer.compose(ada, course.id, source.id, ["2.10", "2.9", "10.1"])
    [[salt, acid, _]] = await trainer.tasks_of_sets(ada, [made.id])

    async def due() -> list[object]:
        [page] = await trainer_answers.due_of_courses(ada, [course.id], Ask())
        return [task.id for task in page.rows]

    await trainer_answers.answer(ada, salt.id, "1 г")
    await trainer_answers.answer(ada, acid.id, "0,1 М")
    assert await due() == [], "not on the same day"
    world.clock.forward(hours=25)
    assert await due() == [salt.id], "what was right does not come again"
    again = await trainer_answers.answer(ada, salt.id, "5,85 г")
    assert again.box == 2
    assert await due() == []
    world.clock.forward(days=3)
    assert await due() == [salt.id]
    again = await trainer_answers.answer(ada, salt.id, "9 г")
    assert again.box == 1
    for days in world.runtime.settings.trainer.box_days:
        world.clock.forward(days=days)
        assert await due() == [salt.id], days
        again = await trainer_answers.answer(ada, salt.id, "5,85 г")
    assert (again.box, again.due_at) == (0, None), "learned"
    await trainer_answers.answer(ada, salt.id, "9 г")
    world.clock.forward(days=40)
    assert await due() == [salt.id]
    await trainer.remove(ada, made.id)
    assert await due() == [], "a removed set asks nothing"


async def test_progress_by_paragraph(world: World) -> None:
    course, source = await school(world)
    ada, bob = await world.person("ada"), await world.person("bob")
    first = await trainer.compose(ada, course.id, source.id, ["2.10", "2.9", "10.1"])
    await trainer.compose(ada, course.id, source.id, ["2.10", "2.1"])
    [[salt, acid, gas]] = await trainer.tasks_of_sets(ada, [first.id])
    await trainer_answers.answer(ada, salt.id, "1 г")
    await trainer_answers.answer(ada, acid.id, "0,1 моль/л")
    world.clock.forward(days=2)
    [progress] = await trainer_answers.progress_of_courses(ada, [course.id])
    assert progress == [
        trainer_answers.Progress("§ 2", tasks=3, tried=2, solved=1, failing=1, due=1),
        trainer_answers.Progress("§ 10", tasks=1, tried=0, solved=0, failing=0, due=0),
    ]
    [counts] = await trainer.counts_of_sets(ada, [first.id])
    assert counts == trainer.SetCount(tasks=3, tried=2, solved=1, failing=1)
    assert await trainer_answers.progress_of_courses(bob, [course.id]) == [[]]
    assert gas.tries == 0


async def test_only_own_sets(world: World) -> None:
    course, source = await school(world)
    await world.course("other", "theo", ["olga"])
    ada = await world.person("ada")
    made = await trainer.compose(ada, course.id, source.id, ["2.10"])
    [[task]] = await trainer.tasks_of_sets(ada, [made.id])
    await trainer_answers.answer(ada, task.id, "1 г")
    for name in ("bob", "tess", "theo", "olga", "nobody-knows"):
        who = await world.person(name)
        for call in (
            lambda: trainer.get(who, made.id),  # noqa: B023
            lambda: trainer.remove(who, made.id),  # noqa: B023
            lambda: trainer_answers.get(who, task.id),  # noqa: B023
            lambda: trainer_answers.answer(who, task.id, "5,85 г"),  # noqa: B023
        ):
            with pytest.raises(NotFound):
                await call()
        assert await trainer.tasks_of_sets(who, [made.id]) == [[]]
        assert await trainer.of_ids(who, [made.id]) == [None]
        assert (await trainer.counts_of_sets(who, [made.id]))[0].tasks == 0
        assert (await trainer.of_courses(who, [course.id], Ask()))[0].rows == []
        assert await trainer_answers.of_ids(who, [task.id]) == [None]
        assert await trainer_answers.of_tasks(who, [task.id]) == [[]]
        assert await trainer_answers.revealed(who, [task.id]) == [None]
        assert (await trainer_answers.due_of_courses(who, [course.id], Ask()))[0].rows == []
        assert await trainer_answers.progress_of_courses(who, [course.id]) == [[]]
    for name in ("tess", "theo", "olga"):
        with pytest.raises(NotFound):
            await trainer.generate(await world.person(name), course.id, Draw(count=1))
    with pytest.raises(Unauthenticated):
        await trainer.get(Context(world.runtime), made.id)


async def test_removing_hides_but_keeps(world: World) -> None:
    course, source = await school(world)
    ada = await world.person("ada")
    made = await trainer.compose(ada, course.id, source.id, ["2.10"])
    [[task]] = await trainer.tasks_of_sets(ada, [made.id])
    await trainer_answers.answer(ada, task.id, "1 г")
    await trainer.remove(ada, made.id)
    for call in (trainer.get(ada, made.id), trainer.remove(ada, made.id), trainer_answers.get(ada, task.id)):
        with pytest.raises(NotFound):
            await call
    assert (await trainer.of_courses(ada, [course.id], Ask()))[0].rows == []
    assert await bank.of_ids(ada, [task.item_id]) == [None], "its tasks are no longer shown"
    async with world.runtime.sessions() as session:
        assert await session.get(TrainerSet, made.id) is not None


async def test_a_suspended_student_has_no_trainer(world: World) -> None:
    course, source = await school(world)
    ada = await world.person("ada")
    made = await trainer.compose(ada, course.id, source.id, ["2.10"])
    [page] = await members.of_courses(world.system, [course.id], Ask())
    [membership] = [one for one in page.rows if one.account_id == world.people["ada"].id]
    from picrete_gql.models import MemberStatus

    await members.change(await world.person("tess"), membership.id, status=MemberStatus.SUSPENDED)
    for call in (trainer.get(ada, made.id), trainer.generate(ada, course.id, Draw(count=1))):
        with pytest.raises(NotFound):
            await call


async def test_lists_take_one_statement(world: World) -> None:
    course, source = await school(world)
    ada = await world.person("ada")
    sets = [(await trainer.compose(ada, course.id, source.id, ["2.10", "2.9"])).id for _ in range(4)]
    tasks = [task.id for group in await trainer.tasks_of_sets(ada, sets) for task in group]
    statements: list[str] = []
    event.listen(world.runtime.engine.sync_engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    for resolver, ids in (
        (trainer.tasks_of_sets, sets),
        (trainer.counts_of_sets, sets),
        (trainer.of_ids, sets),
        (trainer_answers.of_ids, tasks),
        (trainer_answers.of_tasks, tasks),
        (trainer_answers.revealed, tasks),
        (trainer_answers.progress_of_courses, [course.id]),
    ):
        statements.clear()
        await resolver(ada, ids)
        assert len(statements) == 1, resolver.name
    assert issubclass(TooFewTasks, Problem)
