"""From the student's own parameters to a computed answer, and from a finding to whoever may read it."""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from picrete_gql.gateways.llm.factory import open_llm
from picrete_gql.models import Submission, Variant
from picrete_gql.resolvers import attempts, grades, tasks, templates, works
from picrete_gql.schema import schema as door
from tests.attempts.steps import TEACHER, finalised, submission_of
from tests.rules.templates.samples import DILUTION
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support.world import World

FINDINGS = "findings { kind verdict taskNumber photoId blockId quote expected found explanation }"
DOCUMENT = f"""query($id: ID!) {{ submission: node(id: $id) {{ ... on Submission {{
  proposal {{ engine {FINDINGS} }} grade {{ {FINDINGS} }} }} }} }}"""
SLIP = "V1 = 5 · 100 / 2 = 317 мл"


async def templated(world: World) -> Any:
    """An open work whose only task has made variants; what their rows say of the answer is not true."""
    course = await world.course("chem", TEACHER, ["ada"])
    work = await world.work(course, TEACHER, publish=False)
    teacher = await world.person(TEACHER)
    [[task]] = await tasks.of_works(teacher, [work.id])
    await templates.put(teacher, task.id, DILUTION)
    await templates.make(teacher, task.id, 5, 1)
    async with world.runtime.sessions() as session:
        await session.execute(update(Variant).where(Variant.task_id == task.id).values(reference_answer="1000"))
        await session.commit()
    return await works.publish(teacher, work.id)


async def handed(world: World, ocr: DatalabServer, work: Any, answer: str | None) -> Submission:
    """What becomes of ada's page with a slip and this answer; None for the right one."""
    attempt = await world.start("ada", work)
    await world.photo("ada", attempt.id)
    [[drawn]] = await attempts.assignments(world.system, [attempt.id])
    [variant] = await tasks.variants_of_ids(world.system, [drawn.variant_id])
    value = {name: float(part["value"]) for name, part in variant.parameters.items()}
    right = f"{value['c2'] * value['v2'] / value['c1']:.3g}".replace(".", ",")
    ocr.texts["*"] = f"Задача 1\nРешение: кислоту разбавляют водой.\n{SLIP}\nОтвет: {answer or right} мл"
    await attempts.submit(await world.person("ada"), attempt.id)
    await world.jobs()
    await finalised(world, "ada", attempt)
    await world.jobs()
    return await submission_of(world, attempt.id)


async def heard(world: World, name: str, id: UUID) -> Any:
    """Proposal and mark with their findings, as somebody gets them."""
    variables = {"id": f"submission_{id.hex}"}
    result = await door.execute(DOCUMENT, variable_values=variables, context_value=await world.person(name))
    assert result.errors is None, result.errors
    return result.data["submission"]


def without_a_model(world: World) -> None:
    """The checks alone."""
    world.runtime.settings.llm.key = type(world.runtime.settings.llm.key)("")
    world.runtime.gateways.llm = open_llm(world.runtime.settings.llm)


def of_kind(findings: Any, kind: str) -> Any:
    """The one finding of a kind."""
    [found] = [one for one in findings if one["kind"] == kind]
    return found


async def test_the_answer_is_computed_from_the_own_parameters(world: World, ocr: DatalabServer) -> None:
    without_a_model(world)
    found = await handed(world, ocr, await templated(world), None)
    said = await heard(world, TEACHER, found.id)
    assert said["proposal"]["engine"] == "rules"
    answer = of_kind(said["proposal"]["findings"], "ANSWER")
    assert answer["verdict"] == "OK" and "1000" not in answer["expected"]


async def test_what_everybody_hears_of_a_wrong_answer(world: World, ocr: DatalabServer, llm: OpenAiServer) -> None:
    found = await handed(world, ocr, await templated(world), "777")
    said = await heard(world, TEACHER, found.id)
    full = of_kind(said["proposal"]["findings"], "ANSWER")
    slip = of_kind(said["proposal"]["findings"], "ARITHMETIC")
    assert (full["verdict"], full["taskNumber"], full["found"], full["quote"]) == ("WRONG", 1, "777 мл", "777 мл")
    assert full["expected"].endswith("мл") and full["photoId"].startswith("photo_") and full["blockId"]
    assert slip["verdict"] == "WRONG" and slip["expected"] == "250 мл" and SLIP.endswith(slip["quote"])
    question = llm.calls[-1].body["messages"][-1]["content"]
    assert "317" in question.split("Automatic checks")[1], "the model is given the evidence"
    assert await heard(world, "ada", found.id) == {"proposal": None, "grade": None}
    await grades.approve(await world.person(TEACHER), found.id, found.version)
    own = await heard(world, "ada", found.id)
    assert own["proposal"] is None
    mine = of_kind(own["grade"]["findings"], "ANSWER")
    assert mine["verdict"] == "WRONG" and mine["found"] == "777 мл" and mine["expected"] is None
    assert full["expected"] not in str(own), "the reference answer stays a secret"
    assert of_kind(own["grade"]["findings"], "ARITHMETIC")["expected"] == "250 мл"
