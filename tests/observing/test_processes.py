"""`/metrics` of real processes: API, worker, and all of them together in one folder."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from picrete_gql.settings import Settings
from tests import images
from tests.door.conftest import changed
from tests.observing.scraped import BEARER, TOKEN, Scrape
from tests.support.house import House, free_port


async def scraped(url: str, seconds: float = 30, until: Callable[[Scrape], object] = lambda seen: True) -> Scrape:
    """A scrape, as soon as somebody answers and says what is awaited."""
    seen = None
    async with asyncio.timeout(seconds), httpx2.AsyncClient() as http:
        while seen is None or not until(seen):
            try:
                seen = Scrape(await http.get(f"{url}/metrics", headers=BEARER))
            except httpx2.TransportError:
                await asyncio.sleep(0.1)
            else:
                await asyncio.sleep(0.05)
    return seen


@pytest.fixture
def watched(settings: Settings) -> Settings:
    """Settings of processes that may be scraped."""
    metrics = {"token": SecretStr(TOKEN), "worker_port": free_port(), "rows_seconds": 0.0}
    return changed(settings, metrics=metrics)


async def hand_in(house: House, name: str) -> None:
    """A student uploads one page of a work and hands in."""
    teacher, student = await house.admin(), await house.person(name)
    me = (await teacher.run("{ me { id } }"))["me"]["id"]
    facts = {"slug": f"course-{name}", "title": "Химия", "teacherId": me}
    course = (await teacher.do("courseCreate", "course { id }", facts))["course"]["id"]
    code = (await teacher.do("inviteRotate", "code", {"courseId": course, "role": "STUDENT"}))["code"]
    await student.do("courseJoin", "membership { id }", {"code": code})
    times = {"startsAt": "2026-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z"}
    facts = {"courseId": course, "kind": "HOMEWORK", "title": "Дома", "precheck": False, **times}
    work = (await teacher.do("workCreate", "work { id }", facts))["work"]["id"]
    task = {"title": "Вода", "maxPoints": "1", "variants": [{"content": "Масса?", "referenceAnswer": "36"}]}
    await teacher.do("taskAdd", "task { id }", {"workId": work, "task": task})
    await teacher.do("workPublish", "work { id }", {"id": work})
    attempt = (await student.do("attemptStart", "attempt { id }", {"workId": work}))["attempt"]["id"]
    await student.upload(attempt, "page.jpg", images.jpeg(images.page()), "id")
    await student.do("attemptSubmit", "attempt { id }", {"id": attempt})


async def test_each_process_tells_of_itself_and_the_api_of_what_waits(watched: Settings) -> None:
    began = time.time()
    async with House.open(watched) as house:
        own = f"http://127.0.0.1:{watched.metrics.worker_port}"
        async with httpx2.AsyncClient() as http:
            for url in (house.url, own):
                await scraped(url)
                assert (await http.get(f"{url}/metrics")).status_code == 401
            assert (await http.get(f"{own}/graphql")).status_code == 404
        await hand_in(house, "ada")
        # The clock strikes every five seconds, perhaps after the page has been read.
        expired: dict[str, str] = {"cron": "attempt.expire"}
        await scraped(own, until=lambda seen: seen("cron_last_run_timestamp_seconds", **expired))
        worker = await scraped(own, until=lambda seen: seen("ocr_jobs_total", status="ready"))
        api = await scraped(house.url)
        assert worker("ocr_jobs_total", status="ready") == 1 and api("ocr_jobs_total", status="ready") == 0
        assert api("uploads_total", source="web") == 1 and worker("uploads_total", source="web") == 0
        assert api("worker_alive") == 1 and worker("bus_connected") == api("bus_connected") == 1
        assert (api("database_pool_size") or 0) >= 5
        assert began <= (worker("cron_last_run_timestamp_seconds", **expired) or 0) <= time.time()
        assert "ada" not in api.text + worker.text and TOKEN not in api.text

        for process in house.processes[1:]:
            house.kill(process)
        await hand_in(house, "bob")
        dead = await scraped(house.url, until=lambda seen: seen("worker_alive") == 0)
        assert dead("waiting_jobs", kind="photo.read") == 1


async def test_a_bot_tells_of_itself_also_while_telegram_is_away(settings: Settings) -> None:
    port = free_port()
    telegram = {"token": SecretStr("1:a"), "url": "http://127.0.0.1:1"}
    alone = changed(settings, telegram=telegram, metrics={"bot_port": port})
    house = House(alone, "")
    process = house.start("bot")
    try:
        seen = await scraped(f"http://127.0.0.1:{port}", 60, until=lambda seen: seen("bus_connected") == 1)
        assert seen("telegram_auth_fail_total") == 0 and seen("waiting_jobs_known") == 1
    finally:
        process.terminate()
        assert process.wait(20) == 0


async def test_processes_that_share_a_folder_are_counted_together(
    watched: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "metrics"
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(folder))
    async with House.open(watched, workers=2) as house:
        second = changed(house.settings, http={"port": free_port()})
        other = House(second, f"http://127.0.0.1:{second.http.port}")
        process = other.start("api")
        try:
            await other.ready()
            await hand_in(house, "ada")
            for url in (house.url, other.url, f"http://127.0.0.1:{watched.metrics.worker_port}"):
                seen = await scraped(url, until=lambda seen: seen("ocr_jobs_total", status="ready"))
                assert seen("uploads_total", source="web") == 1 and seen("bus_connected") == 4
                assert seen("waiting_jobs_known") == 1
            assert oct(folder.stat().st_mode & 0o777) == "0o700"
            other.kill(process)
            # What a killed process held is gone, what it has counted stays.
            seen = await scraped(house.url, until=lambda seen: seen("bus_connected") == 3)
            assert not list(folder.glob(f"gauge_live*_{process.pid}.db"))
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    assert os.listdir(folder)
