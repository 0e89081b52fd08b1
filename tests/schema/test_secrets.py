"""What a student may never see is asked for in every way that the schema offers, and not given."""

import re

import pytest

from picrete_gql.resolvers import grades
from tests.schema import campus as places
from tests.schema.asking import HEX, Asker, all_ids
from tests.schema.campus import Campus
from tests.schema.rows import AI_POINTS, AI_SCORE, MARK_POINTS, MARK_SCORE, TOLERANCE
from tests.support.world import World

NEVER = ["SECRET-", str(AI_POINTS), str(AI_SCORE), str(TOLERANCE)]
MARKS = ["MARK-", str(MARK_POINTS), str(MARK_SCORE)]
# What the schema offers to nobody at all.
UNSPEAKABLE = {"SECRET-RAW", "SECRET-HASHED"}
SPOKEN = {
    "SECRET-AI-comment",
    "SECRET-AI-engine",
    "SECRET-AI-error",
    "SECRET-AI-feedback",
    "SECRET-AI-quote",
    "SECRET-ANSWER",
    "SECRET-BANK-ANSWER",
    "SECRET-DETAIL",
    "SECRET-DRAFT-TASK",
    "SECRET-DRAFT-here",
    "SECRET-EVENT",
    "SECRET-EVIDENCE",
    "SECRET-EXPECTED",
    "SECRET-FAILURE",
    "SECRET-FLAG",
    "SECRET-HASH",
    "SECRET-HOLD",
    "SECRET-MODEL",
    "SECRET-NOTE",
    "SECRET-OTHER-PICTURE",
    "SECRET-OTHER-VARIANT",
    "SECRET-REASON",
    "SECRET-SOLUTION",
    "SECRET-TEMPLATE",
    "SECRET-UNITS",
}


async def asker(campus: Campus, name: str, often: int = 1, only: set[str] | None = None) -> Asker:
    """Somebody who will ask for everything, by every id there is or by those in `only`."""
    ids = await all_ids(campus.runtime)
    if only is not None:
        ids = {kind: [id for id in found if id[-32:] in only] for kind, found in ids.items()}
    return Asker(campus.of(name), ids, often)


def own_ids(campus: Campus, name: str) -> set[str]:
    """What a student may hear of: themselves, their course, what they were given to solve, what they handed in."""
    about = campus.target(name)
    room, paper = about.room, about.paper
    variants = {assignment.variant_id for assignment in paper.assignments}
    rows = [about.owner.account, about.owner.sign_in, about.owner.membership, room.course, room.work]
    rows += [*room.tasks, *room.criteria, *(row for row in room.variants if row.id in variants)]
    rows += [row for row in room.attachments if row.variant_id in variants]
    rows += [paper.attempt, paper.submission, *paper.photos, *paper.regrades]
    # Of the bank what stands in their own sets; the sources and materials are the course's.
    items = {task.item_id for task in paper.trained}
    pictures = [row for row in room.pictures if row.item_id in items]
    rows += [
        about.owner.link,
        about.owner.erasure,
        about.owner.export,
        *room.materials,
        *room.sources,
        *paper.sets,
        *paper.trained,
    ]
    rows += [*(row for row in room.items if row.id in items), *pictures]
    drawn = [row for row in room.attachments if row.variant_id in variants]
    return {row.id.hex for row in rows} | set(HEX.findall(" ".join(row.key for row in [*drawn, *pictures])))


def ensure_nothing_of_others(campus: Campus, heard: Asker, name: str, slug: str) -> None:
    """No word and no id of another person or another course."""
    assert not re.findall(rf"PRIVATE-(?!{name}-)\w+", heard.heard)
    assert not re.findall(rf"PLACE-(?!{slug}\b)\w+", heard.heard)


async def test_the_teacher_hears_every_secret_so_the_questions_reach_them(campus: Campus) -> None:
    drafts = {campus.here.draft.id.hex, campus.here.variants[1].id.hex, campus.here.attachments[1].id.hex}
    teacher = await asker(campus, "teacher", only=own_ids(campus, "owner") | drafts)
    await teacher.queries(set())
    await teacher.subscriptions()
    heard = teacher.heard
    assert set(re.findall(r"SECRET-[\w-]+", heard)) == SPOKEN
    assert not [word for word in [*NEVER, *MARKS, "PRIVATE-owner-"] if word not in heard]
    for what in ("draft", "text", "issue", "summary", "page", "identity", "name", "regrade", "thread"):
        assert f"PRIVATE-owner-{what}" in heard, what
    assert not re.findall(r"PLACE-(?!here)\w+|PRIVATE-\w*(?:other|closed)_\w+", heard)


async def test_a_student_before_and_after_the_release(world: World) -> None:
    campus = await places.build(world.runtime)
    mine = own_ids(campus, "owner")
    before = await asker(campus, "owner", often=2)
    await before.queries(mine)
    await before.subscriptions()
    assert not [word for word in NEVER + MARKS if word in before.heard]
    ensure_nothing_of_others(campus, before, "owner", "here")
    assert before.ids_heard <= mine, before.ids_heard - mine
    # Everything that is theirs was reached, or the silence would prove nothing.
    assert mine - before.ids_heard == set()
    for what in ("draft", "text", "issue", "summary", "page", "identity", "name", "agent", "regrade", "thread"):
        assert f"PRIVATE-owner-{what}" in before.heard, what
    assert "BANK-TRIED" in before.heard
    await grades.release(campus.of("teacher"), campus.here.work.id)
    after = await asker(campus, "owner", only=mine)
    await after.queries(mine)
    await after.subscriptions()
    assert not [word for word in NEVER if word in after.heard]
    assert {"MARK-answer", "MARK-feedback", "MARK-comment", "MARK-quote", "MARK-error"} <= set(
        re.findall(r"MARK-\w+", after.heard)
    )
    assert str(MARK_POINTS) in after.heard and str(MARK_SCORE) in after.heard
    ensure_nothing_of_others(campus, after, "owner", "here")
    assert after.ids_heard <= mine


@pytest.mark.parametrize("name", ["classmate", "other_student"])
async def test_another_student_hears_only_their_own(campus: Campus, name: str) -> None:
    heard = await asker(campus, name)
    mine = own_ids(campus, name)
    await heard.queries(mine)
    await heard.subscriptions()
    assert not [word for word in NEVER + MARKS if word in heard.heard]
    assert ("BANK-TRIED" in heard.heard) is bool(campus.papers[name].trained)
    ensure_nothing_of_others(campus, heard, name, campus.target(name).room.course.slug)
    assert heard.ids_heard <= mine, heard.ids_heard - mine


@pytest.mark.parametrize("name", ["nobody", "stranger", "suspended", "left", "inactive", "closed_student"])
async def test_outsiders_hear_nothing_but_themselves(campus: Campus, name: str) -> None:
    heard = await asker(campus, name)
    await heard.queries(set())
    await heard.subscriptions()
    assert not [word for word in [*NEVER, *MARKS, "PLACE-"] if word in heard.heard]
    ensure_nothing_of_others(campus, heard, name, "nowhere")
    who = campus.people.get(name)
    rows = [who.account, who.sign_in, who.link, who.membership, who.erasure, who.export] if who else []
    own = {row.id.hex for row in rows if row}
    assert heard.ids_heard <= own
