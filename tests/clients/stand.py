"""A house with an open attempt in it, for clients that know nothing of this project but its address and some tokens."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from picrete_gql.settings import Settings
from tests.support.house import House
from tests.test_story import course_of, work_of

HERE = Path(__file__).parent
BUILD = HERE / "build"


def patient(settings: Settings) -> Settings:
    """Settings under which a draft may be saved as often as the tools like."""
    return settings.model_copy(update={"limits": settings.limits.model_copy(update={"autosave_seconds": 0})})


@asynccontextmanager
async def stand(house: House) -> AsyncIterator[dict[str, str]]:
    """The environment of the tools."""
    teacher, student = await house.person("teacher"), await house.person("student")
    course = await course_of(house, teacher)
    await student.do("courseJoin", "membership { roles }", {"code": course["code"]})
    work = await work_of(teacher, course["id"])
    attempt = (await student.do("attemptStart", "attempt { id }", {"workId": work}))["attempt"]["id"]
    yield {
        **os.environ,
        "PICRETE_URL": house.url,
        "PICRETE_STUDENT": str(student.token),
        "PICRETE_TEACHER": str(teacher.token),
        "PICRETE_ATTEMPT": attempt,
        "PICRETE_BUILD": str(BUILD),
        "CHROMIUM": chromium() or "",
    }


def chromium() -> str | None:
    """A browser, if there is one."""
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
