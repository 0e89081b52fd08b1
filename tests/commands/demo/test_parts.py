"""The pieces of the demo that decide something."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from picrete_gql.commands import demo, examples
from picrete_gql.commands.demo.board import Board
from picrete_gql.commands.demo.failed import Failed
from picrete_gql.commands.demo.story import closing, together
from picrete_gql.commands.demo.teachers import own_scores
from picrete_gql.commands.demo.watch import Watch
from picrete_gql.local import CannotStart
from picrete_gql.settings import Settings

MOMENT = datetime(2026, 3, 1, 12, 0, 7, tzinfo=UTC)


@pytest.mark.parametrize("shift", range(0, 60, 7))
def test_a_work_ends_just_before_the_cron_looks(shift: int) -> None:
    now = MOMENT + timedelta(seconds=shift, microseconds=123456)
    end = closing(now, 30)
    assert timedelta(seconds=30) <= end - now < timedelta(seconds=60)
    assert end.second % 30 == 29


def test_every_variant_has_its_pictures_and_every_task_its_rubric() -> None:
    given = examples.load()
    for number, task in enumerate(given.tasks(), 1):
        sums = sum(Decimal(criterion["maxPoints"]) for criterion in task["criteria"])
        assert not task["criteria"] or sums == Decimal(task["maxPoints"])
        for variant in range(1, len(task["variants"]) + 1):
            for kind in ("correct", "error"):
                picture = given.picture(number, variant, kind)
                assert picture.body and any(line.startswith("Ответ") for line in picture.lines)
                assert (picture.mistake is not None) is (kind == "error")
    assert given.picture(1, 1, "unfinished").orientation == 6


def test_there_is_an_iphones_page_for_whatever_is_drawn() -> None:
    given = examples.load()
    for variant in (1, 2):
        picture = given.picture(1, variant, "correct", ".heic")
        assert picture.body[4:8] == b"ftyp"
        assert examples.upright_size(picture.body) == (1500, 2000)
    with pytest.raises(KeyError, match="unfinished page of task 3"):
        given.picture(3, 1, "unfinished")


def test_a_sideways_photo_is_upright_for_a_person() -> None:
    picture = examples.load().picture(1, 1, "unfinished")
    assert examples.upright_size(picture.body) == (1500, 2000)


def test_without_the_examples_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"work\.json is missing"):
        examples.load(tmp_path)


def test_without_an_engine_it_says_what_to_install(tmp_path: Path) -> None:
    settings = Settings.model_construct()
    settings.ocr = settings.ocr.model_copy(update={"tessdata": str(tmp_path), "local_engine": "tesseract"})
    with pytest.raises(CannotStart, match=r"tesseract-ocr-rus"):
        demo.ensure_reader(settings)


def test_it_never_touches_what_was_given(tmp_path: Path) -> None:
    given = Settings.model_construct(data_dir=Path("/precious"))
    given.database = given.database.model_copy(update={"url": "postgresql://precious"})
    given.llm = given.llm.model_copy(update={"model": "mine"})
    own = demo.of_its_own(given, tmp_path)
    assert (own.database.url, own.data_dir, own.llm.model) == ("", tmp_path, "mine")
    assert not own.telegram.token.get_secret_value() and own.auth.bootstrap_password.get_secret_value()
    assert given.auth.bootstrap_username == ""


def rubric(*kinds: str) -> list[dict[str, Any]]:
    """One task with a criterion of each kind."""
    return [{"number": 1, "criteria": [{"id": kind, "kind": kind, "maxPoints": "1"} for kind in kinds]}]


@pytest.mark.parametrize(
    ("mistake", "lost"),
    [("Уравнение не уравнено.", {"NOTATION"}), ("Ошибка в делении.", {"CALCULATION"}), (None, set())],
)
def test_the_teacher_takes_points_for_the_mistake_that_is_there(mistake: str | None, lost: set[str]) -> None:
    picture = examples.Picture(Path(), 1, 1, "error", 1, (), mistake)
    scores = own_scores(rubric("METHOD", "CALCULATION", "NOTATION"), {1: picture})
    assert {score["criterionId"] for score in scores if score["points"] == "0"} == lost
    assert all((score["comment"] == mistake) is (score["points"] == "0") for score in scores)


def test_no_page_no_points() -> None:
    assert {score["points"] for score in own_scores(rubric("METHOD", "UNITS"), {})} == {"0"}


async def states(*values: Any, then: BaseException | None = None) -> AsyncIterator[dict[str, Any]]:
    """A subscription that shows these states."""
    for value in values:
        await asyncio.sleep(0)
        yield {"workChanged": value}
    if then is not None:
        raise then
    await asyncio.sleep(60)


async def test_a_watch_waits_for_what_is_wanted_and_keeps_all() -> None:
    watch = Watch(states({"n": 1}, {"n": 2}, {"n": 3}))
    assert (await watch.until(lambda state: state["n"] == 3, "three"))["n"] == 3
    assert [state["n"] for state in watch.states] == [1, 2, 3]
    await watch.stop()


async def test_a_watch_says_what_it_saw_instead() -> None:
    watch = Watch(states({"n": 1}))
    with pytest.raises(Failed, match=r"for two; the live view shows \{'n': 1\}"):
        await watch.until(lambda state: state["n"] == 2, "two", 0.05)
    await watch.stop()


async def test_a_watch_that_breaks_says_why() -> None:
    watch = Watch(states({"n": 1}, then=RuntimeError("the cable")))
    with pytest.raises(Failed, match="the cable"):
        await watch.until(lambda state: state["n"] == 2, "two")


async def test_the_first_failure_ends_everything() -> None:
    ended = []

    async def long() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("long")

    async def fail() -> None:
        raise Failed("a step did not happen")

    with pytest.raises(Failed, match="a step did not happen"):
        await together(long(), fail(), guard=long())
    with pytest.raises(Failed, match="a step did not happen"):
        await together(long(), long(), guard=fail())
    assert ended == ["long"] * 4


async def test_work_that_is_done_needs_no_guard() -> None:
    async def work() -> None:
        await asyncio.sleep(0)

    await together(work(), work(), guard=asyncio.sleep(60))


def test_the_board_tells_only_what_changed() -> None:
    told: list[str] = []
    board = Board(told.append)
    attempt: dict[str, Any] = {
        "id": "a", "status": "ACTIVE", "expiresAt": MOMENT.isoformat(), "student": {"fullName": "Анна"},
        "photos": [], "submission": None,
    }  # fmt: skip
    work = {"endsAt": MOMENT.isoformat(), "attempts": {"nodes": [attempt]}}
    board.update(work)
    board.update(work)
    marked = {
        "precheckStatus": "COMPLETED", "maxPoints": "11.00",
        "proposal": {"points": "10.50", "engine": "[red]"}, "grade": {"finalPoints": "0.00"},
    }  # fmt: skip
    photo = {"status": "READY", "review": {"verdict": "APPROVED"}}
    nodes = [{**attempt, "status": "GRADED", "photos": [photo], "submission": marked}]
    board.update({**work, "attempts": {"nodes": nodes}})
    assert told == [
        "Анна: working · photos 0",
        "Анна: graded · photos 1 · read 1/1 · reviewed 1/1 · precheck by [red] · points 10.5/11 · mark 0/11",
    ]
    out = StringIO()
    Console(file=out, width=100).print(board.table())
    assert "by [red]" in out.getvalue() and "the work is over" in out.getvalue()
