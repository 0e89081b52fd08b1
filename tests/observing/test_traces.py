"""Traces: from the client's own span to the provider's answer, and never a word of what people wrote."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlmodel import select
from uuid_utils.compat import uuid7

from picrete_gql import tracing
from picrete_gql.commands import serve
from picrete_gql.jobs import grades as grade_jobs
from picrete_gql.jobs import readings as reading_jobs
from picrete_gql.local import CannotStart
from picrete_gql.models import Happening
from picrete_gql.resolvers import works
from picrete_gql.settings import Settings
from tests.attempts.steps import TEACHER, class_of, finalised, handed_in, rows
from tests.door.conftest import changed
from tests.door.porch import Porch
from tests.servers.datalab import PAGE
from tests.servers.openai_server import OpenAiServer
from tests.support.world import World

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{SPAN}-01"
SUBMIT = "mutation HandIn($input: AttemptSubmitInput!) { attemptSubmit(input: $input) { attempt { id } } }"


class Spans:
    """What has been recorded."""

    def __init__(self, exporter: InMemorySpanExporter) -> None:
        self.exporter = exporter

    def __call__(self, name: str) -> Any:
        """The one span of this name."""
        found = self.of(name)
        assert len(found) == 1, (name, [span.name for span in self.exporter.get_finished_spans()])
        return found[0]

    def of(self, name: str) -> list[Any]:
        """All spans of this name."""
        return [span for span in self.exporter.get_finished_spans() if span.name == name]

    def under(self, trace: int) -> set[str]:
        """The names of the spans of one trace."""
        return {span.name for span in self.exporter.get_finished_spans() if span.context.trace_id == trace}


@pytest.fixture
def spans() -> Iterator[Spans]:
    """Everything is recorded, in this process."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.use(provider)
    yield Spans(exporter)
    tracing.use(None)


async def test_from_a_request_to_the_provider(porch: Porch, spans: Spans) -> None:
    _, work = await class_of(porch.world, "ada")
    attempt = await porch.world.start("ada", work)
    await porch.world.photo("ada", attempt.id)
    bearer = await porch.bearer("ada")
    spans.exporter.clear()
    variables = {"input": {"id": f"attempt_{attempt.id.hex}"}}
    answer = await porch.post(SUBMIT, {**bearer, "traceparent": PARENT}, variables=variables)
    assert answer.json()["data"]["attemptSubmit"]["attempt"], answer.text

    request, operation, resolver = spans("POST /graphql"), spans("mutation HandIn"), spans("attempts.hand_in")
    assert request.context.trace_id == int(TRACE, 16) and request.parent.span_id == int(SPAN, 16)
    assert operation.parent.span_id == request.context.span_id and resolver.parent.span_id == operation.context.span_id
    assert request.attributes["http.response.status_code"] == 200 and request.attributes["http.route"] == "/graphql"
    assert operation.attributes["graphql.operation.type"] == "mutation"
    [queued] = await rows(porch.world, select(Happening).where(Happening.name == "photo.queued"))
    assert queued.trace == f"00-{TRACE}-{resolver.context.span_id:016x}-01"

    spans.exporter.clear()
    await porch.world.jobs()
    job = spans("job photo.read")
    assert job.parent is None and job.context.trace_id != int(TRACE, 16)
    assert [link.context.span_id for link in job.links] == [resolver.context.span_id]
    assert spans.under(job.context.trace_id) >= {"readings.begin", "ocr.submit", "ocr.collect", "readings.finish"}
    assert spans("ocr.collect").attributes["gen_ai.request.model"] == "accurate"


async def test_the_cause_of_a_job_survives_redis_being_lost(world: World, spans: Spans) -> None:
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work)
    await world.runtime.gateways.redis.flushdb()
    world.clock.forward(seconds=10)
    await reading_jobs.wake(world.system)
    await world.jobs()
    hand_in = spans("attempts.hand_in")
    assert [link.context.span_id for link in spans("job photo.read").links] == [hand_in.context.span_id]

    await finalised(world, "ada", attempt)
    await world.runtime.gateways.redis.flushdb()
    world.clock.forward(seconds=10)
    await grade_jobs.wake(world.system)
    await world.jobs()
    job = spans("job grade.propose")
    assert [link.context.span_id for link in job.links] == [spans("reviews.finalise").context.span_id]
    asked = spans("llm.complete")
    assert asked.context.trace_id == job.context.trace_id and asked.attributes["gen_ai.request.model"] == "gpt-test"
    assert asked.attributes["gen_ai.usage.output_tokens"] > 0


async def test_each_page_of_a_chain_names_its_own_cause(world: World, spans: Spans) -> None:
    _, work = await class_of(world, "ada", "bob")
    for name in ("ada", "bob"):
        await handed_in(world, name, work)
    # One alarm is left; its job goes on with the page whose alarm is gone.
    pool = await world.runtime.gateways.queue.open()
    waiting = await pool.zrange("arq:queue", 0, -1)
    [keep, *lost] = sorted(waiting, key=lambda id: not id.startswith(b"photo.read"))
    await pool.zrem("arq:queue", *lost)
    await world.jobs()
    found = [span for span in spans.exporter.get_finished_spans() if span.name == "job photo.read"]
    causes = {span.context.span_id for span in spans.exporter.get_finished_spans() if span.name == "attempts.hand_in"}
    assert len(found) == 2 and {link.context.span_id for span in found for link in span.links} == causes, keep


