"""A file of grades from the question to the saved file."""

import asyncio
import datetime
from dataclasses import replace
from urllib.parse import unquote

import pytest

from picrete_gql.call import Context
from picrete_gql.models import ExportFormat, ExportStatus, Role
from picrete_gql.paging import Ask
from picrete_gql.problems import Locale, NotFound, Unauthenticated
from picrete_gql.resolvers import courses, grade_exports, grades, members
from picrete_gql.rules import grade_exports as rules
from tests.attempts.steps import TEACHER, change, class_of, happened, prechecked, submission_of
from tests.grades_out.steps import made, marked, objects, saved, sheets, small_class, table
from tests.support.world import World

CSV, XLSX, JSONL = ExportFormat.CSV, ExportFormat.XLSX, ExportFormat.JSONL


async def test_csv_in_russian(world: World) -> None:
    _, work = await small_class(world)
    teacher = await world.person(TEACHER)
    export = await made(world, teacher, work, CSV)
    assert (export.status, export.done, export.total) == (ExportStatus.READY, 3, 3)
    answer = await saved(teacher, export)
    assert answer.content.startswith(b"\xef\xbb\xbf") and len(answer.content) == export.size
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    day = world.clock().astimezone(datetime.timezone(datetime.timedelta(hours=3))).date()
    assert export.filename == f"Контрольная-оценки-{day}.csv"
    assert unquote(answer.headers["content-disposition"]) == f"attachment; filename*=UTF-8''{export.filename}"
    found = table(answer.content, ";")
    points = [(row["Студент"], row["Критерий"], row["Баллы преподавателя"], row["Итог"]) for row in found]
    assert points[:3] == [
        ("Ada", "Метод", "5,00", "7,50"),
        ("Ada", "Счёт", "2,50", "7,50"),
        ("Bob", "Метод", "1,00", "1,00"),
    ]
    assert points[4:] == [("Eve", "Метод", "", ""), ("Eve", "Счёт", "", "")], "who waits for a mark is listed too"
    assert {row["Комментарий"] for row in found} == {"ok", "мало", ""}
    assert [row["Состояние"] for row in found[::2]] == ["оценена", "оценена", "ждёт преподавателя"]
    assert (
        [row["Кто оценил"] for row in found[::2]]
        == [row["Итог поставил"] for row in found[::2]]
        == ["Teacher", "Teacher", ""]
    )
    assert [row["Чьи баллы"] for row in found[::2]] == ["преподаватель", "преподаватель", ""]


async def test_xlsx_in_english(world: World) -> None:
    _, work = await small_class(world)
    teacher = replace(await world.person(TEACHER), locale=Locale.EN)
    answer = await saved(teacher, await made(world, teacher, work, XLSX))
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    found = sheets(answer.content)
    assert list(found) == ["Students", "Criteria"]
    students = [dict(zip(found["Students"][0], row, strict=True)) for row in found["Students"][1:]]
    assert [(row["Student"], row["Final points"], row["Maximum"]) for row in students] == [
        ("Ada", 7.5, 10),
        ("Bob", 1, 10),
        ("Eve", None, 10),
    ]
    assert [row["Task 1 (of 10)"] for row in students] == [7.5, 1, None]
    assert isinstance(students[0]["Marked (Europe/Moscow)"], datetime.datetime)
    assert len(found["Criteria"]) == 1 + 6


async def test_jsonl_with_the_prechecks_points(world: World) -> None:
    _, work = await class_of(world, "ada", "bob")
    teacher = await world.person(TEACHER)
    adas = await prechecked(world, "ada", work)
    await grades.approve(teacher, adas.id, adas.version)
    bobs = await prechecked(world, "bob", work)
    await change(
        world, "UPDATE membership SET identity = jsonb_build_object('policy', 'isu_6_digits', 'value', '123456')"
    )
    first, second = objects((await saved(teacher, await made(world, teacher, work, JSONL))).content)
    assert (
        first["submissionId"] == f"submission_{adas.id.hex}" and second["submissionId"] == f"submission_{bobs.id.hex}"
    )
    assert first["student"] | {"id": None} == {"id": None, "fullName": "Ada", "username": "ada", "identity": "123456"}
    assert (first["status"], first["finalPoints"], first["aiPoints"], first["markedBy"]) == (
        "approved",
        8.0,
        8.0,
        "Teacher",
    )
    assert (second["status"], second["finalPoints"], second["aiPoints"], second["markedBy"]) == (
        "preliminary",
        None,
        8.0,
        None,
    )
    assert [line["source"] for line in first["criteria"]] == ["teacher", "teacher"]
    assert [line["source"] for line in second["criteria"]] == ["ai", "ai"]
    assert first["criteria"][0]["teacher"]["points"] == first["criteria"][0]["ai"]["points"] == 4.0
    again = await submission_of(world, adas.attempt_id)
    await grades.precheck_again(teacher, adas.id, again.version)
    [taken_back, _] = objects((await saved(teacher, await made(world, teacher, work, JSONL))).content)
    assert taken_back["markedBy"] is taken_back["markedAt"] is None, "the mark was taken back"
    assert taken_back["criteria"][0]["teacher"] is None


