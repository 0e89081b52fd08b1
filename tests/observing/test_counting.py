"""A thing that happened is counted once: after its commit, however often it was tried, and not at all without one."""

import asyncio
from decimal import Decimal

import pytest
from sqlalchemy.exc import OperationalError
from uuid_utils.compat import uuid7

from picrete_gql.call import Call
from picrete_gql.models import Attempt
from picrete_gql.models.photos import PhotoUploaded
from picrete_gql.problems import Locale, NotFound, RateLimited, Unavailable
from picrete_gql.resolvers import attempts, photos, readings, telegram
from picrete_gql.rules.telegram import Chat, LinkCodeInvalid
from tests import images
from tests.attempts.steps import class_of, handed_in, pages_of, prechecked, read
from tests.observing.scraped import counted, grows
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support.world import World

PROVIDER = {"provider": "datalab", "model": "accurate"}
MODEL = {"provider": "127.0.0.1", "model": "gpt-test"}


async def test_an_upload_counts_once_however_often_it_is_confirmed(world: World) -> None:
    _, work = await class_of(world, "ada")
    ada, attempt = await world.person("ada"), await world.start("ada", work)
    ticket = await photos.begin_upload(ada, attempt.id, "a.jpg")
    await world.runtime.gateways.storage.put(ticket.photo.incoming_key, images.jpeg(images.page()), "image/jpeg")
    with grows(1, "uploads_total", source="web"), grows(0, "uploads_total", source="telegram"):
        confirmed = [photos.confirm_upload(ada, ticket.photo.id) for _ in range(2)]
        await asyncio.gather(*confirmed, return_exceptions=True)
        await photos.confirm_upload(ada, ticket.photo.id)
    with grows(1, "uploads_total", source="telegram"):
        await photos.upload(world.of(world.people["ada"], "telegram"), attempt.id, "b.jpg", images.jpeg(images.page(7)))
    with grows(0, "uploads_total", source="telegram"):
        await photos.upload(world.of(world.people["ada"], "telegram"), attempt.id, "b.jpg", images.jpeg(images.page(7)))


async def test_what_is_undone_or_tried_again_is_not_counted_twice(world: World) -> None:
    _, work = await class_of(world, "ada")
    attempt = await world.start("ada", work)
    tries = 0

    async def upload(call: Call, fails: int) -> None:
        nonlocal tries
        tries += 1
        await call.get(Attempt, attempt.id)
        call.emit(PhotoUploaded(attempt_id=attempt.id, photo_id=uuid7(), data={"source": "web"}))
        if tries <= fails:
            raise OperationalError("lost", None, ConnectionError())

    command = type(attempts.expire)(upload, {}, writes=True)
    with grows(1, "uploads_total", source="web"):
        await command(world.system, 2)
    assert tries == 3
    with grows(0, "uploads_total", source="web"), pytest.raises(Unavailable):
        await command(world.system, 99)


async def test_attempts_that_the_clock_ends(world: World) -> None:
    _, work = await class_of(world, "ada", "bob", duration_minutes=10)
    ada, attempt = await world.person("ada"), await world.start("ada", work)
    await world.photo("ada", attempt.id)
    await world.start("bob", work)
    world.clock.forward(minutes=11)
    with grows(2, "expired_sessions_closed_total"), grows(1, "auto_submit_total"):
        await asyncio.gather(*(attempts.view(ada, attempt.id) for _ in range(5)))
        while await attempts.expire_due(world.system):
            pass


async def test_a_page_and_a_precheck_on_their_way(world: World) -> None:
    _, work = await class_of(world, "ada")
    spent, tokens = (
        counted("provider_spend_usd_total", **MODEL),
        counted("provider_tokens_total", **MODEL, direction="in"),
    )
    with (
        grows(1, "ocr_jobs_total", status="ready"),
        grows(1, "ocr_job_seconds_count"),
        grows(1, "ocr_queue_seconds_count"),
        grows(1, "llm_precheck_jobs_total", status="proposed"),
        grows(1, "llm_precheck_job_seconds_count"),
        grows(1, "llm_precheck_queue_seconds_count"),
        grows(1, "provider_calls_total", **MODEL, outcome="ok"),
        grows(2, "provider_calls_total", **PROVIDER, outcome="ok"),
        grows(1, "jobs_total", job="grade.propose", outcome="done"),
        grows(1, "photo_decode_seconds_count"),
    ):
        await prechecked(world, "ada", work)
    assert counted("provider_spend_usd_total", **MODEL) > spent
    assert counted("provider_tokens_total", **MODEL, direction="in") > tokens


async def test_waiting_is_measured_from_when_a_page_was_due(world: World) -> None:
    _, work = await class_of(world, "ada")
    await handed_in(world, "ada", work)
    before = counted("ocr_queue_seconds_sum")
    world.clock.forward(seconds=300)
    await world.jobs()
    assert 300 <= counted("ocr_queue_seconds_sum") - before < 360


async def test_a_reading_that_fails_is_postponed_and_then_given_up(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work)
    [page] = await pages_of(world, attempt.id)
    ocr.script(["500"] * 9)
    tries = world.runtime.settings.ocr.tries
    with (
        grows(1, "ocr_jobs_total", status="failed"),
        grows(tries - 1, "ocr_jobs_total", status="postponed"),
        grows(tries, "provider_calls_total", **PROVIDER, outcome="unavailable"),
    ):
        for _ in range(tries):
            await readings.read(world.system, page.id)
            world.clock.forward(hours=2)


async def test_refusals_because_of_haste(world: World) -> None:
    nobody = world.system
    limit = world.runtime.settings.limits.sign_in_tries
    with grows(1, "rate_limited_total", what="login"), pytest.raises(RateLimited):
        for _ in range(limit + 1):
            await nobody.ensure_rate("login", "ada")


async def test_what_telegram_refuses(world: World) -> None:
    chat = Chat(1, "ada", Locale.RU)
    with grows(1, "telegram_auth_fail_total"), pytest.raises(LinkCodeInvalid):
        await telegram.log_in_by_code(world.system, "wrong", chat)


async def test_a_job_whose_subject_is_gone_is_counted_as_gone(world: World) -> None:
    with grows(1, "jobs_total", job="photo.read", outcome="gone"):
        await world.runtime.gateways.queue.wake("photo.read", str(uuid7()), {"photo_id": str(uuid7())})
        await world.jobs()
    with pytest.raises(NotFound):
        await readings.read(world.system, uuid7())


async def test_money_of_pages_that_were_read(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    before = counted("provider_spend_usd_total", **PROVIDER)
    await read(world, "ada", work, pages=2)
    assert Decimal(counted("provider_spend_usd_total", **PROVIDER) - before) > 0


async def test_a_refused_question_costs_nothing(world: World, llm: OpenAiServer) -> None:
    _, work = await class_of(world, "ada")
    before = counted("provider_spend_usd_total", **MODEL)
    llm.script(["401"])
    with (
        grows(1, "llm_precheck_jobs_total", status="failed"),
        grows(1, "provider_calls_total", **MODEL, outcome="refused"),
    ):
        await prechecked(world, "ada", work)
    assert counted("provider_spend_usd_total", **MODEL) == before
