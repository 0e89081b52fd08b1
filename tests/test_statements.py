"""Every list costs a fixed number of SQL statements, however many rows it has."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLList, GraphQLNonNull, GraphQLObjectType, get_named_type
from sqlalchemy import event

from picrete_gql.call import Actor, Context
from picrete_gql.main import open_runtime
from picrete_gql.models import Attempt, AttemptStatus, DataExport, DataExportStatus, SignIn
from picrete_gql.runtime import Runtime
from picrete_gql.schema import schema as door
from tests.schema import rows as plain
from tests.schema.rows import Person, Rows
from tests.schema.selections import SCHEMA, levels
from tests.servers import stack
from tests.servers.datalab import DatalabServer
from tests.servers.openai_server import OpenAiServer
from tests.support.house import settings_for
from tests.support.quiet import llm, ocr

__all__ = ["llm", "ocr"]
MANY = 20
# Lists that a row holds itself, or that are short by their nature.
FIXED = {"CriterionScore.errors", "Membership.roles", "Course.myRoles", "Task.tags", "Work.counts", "Submission.flags"}
FIXED |= {"Course.invites"}
# What a template holds is one JSON; samples are drawn from it.
FIXED |= {"TaskTemplate.parameters", "TaskTemplate.rules", "TemplateParameter.choices", "ValidationRule.inputs"}
FIXED |= {"Task.samples", "Erasure.waitsFor"}
FIXED |= {"Statistics.histogram", "Statistics.distribution"}
INSIDE = {"Reading.blocks", "Block.polygon", "Issue.polygon", "Regrade.polygon"}


@dataclass(frozen=True)
class Sized:
    """A world in which every list has so many rows, and somebody who may see them all."""

    runtime: Runtime
    viewer: Context
    ids: dict[str, str]


def furnish(rows: Rows, auth: Any, size: int) -> tuple[Person, dict[str, str]]:
    """Everything `size` times; the viewer is administrator, teacher and student."""
    room = plain.room(rows, "first", auth, size=size)
    viewer = plain.person(rows, "viewer", is_platform_admin=True)
    plain.member(rows, room, viewer, plain.Role.TEACHER, plain.Role.STUDENT)
    for n in range(size - 1):
        rows.add(DataExport(account_id=viewer.account.id, asked_by=viewer.account.id, status=DataExportStatus.READY))
        rows.add(SignIn(account_id=viewer.account.id, used_at=rows.now, expires_at=rows.now + timedelta(days=1)))
        plain.member(rows, plain.room(rows, f"r{n}-room", auth), viewer, plain.Role.TEACHER)
    works = [row for row in rows.rows if row.__tablename__ == "work" and row.status == "active"]
    for work in [work for work in works if work.course_id == room.course.id]:
        times = {"started_at": rows.now, "expires_at": rows.now + timedelta(hours=1)}
        facts: dict[str, Any] = {"student_id": viewer.account.id, "seed": 1, **times}
        for number in range(1, size + 1 if work is room.work else 2):
            status = AttemptStatus.ACTIVE if number == 1 else AttemptStatus.EXPIRED
            rows.add(Attempt(course_id=work.course_id, work_id=work.id, number=number, status=status, **facts))
    papers = []
    for n in range(size):
        who = plain.member(rows, room, plain.person(rows, f"student-{n}"), plain.Role.STUDENT)
        papers.append(plain.paper(rows, room, who, size=size if n == 0 else 1))
        plain.export(rows, room, viewer)
    first = papers[0]
    sets, _ = plain.train(rows, room, viewer, size=size)
    things = [viewer.account, viewer.sign_in, viewer.membership, room.course, room.work, room.tasks[0]]
    things += [first.attempt, first.submission, first.photos[0], first.regrades[0], sets[0]]
    things += [room.sources[0], room.items[0], room.exports[0]]
    return viewer, {camel(row.__tablename__): f"{row.__tablename__}_{row.id.hex}" for row in things}


def camel(name: str) -> str:
    """A table's name as the schema's root field has it."""
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)


@pytest.fixture(scope="module")
async def worlds(servers: stack.Servers, template: str, ocr: DatalabServer, llm: OpenAiServer) -> Any:
    """One small and one large world."""
    made = {}
    for size in (1, MANY):
        database = await servers.clone(template)
        settings = settings_for(servers, database, await servers.redis(), ocr, llm)
        # One connection, so that statements come one after another: with more, two look-ups of the same kind are one
        # batch or two, as they happen to meet.
        alone = settings.database.model_copy(update={"pool_size": 1, "pool_overflow": 0})
        runtime = open_runtime(settings.model_copy(update={"database": alone}))
        rows = Rows()
        viewer, ids = furnish(rows, runtime.settings.auth, size)
        await rows.store(runtime)
        made[size] = Sized(runtime, Context(runtime, Actor(viewer.account.id, viewer.sign_in.id)), ids)
    yield made
    for sized in made.values():
        await sized.runtime.close()


@dataclass(frozen=True)
class Way:
    """How a type is reached from the root: what stands before and after its selection."""

    before: str
    after: str
    of: GraphQLObjectType
    kind: str | None

    def step(self, name: str, of: GraphQLObjectType) -> "Way":
        """One field further."""
        return Way(f"{self.before} {{ {name}", "} " + self.after, of, self.kind)

    def document(self, name: str, inner: str) -> str:
        """The operation that asks for one field of the type."""
        head = "query($id: ID!)" if self.kind else "query"
        return f"{head} {{ {self.before} {{ {name} {inner} }} {self.after} }}"


def ways() -> dict[str, Way]:
    """The shortest way to every type, by name."""
    found: dict[str, Way] = {}
    waiting: deque[Way] = deque()
    assert SCHEMA.query_type is not None
    for name, field in SCHEMA.query_type.fields.items():
        named = get_named_type(field.type)
        if isinstance(named, GraphQLObjectType):
            kind = name if "id" in field.args else None
            required = [arg for key, arg in field.args.items() if isinstance(arg.type, GraphQLNonNull) and key != "id"]
            if not required:
                waiting.append(Way(f"{name}(id: $id)" if kind else name, "", named, kind))
    while waiting:
        way = waiting.popleft()
        if way.of.name in found:
            continue
        found[way.of.name] = way
        for name, field in way.of.fields.items():
            named = get_named_type(field.type)
            if isinstance(named, GraphQLObjectType) and named.name != "Query":
                waiting.append(way.step(name, named))
    return found


def lists() -> Iterator[tuple[str, str, str | None]]:
    """Coordinate, operation and the kind of id it needs, for every field that answers a list."""
    assert SCHEMA.query_type is not None
    for name, field in SCHEMA.query_type.fields.items():
        if is_list(field.type):
            yield f"Query.{name}", f"{{ {name} {levels(get_named_type(field.type), 2)} }}", None
    for way in ways().values():
        if way.of.name.endswith(("Connection", "Edge")):
            continue
        for name, field in way.of.fields.items():
            coordinate = f"{way.of.name}.{name}"
            if is_list(field.type) and coordinate not in INSIDE:
                inner = levels(get_named_type(field.type), 2)
                yield coordinate, way.document(name, inner), way.kind


def is_list(of: Any) -> bool:
    """A list, or the connection of one."""
    inner = of.of_type if isinstance(of, GraphQLNonNull) else of
    return isinstance(inner, GraphQLList) or get_named_type(of).name.endswith("Connection")


LISTS = list(lists())


@contextmanager
def counting(runtime: Runtime) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(runtime.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(runtime.engine.sync_engine, "before_cursor_execute", note)


def longest(data: Any, name: str) -> int:
    """How many rows the longest list of this name has."""
    if isinstance(data, list):
        return max((longest(item, name) for item in data), default=0)
    if not isinstance(data, dict):
        return 0
    own = data.get(name)
    own = own.get("nodes") if isinstance(own, dict) and "nodes" in own else own
    return max([len(own) if isinstance(own, list) else 0, *(longest(value, name) for value in data.values())])


def test_all_lists_are_found() -> None:
    found = {coordinate for coordinate, _, _ in LISTS}
    assert {"Query.courses", "Course.members", "Work.attempts", "Attempt.photos", "Task.variants"} <= found
    assert {"Submission.history", "Grade.scores", "Proposal.scores", "Photo.issues"} <= found
    assert len(found) >= 25


@pytest.mark.parametrize(("coordinate", "document", "kind"), LISTS, ids=[name for name, _, _ in LISTS])
async def test_a_list_costs_the_same_for_many_rows(
    worlds: dict[int, Sized], coordinate: str, document: str, kind: str | None
) -> None:
    cost, rows = {}, {}
    for size, sized in worlds.items():
        given = {"id": sized.ids[kind]} if kind else {}
        with counting(sized.runtime) as statements:
            result = await door.execute(document, variable_values=given, context_value=sized.viewer)
        assert result.errors is None, result.errors
        cost[size], rows[size] = sorted(statements), longest(result.data, coordinate.split(".")[1])
    assert coordinate in FIXED or rows[MANY] >= MANY, f"{coordinate} has too few rows: {rows}"
    assert rows[1] >= 1, coordinate
    assert len(cost[1]) == len(cost[MANY]), [text for text in cost[MANY] if text not in cost[1]] or cost[MANY]