async def test_nobody_is_lost_between_batches_and_names_are_in_order(world: World) -> None:
    world.runtime.settings.grade_exports.batch = 2
    names = [f"student-{n}" for n in range(7)]
    _, work = await class_of(world, *names, ocr=False, precheck=False)
    for name in names:
        await marked(world, name, work, ["1", "1"])
    await change(world, "UPDATE account SET full_name = 'Я' WHERE username = 'student-0'")
    await change(world, "UPDATE account SET full_name = 'А' WHERE username = 'student-6'")
    teacher = await world.person(TEACHER)
    found = objects((await saved(teacher, await made(world, teacher, work, JSONL))).content)
    told = [line["student"]["username"] for line in found]
    assert told == ["student-1", "student-2", "student-3", "student-4", "student-5", "student-6", "student-0"]


async def test_a_teacher_keeps_so_many_in_a_course(world: World) -> None:
    course, work = await small_class(world)
    world.runtime.settings.grade_exports.living = 2
    teacher = await world.person(TEACHER)
    tried = [grade_exports.create(teacher, work.id, CSV) for _ in range(5)]
    ended = await asyncio.gather(*tried, return_exceptions=True)
    refused = [one for one in ended if isinstance(one, rules.GradeExportLimitReached)]
    kept = [one for one in ended if not isinstance(one, BaseException)]
    assert (len(refused), len(kept)) == (3, 2) and refused[0].limit == 2
    code = (await courses.rotate_invite(teacher, course.id, Role.TEACHER, None)).code
    second = await world.person("second")
    await members.join(second, code, "")
    assert await grade_exports.create(second, work.id, CSV), "each teacher has their own"
    await grade_exports.remove(teacher, kept[0].id)
    assert await grade_exports.create(teacher, work.id, CSV)
    world.clock.forward(hours=25)
    assert await grade_exports.create(teacher, work.id, CSV), "what has expired does not count"


async def test_only_teachers_of_the_course(world: World) -> None:
    _, work = await small_class(world)
    teacher = await world.person(TEACHER)
    export = await made(world, teacher, work, CSV)
    await world.course("other", "elsewhere")
    for name in ("ada", "elsewhere", "stranger"):
        who = await world.person(name)
        for call in (
            grade_exports.create(who, work.id, CSV),
            grade_exports.get(who, export.id),
            grade_exports.remove(who, export.id),
            anext(grade_exports.watch(who, export.id)),
        ):
            with pytest.raises(NotFound):
                await call
        assert await grade_exports.save_urls(who, [export.id]) == [None]
        assert await grade_exports.of_works(who, [work.id], Ask()) == [None]
    with pytest.raises(Unauthenticated):
        await grade_exports.create(Context(world.runtime), work.id, CSV)
    [page] = await grade_exports.of_works(teacher, [work.id], Ask(total=True))
    assert page is not None and page.total == 1 and page.rows[0].id == export.id


async def test_what_would_be_too_large(world: World) -> None:
    _, work = await small_class(world)
    limits, teacher = world.runtime.settings.grade_exports, await world.person(TEACHER)
    limits.max_rows = 5
    with pytest.raises(rules.GradesTooMany) as refused:
        await grade_exports.create(teacher, work.id, CSV)
    assert (refused.value.rows, refused.value.limit) == (6, 5)
    limits.max_rows = 6
    for format in ExportFormat:
        limits.max_bytes = 100
        export = await made(world, teacher, work, format)
        assert (export.status, export.failure, export.key) == (ExportStatus.FAILED, "too_large", None)
        assert "слишком большим" in rules.explain(export.failure, Locale.RU)
        assert await grade_exports.save_urls(teacher, [export.id]) == [None]
        limits.max_bytes = 10**7
        assert (await made(world, teacher, work, format)).status is ExportStatus.READY
    assert (await happened(world, "grade_export.failed")) == ["grade_export.failed"] * 3


async def test_a_work_without_submissions(world: World) -> None:
    _, work = await class_of(world, "ada")
    teacher = await world.person(TEACHER)
    for format, lines in ((CSV, 1), (JSONL, 0)):
        body = (await saved(teacher, await made(world, teacher, work, format))).content
        assert len(body.splitlines()) == lines
    found = sheets((await saved(teacher, await made(world, teacher, work, XLSX))).content)
    assert [len(rows) for rows in found.values()] == [1, 1]


async def test_a_later_export_knows_the_later_mark(world: World) -> None:
    _, work = await small_class(world)
    teacher = await world.person(TEACHER)
    old = await made(world, teacher, work, JSONL)
    await change(world, "UPDATE submission SET final_points = 9 WHERE final_points = 7.5")
    new = await made(world, teacher, work, JSONL)
    assert [objects((await saved(teacher, one)).content)[0]["finalPoints"] for one in (old, new)] == [7.5, 9.0]


def test_names_of_files() -> None:
    from picrete_gql.models import Work

    now = datetime.datetime(2026, 11, 26, 22, 30, tzinfo=datetime.UTC)
    for title, name in (
        ("Контрольная № 1: «Моли»", "Контрольная-1-Моли-grades-2026-11-27.csv"),
        ("../../etc/passwd", "etc-passwd-grades-2026-11-27.csv"),
        ('a"; filename="evil.exe\r\n', "a-filename-evil-exe-grades-2026-11-27.csv"),
        ("=cmd|' /C calc'!A0", "cmd-C-calc-A0-grades-2026-11-27.csv"),
        ("…", "grades-2026-11-27.csv"),
        ("ё" * 200, "ё" * 100 + "-grades-2026-11-27.csv"),
    ):
        assert rules.filename(Work(title=title, time_zone="Europe/Moscow"), CSV, Locale.EN, now) == name
