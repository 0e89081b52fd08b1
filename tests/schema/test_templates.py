"""A teacher writes a template, looks at samples and makes variants; a student hears nothing of it."""

from typing import Any
from uuid import UUID

from picrete_gql.resolvers import attempts, tasks, works
from picrete_gql.schema import schema as door
from tests.support.world import World

PUT = """mutation($id: ID!, $c1: String!) { taskTemplatePut(input: { taskId: $id, units: "мл", solution: "V1 = {v1}",
  text: "Сколько мл раствора {c1} нужно для {v2} раствора {c2}?",
  parameters: [{ name: "c1", unit: "моль/л", low: "2", high: "6", step: "0.5" },
    { name: "v2", unit: "мл", choices: ["100", "200", "500"] },
    { name: "c2", unit: "моль/л", choices: ["0.1", "0.2"] }],
  rules: [{ name: "v1", relation: DILUTION_VOLUME, inputs: [{ input: "c1", name: $c1 }, { input: "c2", name: "c2" },
    { input: "v2", name: "v2" }] }] }) {
  task { template { text units tolerance solution combinations parameters { name unit low high step choices }
      rules { name relation inputs { input name value unit } } }
    samples(first: 2, seed: 5) { content answer units solution } variants { number } }
  problem { code message ... on TemplateBroken { place } } } }"""
MAKE = """mutation($id: ID!) { variantsMake(input: { taskId: $id, count: 4, seed: 5 }) {
  task { variants { content parameters reference { referenceAnswer units referenceSolution } } }
  problem { message } } }"""
OWN = """query($id: ID!) { node(id: $id) { ... on Task { title template { text } samples { answer }
  variants { reference { referenceAnswer } } } } }"""


async def ask(world: World, name: str, document: str, **variables: Any) -> Any:
    """The data of one operation, which has no errors."""
    result = await door.execute(document, variable_values=variables, context_value=await world.person(name))
    assert result.errors is None, result.errors
    return result.data


async def draft(world: World) -> tuple[UUID, str]:
    """A draft's id and its task's global one."""
    course = await world.course("chem", "teacher", ["student"])
    work = await world.work(course, "teacher", publish=False)
    [[task]] = await tasks.of_works(await world.person("teacher"), [work.id])
    return work.id, f"task_{task.id.hex}"


async def test_from_the_template_to_the_student(world: World) -> None:
    work_id, id = await draft(world)
    put = (await ask(world, "teacher", PUT, id=id, c1="c1"))["taskTemplatePut"]
    assert put["problem"] is None and put["task"]["template"]["combinations"] == str(9 * 3 * 2)
    [rule] = put["task"]["template"]["rules"]
    assert rule["relation"] == "DILUTION_VOLUME" and rule["inputs"][0]["name"] == "c1"
    samples = put["task"]["samples"]
    made = (await ask(world, "teacher", MAKE, id=id))["variantsMake"]["task"]["variants"]
    assert len(made) == 4 and [one["content"] for one in made[:2]] == [one["content"] for one in samples]
    assert made[0]["reference"]["referenceAnswer"] == samples[0]["answer"] != ""
    await works.publish(await world.person("teacher"), work_id)
    await attempts.start(await world.person("student"), work_id)
    heard = await ask(world, "student", OWN, id=id)
    assert heard["node"] == {"title": "Масса", "template": None, "samples": None, "variants": None}


async def test_a_broken_template_is_a_problem_that_says_where(world: World) -> None:
    _, id = await draft(world)
    payload = (await ask(world, "teacher", PUT, id=id, c1="nothing"))["taskTemplatePut"]
    assert payload["task"] is None
    assert payload["problem"]["code"] == "INVALID_INPUT" and payload["problem"]["place"] == "v1.c1"
