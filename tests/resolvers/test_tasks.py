"""Tasks, rubrics that sum, and variants."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picrete_gql.models import CriterionKind, Difficulty, Work
from picrete_gql.problems import Invalid, NotFound
from picrete_gql.resolvers import tasks, works
from picrete_gql.resolvers.tasks import CriterionPlan, TaskPlan, VariantPlan
from picrete_gql.rules.rubrics import DEFAULT, RubricSumWrong, default, ensure_sum
from picrete_gql.rules.works import MOST_CRITERIA, MOST_TAGS, MOST_TASKS, MOST_VARIANTS
from tests.support.world import World, task_plan

PLAN = replace(task_plan(), criteria=[])
VARIANT: VariantPlan = task_plan().variants[0]


def criterion(points: str, **changes: Any) -> CriterionPlan:
    """One line of a rubric."""
    return CriterionPlan(
        **{
            "kind": CriterionKind.OTHER,
            "name": "Строка",
            "description": "",
            "note": "",
            **changes,
            "max_points": Decimal(points),
        }
    )


async def draft(world: World) -> Work:
    """A draft without tasks."""
    course = await world.course("chem", "teacher", ["student"])
    return await world.work(course, "teacher", publish=False, task_count=0)


async def rubric(world: World, task_id: Any) -> list[tuple[str, Decimal]]:
    """Kind and points of a task's criteria."""
    [rows] = await tasks.criteria_of_tasks(await world.person("teacher"), [task_id])
    return [(row.kind.value, row.max_points) for row in rows]


@given(st.decimals("0.01", "1000", places=2))
def test_the_default_rubric_always_sums(points: Decimal) -> None:
    made = default(points)
    ensure_sum(1, points, [part[2] for part in made])
    assert all(part[2] > 0 and part[2] == round(part[2], 2) for part in made)
    if points >= 1:
        assert len(made) == 4
        for (kind, _, share), (_, _, got) in zip(DEFAULT, made, strict=True):
            assert abs(got - points * share) <= Decimal("0.02"), kind


def test_the_shares_are_those_of_the_specification() -> None:
    assert [(kind.value, str(points)) for kind, _, points in default(Decimal(10))] == [
        ("method", "3.00"),
        ("calculation", "3.00"),
        ("units", "2.00"),
        ("notation", "2.00"),
    ]


async def test_without_criteria_a_task_gets_the_default_rubric(world: World) -> None:
    work, teacher = await draft(world), await world.person("teacher")
    task = await tasks.add(teacher, work.id, replace(PLAN, max_points=Decimal("7.77")))
    found = await rubric(world, task.id)
    assert [kind for kind, _ in found] == ["method", "calculation", "units", "notation"]
    assert sum(points for _, points in found) == Decimal("7.77")


async def test_a_rubric_sums_to_its_task(world: World) -> None:
    work, teacher = await draft(world), await world.person("teacher")
    for wrong in (["3"], ["5", "5.01"], ["9.99"], ["10", "0.01"]):
        with pytest.raises(RubricSumWrong) as caught:
            await tasks.add(teacher, work.id, replace(PLAN, criteria=[criterion(points) for points in wrong]))
        assert (caught.value.task_number, caught.value.expected) == (1, Decimal(10))
    for wrong in (["10.5", "-0.5"], ["10", "0"], ["9.999", "0.001"], ["NaN"], ["Infinity"]):
        with pytest.raises((Invalid, RubricSumWrong)):
            await tasks.add(teacher, work.id, replace(PLAN, criteria=[criterion(points) for points in wrong]))
    task = await tasks.add(teacher, work.id, replace(PLAN, criteria=[criterion("0.01"), criterion("9.99")]))
    assert await rubric(world, task.id) == [("other", Decimal("0.01")), ("other", Decimal("9.99"))]
    assert task.number == 1


