"""The GraphQL face of refusals: expected ones in payloads, the others in `errors`, everything else masked."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import wraps
from typing import Any, get_args, get_type_hints

import strawberry
import structlog
from graphql import GraphQLError

from picrete_gql import metrics, problems
from picrete_gql.actors import Personal
from picrete_gql.problems import Code, Locale

log = structlog.get_logger(__name__)
# These are nobody's expected refusal: the request itself is at fault, or the house is.
LOUD = (
    problems.NotFound,
    problems.Unauthenticated,
    problems.Forbidden,
    problems.Invalid,
    problems.RateLimited,
    problems.Unavailable,
    problems.Refused,
)
CODES = {
    "unauthenticated": "Nobody is signed in, or the credentials are wrong.",
    "forbidden": "The viewer may not do this.",
    "not_found": "There is no such thing for this viewer.",
    "invalid_input": "An input cannot be used; `field` says which.",
    "conflict": "The thing is not in the state that this needs.",
    "version_conflict": "Somebody changed it in between.",
    "rate_limited": "Too many tries; `retryAfter` in seconds.",
    "capacity": "The platform is full; `retryAfter` in seconds.",
    "work_not_started": "The work has not started.",
    "deadline_passed": "The time is over.",
    "attempts_exhausted": "No attempts are left.",
    "review_incomplete": "Some pages are not reviewed yet.",
    "unavailable": "Something outside does not answer.",
    "internal": "A fault of the server; nothing more is said.",
}
ProblemCode = strawberry.enum(Code, name="ProblemCode", description="What kind of refusal it is.")
for _value in ProblemCode.__strawberry_definition__.values:
    _value.description = CODES[_value.name.lower()]


@strawberry.interface(description="An expected refusal: a sentence for a person, a code and facts for a machine.")
class Problem:
    """Every refusal of a mutation."""

    code: ProblemCode = strawberry.field(description="What kind of refusal it is.")
    message: str = strawberry.field(description="A sentence for a person, in the language of the request.")


def _every(of: type[problems.Problem]) -> Iterator[type[problems.Problem]]:
    for kind in of.__subclasses__():
        yield kind
        yield from _every(kind)


def _face(raised: type[problems.Problem]) -> type:
    hints = get_type_hints(raised)
    facts = {field.name: hints[field.name] for field in fields(raised)}
    texts = {name: strawberry.field(description=f"A fact of the refusal: {name.replace('_', ' ')}.") for name in facts}
    cls = type(raised.__name__, (Problem,), {"__annotations__": facts, **texts})
    return strawberry.type(cls, description=inspect.getdoc(raised))


FACES: dict[type[problems.Problem], type] = {}


def make_faces() -> list[type]:
    """One GraphQL type per refusal that a payload may carry. Called once, when every rule has been imported."""
    for raised in sorted(set(_every(problems.Problem)), key=lambda kind: kind.__name__):
        if raised not in LOUD and raised.__module__.startswith("picrete_gql.") and "rules" in raised.__module__:
            FACES[raised] = _face(raised)
    FACES[problems.Conflict] = _face(problems.Conflict)
    FACES[problems.VersionConflict] = _face(problems.VersionConflict)
    return list(FACES.values())


def locale_of(info: Any) -> Locale:
    """The language of the request."""
    return info.context.locale


def loud(problem: problems.Problem, locale: Locale) -> GraphQLError:
    """A refusal as an entry of `errors`."""
    facts = {} if isinstance(problem, (problems.Unavailable, problems.Refused)) else problem.facts()
    extensions = {_camel(key): value for key, value in facts.items() if not key.startswith("reason_")}
    return GraphQLError(
        problem.say(locale), extensions={"code": problem.code.value, **extensions}, original_error=problem
    )


def internal(error: BaseException, locale: Locale) -> GraphQLError:
    """A fault of ours: logged whole, told as nothing but the request's id."""
    request = structlog.contextvars.get_contextvars().get("request_id", "")
    log.error("graphql.fault", exc_info=error)
    message = "Внутренняя ошибка сервера." if locale is Locale.RU else "An internal error happened."
    return GraphQLError(message, extensions={"code": Code.INTERNAL.value, "requestId": request})


def masked(body: Callable[..., Any]) -> Callable[..., Any]:
    """Let no exception of a resolver out as it is."""

    def told(error: Exception, info: Any) -> GraphQLError:
        if isinstance(error, problems.Problem):
            if isinstance(error, (problems.Unavailable, problems.Refused)):
                log.warning("graphql.unavailable", what=str(error), detail=error.detail)
            return loud(error, locale_of(info))
        if isinstance(error, Personal):
            # Nobody is told: what a seat may not compute is computed again for each person.
            return GraphQLError("personal")
        return error if isinstance(error, GraphQLError) else internal(error, locale_of(info))

    if inspect.isasyncgenfunction(body):

        @wraps(body)
        async def stream(self: Any, info: Any, **arguments: Any) -> Any:
            try:
                async for value in body(self, info, **arguments):
                    yield value
            except Exception as error:
                raise told(error, info) from error

        return stream

    @wraps(body)
    async def once(self: Any, info: Any, **arguments: Any) -> Any:
        try:
            return await body(self, info, **arguments)
        except Exception as error:
            raise told(error, info) from error

    return once


def payload_problem(body: Callable[..., Any]) -> Callable[..., Any]:
    """Turn an expected refusal into the payload's `problem`."""

    @wraps(body)
    async def answer(self: Any, info: Any, **arguments: Any) -> Any:
        try:
            return await body(self, info, **arguments)
        except problems.Problem as problem:
            if isinstance(problem, LOUD) or type(problem) not in FACES:
                raise
            metrics.REFUSALS.labels(type(problem).__name__).inc()
            annotation = body.__annotations__["return"]
            payload = next((kind for kind in get_args(annotation) if kind is not type(None)), annotation)
            face = FACES[type(problem)]
            return payload(problem=face(code=problem.code, message=problem.say(locale_of(info)), **problem.facts()))

    return answer


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)