async def test_a_socket_brings_its_trace_in_connection_init(porch: Porch, spans: Spans) -> None:
    async with porch.socket() as wire:
        await wire.init({"traceparent": PARENT})
        await wire.subscribe("query Named { __typename }")
        assert (await wire.hear())["type"] == "next"
    assert spans("query Named").parent.span_id == int(SPAN, 16)
    for odd in (7, "00-zz", {"a": 1}, None):
        async with porch.socket() as wire:
            await wire.init({"traceparent": odd})


async def test_each_look_of_a_live_view_is_a_trace_of_its_own(porch: Porch, spans: Spans) -> None:
    _, work = await class_of(porch.world)
    watched = "subscription($id: ID!) { workChanged(id: $id) { title } }"
    async with porch.socket() as wire:
        await wire.init({**await porch.bearer(TEACHER), "traceparent": PARENT})
        await wire.subscribe(watched, variables={"id": f"work_{work.id.hex}"})
        await wire.hear()
        await works.update(await porch.world.person(TEACHER), work.id, {"title": "Новая"})
        await wire.hear()
    looks = spans.of("live.look")
    assert len(looks) >= 2 and len({look.context.trace_id for look in looks}) == len(looks)
    for look in looks[:2]:
        assert look.parent is None and spans.under(look.context.trace_id) & {"works.get", "plan workChanged"}
    # What is asked for again is read by its plan.
    assert {span.attributes["plan.outcome"] for span in spans.of("plan workChanged")} == {"told"}


async def test_a_query_is_one_span_whichever_way_it_is_answered(porch: Porch, spans: Spans) -> None:
    _, work = await class_of(porch.world)
    bearer = await porch.bearer(TEACHER)
    document = "query Named($id: ID!) { work(id: $id) { title } }"
    ways = {"executed": {"works.get"}, "planned": {"plan work"}, "refused": {"plan work", "works.get"}}
    for way, inside in ways.items():
        spans.exporter.clear()
        id = uuid7() if way == "refused" else work.id
        answer = await porch.post(document, bearer, variables={"id": f"work_{id.hex}"})
        assert bool(answer.json()["data"]["work"]) is (way != "refused"), answer.text
        operation = spans("query Named")
        assert inside == {"plan work", "works.get"} & spans.under(operation.context.trace_id), way
        for name in inside:
            assert {span.parent.span_id for span in spans.of(name)} == {operation.context.span_id}, (way, name)
    assert {span.attributes["plan.outcome"] for span in spans.of("plan work")} == {"executed"}


async def test_nothing_that_people_or_models_wrote_is_in_a_span(world: World, llm: OpenAiServer, spans: Spans) -> None:
    llm.script(["400"])
    _, work = await class_of(world, "ada")
    attempt = await handed_in(world, "ada", work)
    await world.jobs()
    await finalised(world, "ada", attempt)
    await world.jobs()
    written = "".join(span.to_json() for span in spans.exporter.get_finished_spans())
    assert "llm.complete" in written and "Refused" in written
    said = ("Something about your request", "test-key", "Ada", '"ada"', "Контрольная", *PAGE.splitlines())
    assert [word for word in said if word in written or word.encode("unicode_escape").decode() in written] == []


def test_log_lines_name_their_trace() -> None:
    code = (
        "import logging, structlog; from opentelemetry.sdk.trace import TracerProvider\n"
        "from picrete_gql import logs, tracing; logs.set_up('INFO', as_json=True); tracing.use(TracerProvider())\n"
        "with tracing.span('outer') as span:\n"
        "    structlog.get_logger().info(format(span.get_span_context().trace_id, '032x'))\n"
        "    logging.getLogger('of.a.library').warning('inside')\n"
        "structlog.get_logger().info('outside')"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, timeout=60, capture_output=True, text=True)
    own, foreign, outside = [json.loads(line) for line in ran.stderr.splitlines()]
    assert own["trace_id"] == own["event"] == foreign["trace_id"] and len(own["span_id"]) == 16
    assert "trace_id" not in outside


def test_a_stranger_cannot_have_everything_recorded() -> None:
    tracing.set_up("http://127.0.0.1:1", "", 0.0, "test", "1")
    try:
        with tracing.span("asked for", parent=tracing.sent_with({"traceparent": PARENT})) as span:
            assert not span.is_recording() and tracing.here() is None
    finally:
        tracing.close()


def test_whoever_wants_traces_without_the_extra_is_told(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(CannotStart, match=r"picrete-gql\[otel\]"):
        serve.prepare(changed(settings, tracing={"endpoint": "http://127.0.0.1:1"}), "api")


def test_without_a_collector_nothing_is_imported() -> None:
    code = (
        "import sys, picrete_gql.main, picrete_gql.commands.serve as serve; from picrete_gql import tracing\n"
        "with tracing.span('nothing') as span: assert span is None and tracing.here() is None\n"
        "tracing.adopt({'traceparent': 'x'}); tracing.close()\n"
        "assert tracing.span('a') is tracing.span('b')\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
