"""`picrete doctor`: everything that the product needs, looked at at once, each within its time."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import structlog

from picrete_gql.commands import findings as found
from picrete_gql.commands.findings import Finding, Level
from picrete_gql.local import CannotStart, Stack
from picrete_gql.local.filling import wanted
from picrete_gql.settings import Settings

from . import machine, postgres, providers, redis, store, work
from .hushing import Hush

Look = Callable[[Settings], AsyncIterator[Finding]]


@dataclass(frozen=True)
class Part:
    """One thing to look at. `hint`: what to do when it does not answer at all."""

    title: str
    look: Look
    hint: str


PARTS = (
    Part("PostgreSQL", postgres.look, "Is it up, and is PICRETE_DATABASE__URL right?"),
    Part("Redis", redis.look, "Is it up, and is PICRETE_REDIS__URL right?"),
    Part("store", store.look, "Is it up, and are PICRETE_STORAGE__ENDPOINT and its keys right?"),
    Part("OCR", providers.ocr, "Is its address reachable from here?"),
    Part("model", providers.llm, "Is PICRETE_LLM__URL reachable from here?"),
    Part("Telegram", providers.telegram, "Is PICRETE_TELEGRAM__URL reachable from here?"),
    Part("workers", work.look, "It needs Redis and PostgreSQL."),
    Part("machine", machine.look, ""),
)


def run(settings: Settings, *, as_json: bool, seconds: float) -> int:
    """Look and tell; the exit code."""
    with _silent(), ExitStack() as open_:
        full, missing = _complete(settings, open_)
        hush = Hush(full)
        listed = [*missing, *asyncio.run(_all(full, seconds))]
    return found.show([hush.finding(one) for one in listed], as_json=as_json)


def leave(code: int) -> int:
    """End at once if a thread still waits for a store that says nothing: Python would wait for it."""
    if any(thread.name.startswith("storage") for thread in threading.enumerate()):
        sys.stdout.flush()
        os._exit(code)
    return code


def _complete(settings: Settings, open_: ExitStack) -> tuple[Settings, list[Finding]]:
    """With the addresses of the servers that `picrete up` runs now, where the settings give none."""
    if not any(wanted(settings).values()):
        return settings, []
    try:
        if not settings.data_dir.expanduser().exists():
            raise CannotStart(f"There is no data folder {settings.data_dir}.")
        return open_.enter_context(Stack.join(settings)).apply(settings), []
    except CannotStart as reason:
        hint = "Start `picrete up`, or give the addresses of your servers."
        return settings, [Finding(Level.ERROR, "embedded servers", str(reason), hint)]


async def _all(settings: Settings, seconds: float) -> list[Finding]:
    looked = await asyncio.gather(*(_one(part, settings, seconds) for part in PARTS))
    return [finding for findings in looked for finding in findings]


async def _one(part: Part, settings: Settings, seconds: float) -> list[Finding]:
    """What a look has found, and that it broke off, whatever broke it off."""
    seen: list[Finding] = []
    try:
        async with asyncio.timeout(seconds):
            async for finding in part.look(settings):
                seen.append(finding)
    except TimeoutError:
        seen.append(Finding(Level.ERROR, part.title, f"no answer within {seconds:g} s.", part.hint))
    except Exception as error:
        detail = getattr(error, "detail", "") or str(error) or type(error).__name__
        seen.append(Finding(Level.ERROR, part.title, f"{_line(detail)}.", part.hint))
    return seen


def _line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")[:300]


@contextmanager
def _silent() -> Iterator[None]:
    """Nothing but the findings is printed: what libraries say might hold an address."""
    before = structlog.get_config()
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)
        logging.disable(logging.NOTSET)