async def test_what_a_task_must_be(world: World) -> None:
    work, teacher = await draft(world), await world.person("teacher")
    many = {"tags": MOST_TAGS, "criteria": MOST_CRITERIA, "variants": MOST_VARIANTS}
    wrong: list[dict[str, Any]] = [
        {"title": ""},
        {"title": "x" * 201},
        {"statement": "x" * 20_001},
        {"statement": "a\0b"},
        *(
            {"max_points": Decimal(points)}
            for points in ("0", "-1", "1000.01", "0.001", "NaN", "sNaN", "Infinity", "1E+9")
        ),
        {"tags": ["x"] * (many["tags"] + 1)},
        {"tags": ["x" * 41]},
        {"tags": [""]},
        {"criteria": [criterion("1")] * (many["criteria"] + 1)},
        {"criteria": [criterion("10", name="")]},
        {"variants": [VARIANT] * (many["variants"] + 1)},
        *(
            {"variants": [replace(VARIANT, **{name: value})]}
            for name, value in (
                ("content", ""),
                ("content", "x" * 20_001),
                ("tolerance", Decimal("-0.01")),
                ("tolerance", Decimal("1.01")),
                ("tolerance", Decimal("NaN")),
                ("units", "x" * 41),
                ("reference_answer", "\0"),
                ("parameters", {"a": "\0"}),
                ("parameters", {"a": "x" * 20_001}),
                ("parameters", {"a": float("nan")}),
            )
        ),
    ]
    for changes in wrong:
        with pytest.raises(Invalid):
            await tasks.add(teacher, work.id, replace(PLAN, **changes))
    [found] = await tasks.of_works(teacher, [work.id])
    assert found == []


async def test_what_was_written_is_what_is_read(world: World) -> None:
    work, teacher = await draft(world), await world.person("teacher")
    plan = TaskPlan(
        " Название ",
        "Решите $x^2$",
        Decimal("12.50"),
        Difficulty.HARD,
        ["кислоты", "pH"],
        [criterion("12.5", name=" Всё ", description="для студента", note="для проверяющего")],
        [replace(VARIANT, tolerance=Decimal("0.5"), parameters={"n": [1, {"m": None}]})],
    )
    task = await tasks.add(teacher, work.id, plan)
    assert (task.title, task.difficulty, task.tags, task.max_points) == (
        "Название",
        Difficulty.HARD,
        ["кислоты", "pH"],
        Decimal("12.50"),
    )
    [[line]] = await tasks.criteria_of_tasks(teacher, [task.id])
    assert (line.name, line.description) == ("Всё", "для студента")
    assert await tasks.notes_of_criteria(teacher, [line.id]) == ["для проверяющего"]
    [[variant]] = [rows or [] for rows in await tasks.variants_of_tasks(teacher, [task.id])]
    assert (variant.parameters, variant.tolerance, variant.units) == ({"n": [1, {"m": None}]}, Decimal("0.5"), "г")
    [reference] = await tasks.references(teacher, [variant.id])
    assert reference is not None and reference.reference_answer == "18"


async def test_tasks_keep_an_order_without_gaps(world: World) -> None:
    work, teacher = await draft(world), await world.person("teacher")
    made = [await tasks.add(teacher, work.id, replace(PLAN, title=f"T{n}")) for n in range(1, 5)]
    await tasks.remove(teacher, made[1].id)
    replaced = await tasks.replace(teacher, made[2].id, replace(PLAN, title="New", max_points=Decimal(1)))
    assert replaced.id == made[2].id
    [found] = await tasks.of_works(teacher, [work.id])
    assert [(row.number, row.title) for row in found or []] == [(1, "T1"), (2, "New"), (3, "T4")]
    assert sum(points for _, points in await rubric(world, replaced.id)) == 1
    [variants] = await tasks.variants_of_tasks(teacher, [replaced.id])
    assert [variant.number for variant in variants or []] == [1, 2]
    with pytest.raises(NotFound):
        await tasks.remove(teacher, made[1].id)


async def test_a_work_holds_only_so_many_tasks(world: World) -> None:
    work, teacher = await draft(world), await world.person("teacher")
    short = replace(PLAN, criteria=[criterion("10")], variants=[])
    for _ in range(MOST_TASKS):
        await tasks.add(teacher, work.id, short)
    with pytest.raises(Invalid) as caught:
        await tasks.add(teacher, work.id, PLAN)
    assert caught.value.field == "tasks"


async def test_students_see_their_own_variant_and_no_reference(world: World) -> None:
    work, teacher = await draft(world), await world.person("teacher")
    task = await tasks.add(teacher, work.id, task_plan(variants=3))
    await works.publish(teacher, work.id)
    student = await world.person("student")
    assert await tasks.of_works(student, [work.id]) == [None]
    with pytest.raises(NotFound):
        await tasks.get(student, task.id)
    await world.start("student", work)
    assert (await tasks.get(student, task.id)).id == task.id
    assert await tasks.variants_of_tasks(student, [task.id]) == [None]
    [every] = await tasks.variants_of_tasks(teacher, [task.id])
    ids = [variant.id for variant in every or []]
    assert len([row for row in await tasks.variants_of_ids(student, ids) if row]) == 1
    assert await tasks.references(student, ids) == [None] * 3
    [[line, *_]] = await tasks.criteria_of_tasks(student, [task.id])
    assert await tasks.notes_of_criteria(student, [line.id]) == [None]
