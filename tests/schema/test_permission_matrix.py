"""Every resolver and recipe before everybody who has no business there: nothing foreign is told, nothing changes."""

import importlib
import inspect
import pkgutil
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import SQLModel

from picrete_gql import resolvers
from picrete_gql.call import RESOLVERS, Call, Context, Recipe, Resolver
from picrete_gql.models import Account, BankImage, BankItem, BankSource, Course
from picrete_gql.paging import Page
from picrete_gql.problems import Code, Problem
from picrete_gql.scopes import Scope
from tests.schema.campus import Campus, Target
from tests.schema.digests import digest, objects
from tests.schema.samples import Thing, arguments

OUTSIDERS = [
    ("nobody", "owner"),
    ("stranger", "owner"),
    ("other_student", "owner"),
    ("other_teacher", "owner"),
    ("suspended", "suspended"),
    ("suspended", "owner"),
    ("suspended_teacher", "owner"),
    ("left", "left"),
    ("left_teacher", "owner"),
    ("inactive", "inactive"),
    ("inactive_teacher", "owner"),
    ("inactive_admin", "owner"),
    ("closed_student", "closed_student"),
    ("closed_teacher", "closed_student"),
]
REFUSALS = {Code.NOT_FOUND, Code.UNAUTHENTICATED, Code.FORBIDDEN}
# Steps of signing up and in, and the clock: who is there is not yet known. Only recipes and the socket call them.
GUESTS = {
    "accounts.create",
    "accounts.sign_up",
    "clock.now",
    "sign_ins.account_named",
    "sign_ins.begin",
    "sign_ins.enter_panel",
    "sign_ins.holding",
    "sign_ins.holds",
    "sign_ins.open_panel",
    "sign_ins.refresh",
    "sign_ins.rotate",
    "sign_ins.sign_in",
}
# Names of people: asked for by fields of rows that the viewer already sees. A code is what lets one in.
OPEN_TO_USERS = {"accounts.of_people", "members.admit", "members.join"}
# What a course shows to all its students.
COURSE_WIDE = {
    "attempts.start",
    "bank.get_source",
    "bank.sections_of_sources",
    "bank.sources",
    "bank.sources_of_courses",
    "bank.sources_of_ids",
    "courses.by_slug",
    "courses.find",
    "courses.get",
    "courses.my_roles",
    "courses.of_ids",
    "materials.get",
    "materials.of_courses",
    "materials.of_ids",
    "materials.view_urls",
    "trainer.compose",
    "trainer.generate",
    "works.get",
    "works.of_courses",
    "works.of_ids",
    "works.watch",
}
STUDENTS_CHANGE = {
    "attempts.hand_in",
    "attempts.save",
    "attempts.start",
    "photos.arrive",
    "photos.discard",
    "photos.forget",
    "photos.reserve",
    "regrades.ask",
    "regrades.say",
    "regrades.withdraw",
    "reviews.approve_page",
    "reviews.finalise",
    "reviews.report_page",
    "telegram.choose",
    "trainer.compose",
    "trainer.generate",
    "trainer.remove",
    "trainer_answers.record",
}
# Nothing of this kind waits in the world of these tests.
MAY_BE_EMPTY = {
    "activity.trace_of",
    "members.seat_at",
    "erasures.due",
    "erasures.of_accounts",
    "erasures.waits",
    "bank_import.kept",
    "attempts.open_ones",
    "attempts.own_of_works",
    "attempts.unsettled",
    "photos.known",
    "prechecks.stalled",
    "regrades.until_of_submissions",
    "notices.unplanned",
    "readings.stalled",
    "grade_exports_writing.stalled",
    "courses.my_roles",
    "accounts.bootstrap",
    "sign_ins.rotate",
    "sign_ins.holding",
    "sign_ins.holds",
}


def recipes() -> Iterator[Recipe[..., Any]]:
    """Every recipe of every room."""
    for found in pkgutil.iter_modules(resolvers.__path__):
        module = importlib.import_module(f"{resolvers.__name__}.{found.name}")
        yield from (value for value in vars(module).values() if isinstance(value, Recipe))


EVERYTHING: list[Thing] = [*RESOLVERS, *recipes()]


def test_the_exceptions_are_known_by_name() -> None:
    """A new resolver for guests, for all users, for whole courses or for students' changes is a decision."""
    assert {thing.name for thing in EVERYTHING if "guest" in thing.allow} == GUESTS
    open_ones = {thing.name for thing in EVERYTHING if thing.allow.get("user") is Scope.ANY}
    assert open_ones == OPEN_TO_USERS
    wide = {thing.name for thing in EVERYTHING if thing.allow.get("student") in (Scope.ANY, Scope.SHOWN)}
    assert wide == COURSE_WIDE
    changing = {thing.name for thing in RESOLVERS if thing.writes and "student" in thing.allow}
    assert changing == STUDENTS_CHANGE
    assert all(scope is Scope.ANY for thing in EVERYTHING for role, scope in thing.allow.items() if role == "teacher")


@pytest.mark.parametrize(("actor", "owner"), OUTSIDERS)
async def test_outsiders(campus: Campus, actor: str, owner: str) -> None:
    about = campus.target(owner)
    tested = [thing for thing in EVERYTHING if thing.name not in GUESTS | OPEN_TO_USERS]
    await refuse_all(campus, actor, about, tested)


@pytest.mark.parametrize(
    ("actor", "roles"),
    [("classmate", ("teacher", "admin")), ("owner", ("teacher", "admin")), ("teacher", ("student", "admin"))],
)
async def test_wrong_roles(campus: Campus, actor: str, roles: tuple[str, ...]) -> None:
    mine = {"teacher"} if actor == "teacher" else {"student"}
    tested = [thing for thing in EVERYTHING if set(thing.allow) & set(roles) and not set(thing.allow) & mine]
    assert len(tested) > 15
    await refuse_all(campus, actor, campus.target("owner"), tested)


