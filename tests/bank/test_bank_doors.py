"""The bank through its doors: GraphQL over HTTP with multipart uploads, and the command line."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from picrete_gql.commands import import_bank
from picrete_gql.commands.client import Client, Refused
from picrete_gql.local import CannotStart
from picrete_gql.settings import Settings
from tests.bank.files import as_json, items, picture, small, zipped
from tests.materials.test_materials import pdf
from tests.support.house import House, environment
from tests.support.world import World

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "bank" / "general-chemistry.json"
IMPORT = (
    "problem { __typename code message ... on BankFileRefused { paths } } added changed unchanged absent source { id }"
)


async def send(client: Client, mutation: str, selection: str, input: dict[str, Any], file: bytes) -> dict[str, Any]:
    """A mutation with a file by the graphql-multipart-request-spec; its payload."""
    kind = mutation[0].upper() + mutation[1:]
    document = f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ {selection} }} }}"
    operations = {"query": document, "variables": {"input": {**input, "file": None}}}
    form = {"operations": json.dumps(operations), "map": json.dumps({"0": ["variables.input.file"]})}
    files = {"0": ("файл.bin", file, "application/octet-stream")}
    answer = (await client.http.post(f"{client.url}/graphql", data=form, files=files, headers=client.headers)).json()
    if answer.get("errors"):
        raise Refused(answer["errors"])
    return answer["data"][mutation]  # type: ignore[no-any-return]


async def test_the_story_over_http(house: House) -> None:
    admin, tess, ada = await house.admin(), await house.person("tess"), await house.person("ada")
    teacher_id = (await tess.run("{ me { id } }"))["me"]["id"]
    facts = {"slug": "chem", "title": "Химия", "teacherId": teacher_id}
    course = (await admin.do("courseCreate", "course { id }", facts))["course"]["id"]
    code = (await tess.do("inviteRotate", "code", {"courseId": course, "role": "STUDENT"}))["code"]
    await ada.do("courseJoin", "membership { id }", {"code": code})

    # Import: a refused file names its rows; a good one can be sent twice.
    refused = await send(admin, "bankImport", IMPORT, {"source": "book"}, as_json([{"paragraph": "1", "tasks": [{}]}]))
    assert refused["problem"]["__typename"] == "BankFileRefused"
    assert refused["problem"]["paths"] == ["[0].tasks[0].number", "[0].tasks[0].text"]
    rows = small()
    rows[0]["tasks"][0]["images"] = ["a.png"]
    body, plan = zipped(rows, {"a.png": picture()}), {"source": "book", "title": "Задачник", "courseId": course}
    first = await send(admin, "bankImport", IMPORT, plan, body)
    assert [first[k] for k in ("problem", "added", "changed", "unchanged", "absent")] == [None, 4, 0, 0, 0]
    again = await send(admin, "bankImport", IMPORT, plan, body)
    assert [again[k] for k in ("added", "changed", "unchanged")] == [0, 0, 4]
    source = first["source"]["id"]
    for other in (tess, ada):
        try:
            await send(other, "bankImport", IMPORT, plan, body)
            raise AssertionError("imported")
        except Refused as error:
            assert error.code == "FORBIDDEN"

    # The teacher looks, and copies; the student sees no task.
    look = """query($id: ID!, $filter: BankItemFilter) { course(id: $id) { bankSources {
        sections { paragraph items } items(filter: $filter, first: 2) {
        totalCount nodes { id number answer hasAnswer images { viewUrl } } } } } }"""
    by = {"filter": {"hasAnswer": True}}
    [seen] = (await tess.run(look, id=course, **by))["course"]["bankSources"]
    assert seen["sections"] == [{"paragraph": "§ 2", "items": 3}, {"paragraph": "§ 10", "items": 1}]
    assert seen["items"]["totalCount"] == 3
    assert [n["number"] for n in seen["items"]["nodes"]] == ["2.9", "2.10"]
    assert seen["items"]["nodes"][1]["answer"] == "5,85 г"
    assert seen["items"]["nodes"][1]["images"][0]["viewUrl"].startswith("http")
    [hidden] = (await ada.run(look, id=course, **by))["course"]["bankSources"]
    assert hidden["items"] is None
    window = {"startsAt": "2030-01-01T00:00:00Z", "endsAt": "2030-02-01T00:00:00Z"}
    facts = {"courseId": course, "kind": "HOMEWORK", "title": "ДЗ", **window}
    work = await tess.do("workCreate", "work { id }", facts)
    ids = [node["id"] for node in seen["items"]["nodes"]]
    copied = await tess.do(
        "bankItemsCopy",
        "work { tasks { title variants { attachments { viewUrl } reference { referenceAnswer } } } }",
        {"workId": work["work"]["id"], "itemIds": ids},
    )
    assert [task["title"] for task in copied["work"]["tasks"]] == ["Задача 1", "Задача 2"]
    assert len(copied["work"]["tasks"][1]["variants"][0]["attachments"]) == 1

    # The trainer.
    few = "problem { __typename code message ... on TooFewTasks { found } ... on NumbersUnknown { numbers } }"
    asked = {"courseId": course, "count": 50, "topic": "раств"}
    document = f"mutation($i: TrainerSetGenerateInput!) {{ trainerSetGenerate(input: $i) {{ {few} }} }}"
    assert (await ada.run(document, i=asked))["trainerSetGenerate"]["problem"]["found"] == 3
    document = f"mutation($i: TrainerSetComposeInput!) {{ trainerSetCompose(input: $i) {{ {few} }} }}"
    wanted = {"courseId": course, "sourceId": source, "numbers": ["2.9", "77"]}
    assert (await ada.run(document, i=wanted))["trainerSetCompose"]["problem"]["numbers"] == ["77"]
    fields = (
        "trainerSet { id kind seed counts { tasks } tasks { id number answer item { number answer text theory } } }"
    )
    made = await ada.do("trainerSetGenerate", fields, {**asked, "count": 2, "seed": 3, "hasAnswer": True})
    task = made["trainerSet"]["tasks"][0]
    assert (task["answer"], task["item"]["answer"], task["item"]["theory"]) == (None, None, "c = n/V")
    progress = f'query {{ course(id: "{course}") {{ trainerProgress {{ paragraph tried }} }} }}'
    selection = "task { verdict answer answers { comment reason } } " + progress
    tried = await ada.do("trainerTaskAnswer", selection, {"id": task["id"], "answer": "999 км"})
    assert tried["task"]["verdict"] == "WRONG"
    assert tried["task"]["answer"]
    assert tried["task"]["answers"][0]["comment"] == "Единица измеряет другую величину."
    assert tried["query"]["course"]["trainerProgress"] == [{"paragraph": "§ 2", "tried": 1}]
    lists = "query($id: ID!) { course(id: $id) { trainerSets { nodes { id } } trainerDue { nodes { id } } } }"
    assert len((await ada.run(lists, id=course))["course"]["trainerSets"]["nodes"]) == 1
    assert (await tess.run(lists, id=course))["course"]["trainerSets"]["nodes"] == []
    node = "query($id: ID!) { node(id: $id) { __typename id } }"
    assert (await ada.run(node, id=task["id"]))["node"]["__typename"] == "TrainerTask"
    for id in (task["id"], made["trainerSet"]["id"]):
        assert (await tess.raw(node, id=id))["errors"][0]["extensions"]["code"] == "NOT_FOUND"

    # Materials.
    fields = "problem { __typename message } material { id mime pages viewUrl }"
    sent = await send(tess, "materialUpload", fields, {"courseId": course, "title": "Лекция"}, pdf(2))
    assert (sent["material"]["mime"], sent["material"]["pages"]) == ("application/pdf", 2)
    bad = await send(tess, "materialUpload", fields, {"courseId": course}, b"%PDF-1.4 no")
    assert bad["problem"]["__typename"] == "PdfDamaged"
    shown = "query($id: ID!) { course(id: $id) { materials { nodes { title viewUrl } } } }"
    [material] = (await ada.run(shown, id=course))["course"]["materials"]["nodes"]
    assert material["title"] == "Лекция"
    assert (await ada.http.get(material["viewUrl"])).status_code == 200
    assert (await tess.do("materialDelete", "course { id }", {"id": sent["material"]["id"]}))["course"]["id"] == course


async def test_the_command_line(world: World, settings: Settings) -> None:
    await world.course("chem", "tess")
    env = {**os.environ, **environment(settings), "PICRETE_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-m", "picrete_gql", "import-bank", str(EXAMPLE), "--course", "chem"]
    done = await asyncio.to_thread(
        lambda: subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)
    )
    assert done.returncode == 0, done.stderr
    total = len(await items(world))
    assert done.stdout == f"general-chemistry: {total} added, 0 changed, 0 unchanged\n"
    assert total >= 60


async def test_what_the_command_refuses(world: World, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "up.png").write_bytes(picture())
    folder = tmp_path / "bank"
    folder.mkdir()
    (folder / "link.png").symlink_to(tmp_path / "up.png")
    (folder / "здесь.png").write_bytes(picture())
    file = folder / "Мой задачник.json"

    def run(source: str | None = "mine", course: str | None = None) -> int:
        return import_bank.run(settings, file, source, "", course)

    with pytest.raises(CannotStart, match="cannot be read"):
        await asyncio.to_thread(run)
    for name in ("../up.png", "link.png", str(tmp_path / "up.png"), "none.png", "."):
        file.write_bytes(as_json([{"paragraph": "1", "tasks": [{"number": "1", "text": "x", "images": [name]}]}]))
        with pytest.raises(CannotStart, match=r"\[0\]\.tasks\[0\]\.images\[0\]"):
            await asyncio.to_thread(run)
    file.write_bytes(as_json([{"paragraph": "1", "tasks": [{"number": "1", "text": "x", "images": ["здесь.png"]}]}]))
    with pytest.raises(CannotStart, match="--source"):
        await asyncio.to_thread(run, None)
    with pytest.raises(CannotStart, match="course"):
        await asyncio.to_thread(run, "mine", "nowhere")
    assert await items(world) == []
    assert await asyncio.to_thread(run) == 0
    assert len(await items(world)) == 1
