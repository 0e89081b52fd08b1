"""Templates of tasks: who may write and see them, and the variants that they make."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from picrete_gql.models import Work
from picrete_gql.problems import Invalid, NotFound
from picrete_gql.resolvers import tasks, templates, works
from picrete_gql.rules.templates import TemplateBroken, TooFewVariants
from picrete_gql.rules.works import MOST_VARIANTS, WorkFrozen
from tests.rules.templates.samples import DILUTION, choices, rule
from tests.support.world import World, task_plan


async def draft(world: World) -> tuple[Work, UUID]:
    """A draft with one task that has two variants."""
    course = await world.course("chem", "teacher", ["student"])
    work = await world.work(course, "teacher", publish=False)
    [[task]] = await tasks.of_works(await world.person("teacher"), [work.id])
    return work, task.id


async def variants(world: World, task_id: UUID) -> list[Any]:
    """The task's variants, for its teacher."""
    [found] = await tasks.variants_of_tasks(await world.person("teacher"), [task_id])
    return found


async def test_what_is_previewed_is_what_is_made(world: World) -> None:
    work, task_id = await draft(world)
    teacher = await world.person("teacher")
    await templates.put(teacher, task_id, DILUTION)
    assert await templates.of_tasks(teacher, [task_id]) == [DILUTION]
    assert len(await variants(world, task_id)) == 2, "a template alone changes no variant"
    [samples] = await templates.samples_of_tasks(teacher, [task_id], 3, 7)
    await templates.make(teacher, task_id, 10, 7)
    made = await variants(world, task_id)
    assert [row.number for row in made] == list(range(1, 11))
    assert [(row.content, row.parameters, row.reference_answer, row.units) for row in made[:3]] == [
        (one.content, one.parameters, one.answer, one.units) for one in samples
    ]
    assert made[0].tolerance == Decimal("0.01") and made[0].reference_solution == samples[0].solution
    assert (await works.publish(teacher, work.id)).status.value == "active"
    with pytest.raises(WorkFrozen):
        await templates.make(teacher, task_id, 1, 1)
    with pytest.raises(WorkFrozen):
        await templates.put(teacher, task_id, DILUTION)
    with pytest.raises(WorkFrozen):
        await templates.remove(teacher, task_id)


async def test_another_template_takes_the_place_of_the_first(world: World) -> None:
    _, task_id = await draft(world)
    teacher = await world.person("teacher")
    await templates.put(teacher, task_id, DILUTION)
    other = DILUTION.model_copy(update={"solution": "{v1}"})
    await templates.put(teacher, task_id, other)
    assert await templates.of_tasks(teacher, [task_id]) == [other]
    await templates.remove(teacher, task_id)
    assert await templates.of_tasks(teacher, [task_id]) == [None]
    with pytest.raises(NotFound):
        await templates.make(teacher, task_id, 1, 1)


async def test_a_replaced_task_forgets_its_template(world: World) -> None:
    _, task_id = await draft(world)
    teacher = await world.person("teacher")
    await templates.put(teacher, task_id, DILUTION)
    await tasks.replace(teacher, task_id, task_plan())
    assert await templates.of_tasks(teacher, [task_id]) == [None]


async def test_nobody_but_its_teachers_sees_or_touches_it(world: World) -> None:
    _, task_id = await draft(world)
    await templates.put(await world.person("teacher"), task_id, DILUTION)
    await world.course("phys", "outsider", ["stranger"])
    for name in ("student", "outsider", "stranger"):
        who = await world.person(name)
        assert await templates.of_tasks(who, [task_id]) == [None]
        assert await templates.samples_of_tasks(who, [task_id], 1, 1) == [None]
        for forbidden in (
            templates.put(who, task_id, DILUTION),
            templates.remove(who, task_id),
            templates.make(who, task_id, 1, 1),
        ):
            with pytest.raises(NotFound):
                await forbidden
    assert await templates.of_tasks(await world.person("teacher"), [task_id]) == [DILUTION]


async def test_what_cannot_be_made_is_refused_and_changes_nothing(world: World) -> None:
    _, task_id = await draft(world)
    teacher = await world.person("teacher")
    limits = world.runtime.settings.templates
    many = tuple(choices(f"p{n}", "", "1", "2") for n in range(limits.max_parameters + 1))
    long = (choices("c1", "моль/л", *map(str, range(1, limits.max_choices + 2))), *DILUTION.parameters[1:])
    for update in ({"parameters": many}, {"parameters": long}, {"tolerance": Decimal(2)}, {"text": " "}):
        with pytest.raises(Invalid):
            await templates.put(teacher, task_id, DILUTION.model_copy(update=update))
    with pytest.raises(TemplateBroken):
        await templates.put(teacher, task_id, DILUTION.model_copy(update={"rules": (rule("molarity"),)}))
    assert await templates.of_tasks(teacher, [task_id]) == [None]
    await templates.put(teacher, task_id, DILUTION)
    for count in (0, MOST_VARIANTS + 1):
        with pytest.raises(Invalid):
            await templates.make(teacher, task_id, count, 1)
    for count in (0, limits.max_samples + 1):
        with pytest.raises(Invalid):
            await templates.samples_of_tasks(teacher, [task_id], count, 1)
    two = DILUTION.model_copy(update={"parameters": tuple(choices(p.name, p.unit, "1") for p in DILUTION.parameters)})
    with pytest.raises(TemplateBroken):
        await templates.put(teacher, task_id, two)
    few = DILUTION.model_copy(update={"parameters": (choices("c1", "моль/л", "2", "3"), *two.parameters[1:])})
    await templates.put(teacher, task_id, few)
    with pytest.raises(TooFewVariants):
        await templates.make(teacher, task_id, 3, 1)
    assert len(await variants(world, task_id)) == 2
