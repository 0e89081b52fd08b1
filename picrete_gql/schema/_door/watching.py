"""What each operation took and how it ended: counted, and a span."""

import time
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from graphql import GraphQLError, OperationType

from picrete_gql import metrics, tracing
from picrete_gql.call import NOBODY, Context
from picrete_gql.problems import Code, Problem, RateLimited, Unavailable

from .asks import Ask
from .documents import Operation
from .faults import cause_of
from .names import OTHER
from .refusals import Refusal, Unfit

if TYPE_CHECKING:
    from .runner import Runner

Find = Callable[["Runner", Context, Ask], Awaitable[Operation]]
P = ParamSpec("P")
Run = Callable[Concatenate["Runner", Context, Operation, P], Awaitable[Any]]
WORST = ("ok", "refused", "limited", "timeout", "unavailable", "fault")


def counted(find: Find) -> Find:
    """Around finding what to run. A subscription is counted when it begins: it may last for hours."""

    @wraps(find)
    async def run(runner: "Runner", context: Context, ask: Ask) -> Operation:
        try:
            operation = await find(runner, context, ask)
        except Exception as error:
            metrics.OPERATIONS.labels(OTHER, "unknown", _end(error)).inc()
            raise
        if operation.kind is OperationType.SUBSCRIPTION:
            metrics.OPERATIONS.labels(_name(runner, context, operation), "subscription", "begun").inc()
        return operation

    return run


def timed(body: Run[P]) -> Run[P]:
    """Around running a query or a mutation, in all the ways that are tried."""

    @wraps(body)
    async def run(runner: "Runner", context: Context, operation: Operation, *args: P.args, **kwargs: P.kwargs) -> Any:
        name, kind = _name(runner, context, operation), operation.kind.value
        began, outcome = time.perf_counter(), "stopped"
        try:
            facts = {"graphql__operation__name": name, "graphql__operation__type": kind}
            with tracing.span(f"{kind} {name}", **facts) as span:
                result = await body(runner, context, operation, *args, **kwargs)
                outcome = outcome_of(result)
                if span is not None:
                    span.set_attribute("graphql.outcome", outcome)
            return result
        except Exception as error:
            outcome = _end(error)
            raise
        finally:
            metrics.OPERATIONS.labels(name, kind, outcome).inc()
            metrics.OPERATION_SECONDS.labels(name).observe(time.perf_counter() - began)

    return run


def _name(runner: "Runner", context: Context, operation: Operation) -> str:
    return runner.names.of(operation, by_stranger=context.actor == NOBODY)


def outcome_of(result: Any) -> str:
    """How an operation ended: the worst of its errors."""
    errors = getattr(result, "errors", None)
    return max((_end_at(error) for error in errors), key=WORST.index) if errors else "ok"


def _end_at(error: GraphQLError) -> str:
    # Faults inside of a field have been masked there already.
    masked = (error.extensions or {}).get("code") == Code.INTERNAL
    return "fault" if masked else _end(cause_of(error))


def _end(error: BaseException | None) -> str:
    if isinstance(error, Refusal):
        return "timeout" if error.status == 504 else "refused"
    if error is None or isinstance(error, Unfit):
        return "refused"
    if isinstance(error, RateLimited):
        return "limited"
    if isinstance(error, Unavailable):
        return "unavailable"
    return "refused" if isinstance(error, Problem) else "fault"