async def test_a_classmate_sees_and_changes_nothing_of_another_student(campus: Campus) -> None:
    tested = [thing for thing in EVERYTHING if thing.allow.get("student") in (Scope.OWN, Scope.RELEASED)]
    assert len(tested) > 30
    # Task, criterion and picture are what both were given to solve.
    shared = (
        "tasks.get",
        "tasks.of_ids",
        "tasks.criteria",
        "tasks.variants_of_ids",
        "attachments.",
        "attempts.own_of_works",
    )
    theirs = [thing for thing in tested if not thing.name.startswith(shared)]
    await refuse_all(campus, "classmate", campus.target("owner"), theirs)


@pytest.mark.parametrize("actor", ["nobody", "stranger", "owner", "teacher", "admin"])
async def test_only_the_system_may_do_what_nobody_is_declared_for(campus: Campus, actor: str) -> None:
    about = campus.target("owner")
    tested = [thing for thing in EVERYTHING if not thing.allow]
    assert {"accounts.bootstrap", "photos.remove_orphans", "readings.begin", "works.tick"} <= {t.name for t in tested}
    await refuse_all(campus, actor, about, tested)


@pytest.mark.parametrize("resolver", RESOLVERS, ids=lambda resolver: resolver.name)
async def test_whoever_is_declared_may(campus: Campus, resolver: Resolver[..., Any]) -> None:
    """The other side: the same arguments open the door for the right person, so the refusals above mean something."""
    about = campus.target("owner")
    who = {"student": "owner", "teacher": "teacher", "admin": "admin", "user": "owner", "guest": "nobody"}
    for actor in [who[role] for role in resolver.allow] or ["system"]:
        released = resolver.allow.get("student") is Scope.RELEASED and actor == "owner"
        # Everything is rolled back, so that one world serves all.
        async with campus.runtime.sessions() as session:
            call = Call(campus.of(actor), session, resolver.allow)
            try:
                result = await resolver.body(call, **arguments(resolver, about))
            except Problem as problem:
                assert problem.code not in REFUSALS, f"{actor} was refused: {problem}"
                assert resolver.writes or resolver.name in ("photos.ensure_open", "attachments.ensure_draft")
            else:
                empty = not resolver.writes and not told(result, lambda row: True)
                assert not empty or released or resolver.name in MAY_BE_EMPTY, f"{actor} got nothing"
            assert call.looked
            await session.rollback()


async def refuse_all(campus: Campus, actor: str, about: Target, tested: list[Thing]) -> None:
    """Call everything; collect whatever was told or changed, and refusals that tell too much."""
    context = campus.of(actor)
    me = context.actor.account_id
    before, stored = await digest(campus.runtime, me), await objects(campus.runtime)
    wrong, answered = [], []
    for thing in tested:
        given = arguments(thing, about)
        # What a person does with their own account and memberships is theirs, whatever comes of it.
        own = thing.allow.get("user") is Scope.OWN and (context.actor == campus.of(about.name).actor or alone(given))
        try:
            result = await answer(thing, context, given)
        except Problem as problem:
            if problem.code not in REFUSALS and not own:
                wrong.append(f"{thing.name}: says {problem.code} {problem}")
        else:
            answered.append(thing.name)
            if told(result, lambda row, own=own: foreign(row, about, me, own=own), strict=not own):
                wrong.append(f"{thing.name}: tells {result!r}"[:200])
    after = await digest(campus.runtime, me)
    changed = [table for table in after if after[table] != before[table]]
    if changed or await objects(campus.runtime) != stored:
        wrong.append(f"changed: {changed or 'the bucket'}, by one of {answered}")
    assert not wrong, "\n".join([f"{actor} → {about.name}", *wrong])


def alone(given: Mapping[str, Any]) -> bool:
    """Whether a call names nothing but the person's own course."""
    return not any(name == "ids" or (name.endswith("_id") and name != "course_id") for name in given)


async def answer(thing: Thing, context: Context, given: Mapping[str, Any]) -> Any:
    """The result of a call; of a watch its first state."""
    found = thing(context, **given)
    if isinstance(found, AsyncGenerator):
        try:
            return await anext(found)
        finally:
            await found.aclose()
    return await found if inspect.isawaitable(found) else found


def foreign(row: SQLModel, about: Target, me: UUID | None, *, own: bool) -> bool:
    """Whether a row is none of a person's business: in the course that the call is about, or somebody else."""
    if isinstance(row, Account):
        return row.id != me
    if own and getattr(row, "account_id", None) == me:
        return False
    if isinstance(row, (BankSource, BankItem, BankImage)):
        # The bank is no course's own: what matters is whether the course's source was told.
        return about.room.items[0].source_id == (row.id if isinstance(row, BankSource) else row.source_id)
    course = row.id if isinstance(row, Course) else getattr(row, "course_id", None)
    return course is None or course == about.room.course.id


def told(value: Any, matters: Any, *, strict: bool = True) -> bool:
    """Whether an answer says anything: rows that matter, and, when strict, any other value."""
    if isinstance(value, SQLModel):
        return bool(matters(value))
    if isinstance(value, Page):
        return any(told(row, matters) for row in value.rows) if value.rows else bool(value.total)
    if isinstance(value, Mapping):
        value = list(value.values())
    elif is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, (list, tuple, set)):
        return any(told(item, matters, strict=strict) for item in value)
    return strict and (isinstance(value, timedelta) or bool(value))
