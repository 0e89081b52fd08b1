"""A worker that only notes when each job begins, ours (`picrete`) or a bare arq (`arq`); written down at the end."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import uvloop
from arq.connections import RedisSettings
from arq.worker import Worker

from picrete_gql.call import Context
from picrete_gql.events import Event
from picrete_gql.jobs._registry import job
from picrete_gql.jobs._worker import run
from picrete_gql.main import open_runtime
from picrete_gql.settings import Settings

NOTES: dict[str, float] = {}


class Noted(Event):
    """The benchmark asks for a job."""

    name = "bench.noted"


@job("bench.note", on=Noted, subject="account_id", timeout=60)
async def note(context: Context, event: Noted) -> None:
    """The one job."""
    NOTES[str(event.account_id)] = time.time()


async def bare(ctx: dict[str, Any], ids: dict[str, str]) -> None:
    """The same for arq alone."""
    NOTES[ids["account_id"]] = time.time()


async def main(kind: str, out: Path) -> None:
    """Work until told to stop."""
    settings = Settings(_env_file=None)
    if kind == "arq":
        worker = Worker([bare], redis_settings=RedisSettings.from_dsn(settings.redis.url), handle_signals=False)
        task = asyncio.create_task(worker.async_run())
    else:
        task = asyncio.create_task(run(open_runtime(settings, reads=False)))
    loop, begun = asyncio.get_running_loop(), os.times()
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
    facts = os.times()
    out.write_text(json.dumps({"notes": NOTES, "cpu": facts.user + facts.system - begun.user - begun.system}))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], Path(sys.argv[2])))
