"""After an erasure no word of the person is left in the database or in the store, and no word of others is lost."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import select

from picrete_gql.jobs import erasures as clock
from picrete_gql.models import (
    Account,
    Attempt,
    Criterion,
    CriterionScore,
    Decision,
    Erasure,
    ExportFormat,
    GradeExport,
    Happening,
    Photo,
    RefreshToken,
    Regrade,
    RegradeMessage,
    RegradeStatus,
    ScoreChange,
    Severity,
    Submission,
    TelegramCode,
)
from picrete_gql.problems import Locale
from picrete_gql.resolvers import (
    attempts,
    data_exports,
    erasures,
    grade_exports,
    grades,
    photos,
    regrades,
    retention,
    reviews,
    sign_ins,
)
from picrete_gql.resolvers import telegram as links
from picrete_gql.rules.readings import IssueDraft
from picrete_gql.rules.telegram import Chat
from tests.attempts.steps import TEACHER, change, class_of, read, rows, submission_of
from tests.privacy.traces import MARK, NUMBER, left, plant, stored
from tests.schema import campus as places
from tests.schema.digests import columns
from tests.support.world import World

PNG = b"\x89PNG-" + MARK.encode()


async def numbers(world: World) -> list[Any]:
    """What the institution must keep: points, and how they came about."""
    kept = []
    for model, facts in (
        (Submission, ("status", "ai_points", "final_points", "max_points", "released_at")),
        (CriterionScore, ("criterion_id", "source", "points")),
        (ScoreChange, ("criterion_id", "author_id", "before", "after")),
        (Attempt, ("student_id", "number", "started_at", "submitted_at", "status")),
    ):
        found = await rows(world, select(model).order_by(model.id))
        kept += [tuple(getattr(row, name) for name in facts) for row in found]
    return kept


async def test_no_mark_is_left_in_any_column(world: World) -> None:
    campus = await places.build(world.runtime)
    runtime, owner = world.runtime, campus.people["owner"]
    me = owner.account.id
    async with runtime.sessions() as session:
        now = runtime.now()
        born = {"created_at": now}
        session.add(RefreshToken(**born, sign_in_id=owner.sign_in.id, token_hash="x"))
        session.add(TelegramCode(**born, account_id=me, code_hash="y", expires_at=now))
        file = {"format": ExportFormat.CSV, "locale": Locale.RU, "filename": "marks.csv", "expires_at": now}
        place = {"course_id": campus.here.course.id, "work_id": campus.here.work.id}
        session.add(GradeExport(**born, **place, **file, author_id=me))
        session.add(Happening(name="account.changed", at=now, account_id=me, door="web", data={}))
        # Whoever follows a work is a teacher; the one to be erased was one too.
        await session.execute(
            text("UPDATE follow SET account_id = :me WHERE id = (SELECT min(id::text)::uuid FROM follow)"), {"me": me}
        )
        await session.commit()
    planted = await plant(runtime, me)
    assert len(planted) > 40
    assert {"account.full_name", "sign_in.agent", "membership.identity", "attempt.draft", "issue.note"} <= planted
    found = await left(runtime, MARK, NUMBER)
    assert len(found) > 20
    photo = campus.papers["owner"].photos[0]
    export = owner.export
    others = campus.papers["classmate"].photos[0].key
    for key in (photo.key, export.key, others):
        await runtime.gateways.storage.put(key, PNG if key != others else b"other", "image/jpeg")
    before = await numbers(world)
    classmate = f"PRIVATE-{campus.people['classmate'].account.username}"
    told = await left(runtime, classmate)
    await retention.unhold(campus.of("teacher"), campus.here.work.id)
    [erasure] = await rows(world, select(Erasure).where(Erasure.account_id == me))
    await change(world, "UPDATE erasure SET erase_at = created_at WHERE id = :id", id=erasure.id)
    await erasures.run(world.system, erasure.id)
    assert await left(runtime, MARK, NUMBER, "PRIVATE-owner") == {}
    assert await stored(runtime) == {others: b"other"}
    assert await numbers(world) == before
    assert await left(runtime, classmate) == told
    [done] = await rows(world, select(Erasure).where(Erasure.account_id == me))
    assert done.done_at is not None
    assert len(await columns(runtime)) > 40


async def test_a_whole_life_leaves_nothing(world: World) -> None:
    """Through the product itself, whatever the models declare: sign up, work, be marked, ask, be erased."""
    name = f"{MARK}-ada"
    _, work = await class_of(world, name, release="on_approval")
    ada, teacher = await world.person(name), await world.person(TEACHER)
    me = world.people[name].id
    there = type(ada)(ada.runtime, ada.actor, agent=f"{MARK} browser")
    await sign_ins.begin(there, me)
    attempt = await read(world, name, work)
    await _draft(world, attempt.id)
    [page] = (await photos.of_attempts(ada, [attempt.id]))[0]
    block = await _block(world, page.id)
    issue = IssueDraft(block, None, f"{MARK} was", f"{MARK} is", f"{MARK} note", Severity.MINOR)
    await reviews.report_page(ada, page.id, [issue])
    await reviews.finalise(ada, attempt.id, Decision.REPORT, f"{MARK} summary")
    await world.jobs()
    found = await submission_of(world, attempt.id)
    await grades.override(teacher, found.id, found.version, found.max_points, f"{MARK} well done", {})
    [criterion, *_] = await rows(world, select(Criterion).where(Criterion.work_id == work.id))
    regrade = await regrades.ask(ada, found.id, criterion.id, f"{MARK} please look again", None)
    await regrades.say(teacher, regrade.id, f"{MARK}, where?")
    await links.attach(world.system, me, Chat(NUMBER, f"{MARK} phone", Locale.RU))
    await data_exports.request(ada, me)
    await grade_exports.create(teacher, work.id, ExportFormat.CSV)
    await world.jobs()
    assert len(await left(world.runtime, MARK, NUMBER)) >= 6
    held = await stored(world.runtime)
    assert len(held) == 3 and any(MARK.encode() in body for key, body in held.items() if key.endswith(".csv"))
    before = await numbers(world)
    await erasures.request(ada, f"password-of-{name}")
    await clock.run(world.system)
    assert await left(world.runtime, name)
    world.clock.forward(days=7, minutes=1)
    await clock.run(world.system)
    assert await left(world.runtime, MARK, NUMBER) == {}
    assert await stored(world.runtime) == {}
    assert await numbers(world) == before
    [account] = await rows(world, select(Account).where(Account.id == me))
    assert (account.is_active, account.username) == (False, f"erased-{me.hex}")
    assert account.erased_at is not None and account.erased_at > world.people[name].created_at + timedelta(days=7)
    assert (await attempts.get(teacher, attempt.id)).student_id == me
    assert (await rows(world, select(Photo)))[0].image_removed_at is not None
    [closed] = await rows(world, select(Regrade))
    assert (closed.status, closed.text) == (RegradeStatus.WITHDRAWN, "") and closed.closed_at is not None
    assert await rows(world, select(RegradeMessage)) == []


async def _draft(world: World, attempt_id: Any) -> None:
    async with world.runtime.engine.begin() as connection:
        draft = '{"text": "' + MARK + '"}'
        await connection.execute(
            text("UPDATE attempt SET draft = cast(:draft AS jsonb), draft_saved_at = now() WHERE id = :id"),
            {"draft": draft, "id": attempt_id},
        )


async def _block(world: World, photo_id: Any) -> str:
    async with world.runtime.engine.connect() as connection:
        found = await connection.scalar(
            text("SELECT blocks -> 0 ->> 'id' FROM reading WHERE photo_id = :id"), {"id": photo_id}
        )
        return str(found)
