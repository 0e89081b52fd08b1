"""Traces by OpenTelemetry. Without a collector nothing of it is imported, and a span is nothing.

Spans carry names of ours, numbers and ids, and never what a person or a model wrote: not even messages of exceptions.
"""

from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from picrete_gql.problems import Problem

NOTHING: AbstractContextManager[Any] = nullcontext()
SECONDS_TO_END = 3
_provider: Any = None
_tracer: Any = None


def set_up(endpoint: str, headers: str, sample: float, process: str, version: str) -> None:
    """Send the traces of this process to an OTLP/HTTP collector. Needs the extra `otel`."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    # A stranger's traceparent must not be able to have everything recorded: the ratio holds for it too.
    ratio = TraceIdRatioBased(sample)
    facts = {"service.name": f"picrete-{process}", "service.version": version}
    provider = TracerProvider(sampler=ParentBased(ratio, remote_parent_sampled=ratio), resource=Resource.create(facts))
    given = dict(pair.strip().split("=", 1) for pair in headers.split(",") if "=" in pair)
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", headers=given, timeout=SECONDS_TO_END)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    use(provider)


def use(provider: Any) -> None:
    """Make spans of this provider's from now on; None makes none."""
    global _provider, _tracer
    _provider, _tracer = provider, provider and provider.get_tracer("picrete")


def close() -> None:
    """Send what is left, as far as that is quick."""
    if _provider is not None:
        _provider.force_flush(SECONDS_TO_END * 1000)
        _provider.shutdown()
        use(None)


def span(
    name: str, kind: str = "internal", *, parent: Any = None, ends: bool = True, **facts: Any
) -> AbstractContextManager[Any]:
    """A span around the block, given to it; None when there are no traces. `parent`: see `sent_with` and `root`.

    In the names of facts two underscores stand for a dot. Without `ends` whoever is given it ends it.
    """
    return NOTHING if _tracer is None else _started(name, kind, parent, ends, facts)


@contextmanager
def _started(name: str, kind: str, parent: Any, ends: bool, facts: Mapping[str, Any]) -> Iterator[Any]:
    from opentelemetry.trace import SpanKind

    with _tracer.start_as_current_span(
        name,
        context=parent,
        kind=SpanKind[kind.upper()],
        attributes={key.replace("__", "."): value for key, value in facts.items()},
        end_on_exit=ends,
        record_exception=False,
        set_status_on_exception=False,
    ) as started:
        try:
            yield started
        except BaseException as error:
            if started.is_recording():
                _blame(started, error)
            raise


def _blame(started: Any, error: BaseException) -> None:
    """Which kind of exception it was. A refusal is an answer like any other and no error."""
    started.set_attribute("error.type", type(error).__name__)
    if not isinstance(error, Problem):
        failed(started, type(error).__name__)


def failed(started: Any, what: str) -> None:
    """Mark a span as failed."""
    from opentelemetry.trace import Status, StatusCode

    started.set_status(Status(StatusCode.ERROR, what))


def sent_with(carrier: Mapping[str, Any]) -> Any:
    """The parent that a client names in `traceparent` (W3C Trace Context); a root when it names none."""
    if _tracer is None:
        return None
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    words = {key: value for key, value in carrier.items() if isinstance(value, str)}
    return TraceContextTextMapPropagator().extract(words, Context())


def root() -> Any:
    """The parent of what begins by itself."""
    return sent_with({})


def adopt(carrier: Mapping[str, Any]) -> None:
    """What this task and its children do from now on belongs to the client's trace, if it names one."""
    if _tracer is not None and isinstance(carrier.get("traceparent"), str):
        from opentelemetry.context import attach

        attach(sent_with(carrier))


def here() -> str | None:
    """The `traceparent` of what happens now, if it is recorded."""
    if _tracer is None:
        return None
    from opentelemetry.trace import get_current_span

    at = get_current_span().get_span_context()
    return f"00-{at.trace_id:032x}-{at.span_id:016x}-01" if at.is_valid and at.trace_flags.sampled else None


def link(started: Any, traceparent: str | None) -> None:
    """Say that this was caused by a span of another trace."""
    if started is not None and traceparent is not None:
        from opentelemetry.trace import get_current_span

        started.add_link(get_current_span(sent_with({"traceparent": traceparent})).get_span_context())


def note(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Log lines name the trace that they belong to."""
    if _tracer is not None:
        from opentelemetry.trace import get_current_span

        at = get_current_span().get_span_context()
        if at.is_valid:
            event["trace_id"], event["span_id"] = f"{at.trace_id:032x}", f"{at.span_id:016x}"
    return event
