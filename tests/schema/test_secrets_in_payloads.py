"""The answers to a student's mutations tell no more than the queries do."""

import re

from sqlalchemy import text

from picrete_gql.runtime import Runtime
from tests.schema import campus as places
from tests.schema.inputs import ids_in, mutate, wanted_kind
from tests.schema.selections import SCHEMA
from tests.schema.test_secrets import MARKS, NEVER, asker, ensure_nothing_of_others, own_ids
from tests.support.world import World

# What needs the review open comes first, what ends the student's own sight comes last.
FIRST, LAST = (
    ("pageReport", "reviewFinalise"),
    ("photoDelete", "attemptSubmit", "passwordChange", "courseLeave", "signOut"),
)
# What an open attempt in review lets its student do, over the rows of this test.
SUCCEED = {
    "attemptSave",
    "attemptStart",
    "attemptSubmit",
    "courseLeave",
    "meUpdate",
    "pageReport",
    "photoDelete",
    "photoUpload",
    "photoUploadBegin",
    "photoUploadConfirm",
    "regradeSay",
    "regradeWithdraw",
    "reviewFinalise",
    "signOut",
    "signUp",
}


async def reopen(runtime: Runtime, attempt_id: object) -> None:
    """Put a marked attempt back to where its student may do something."""
    async with runtime.engine.begin() as connection:
        await connection.execute(
            text("UPDATE attempt SET status = 'active', submitted_at = NULL WHERE id = :id"), {"id": attempt_id}
        )
        await connection.execute(
            text("UPDATE submission SET status = 'uploaded', ocr_status = 'in_review' WHERE attempt_id = :id"),
            {"id": attempt_id},
        )


async def test_every_mutation_by_a_student(world: World) -> None:
    assert SCHEMA.mutation_type is not None
    campus = await places.build(world.runtime)
    mine = own_ids(campus, "owner")
    await reopen(world.runtime, campus.papers["owner"].attempt.id)
    heard = await asker(campus, "owner")
    others = sorted(SCHEMA.mutation_type.fields.keys() - {*FIRST, *LAST})
    done = set()
    for name in (*FIRST, *others, *LAST):
        field = SCHEMA.mutation_type.fields[name]
        candidates = heard.ids[await wanted_kind(heard, name)] if ids_in(field) else ["x"]
        for id in sorted(candidates, key=lambda id: id[-32:] in mine):
            data = await mutate(heard, name, id)
            if data and data[name] and not data[name]["problem"]:
                done.add(name)
                mine |= {
                    row[-32:]
                    for row in re.findall(r"(?:photo|account|trainer_set|trainer_task)_[0-9a-f]{32}", str(data))
                }
    assert done >= SUCCEED, SUCCEED - done
    assert not [word for word in NEVER + MARKS if word in heard.heard]
    ensure_nothing_of_others(campus, heard, "owner", "here")
    assert heard.ids_heard <= mine, heard.ids_heard - mine
