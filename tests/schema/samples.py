"""Arguments for any resolver about somebody's things, found by the names of its parameters.

A resolver with a parameter that nobody here knows is a failure: decide who may use it, then teach this file.
"""

import inspect
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from picrete_gql.call import NOBODY, Recipe, Resolver
from picrete_gql.gateways.ocr import Recognition, Ticket
from picrete_gql.models import (
    Answered,
    Decision,
    ExportFailure,
    ExportFormat,
    Flag,
    Release,
    Role,
    RunOutcome,
    Severity,
    Work,
    WorkKind,
)
from picrete_gql.paging import Ask
from picrete_gql.problems import Locale, Unavailable
from picrete_gql.resolvers import accounts, attempts, bank, panel, regrades, trainer, works
from picrete_gql.resolvers.bank_import import SourcePlan
from picrete_gql.rules import images, materials
from picrete_gql.rules.bank_pack import Contents
from picrete_gql.rules.grade_exports import Head
from picrete_gql.rules.plots import PlotFormat
from picrete_gql.rules.precheck import Proposal
from picrete_gql.rules.readings import IssueDraft
from picrete_gql.rules.regrades import Ruling
from picrete_gql.rules.statistics import Level
from picrete_gql.rules.telegram import Chat
from picrete_gql.rules.templates import Template
from picrete_gql.rules.trainer_answers import Checked, Reason
from picrete_gql.settings import Photos
from tests import images as pictures
from tests.schema.campus import Target
from tests.schema.rows import ANSWER_ID, BOT_ID, CHAT_ID, FILE_ID, TEMPLATE, UPDATE_ID
from tests.support.world import task_plan

# Resolvers about an archive of somebody's data; the other exports are of grades.
DATA_EXPORTS = (
    ".get",
    ".watch",
    *(f"_packing.{name}" for name in ("renew", "advance", "hand_back", "finish", "postpone")),
)
Thing = Resolver[..., Any] | Recipe[..., Any]
REQUIRED = inspect.Parameter.empty
JPEG = pictures.jpeg()
PICTURE = images.prepare(JPEG, limits=Photos())


def arguments(thing: Thing, about: Target) -> dict[str, Any]:
    """One value for every parameter. Raises AssertionError for a parameter that has no sample."""
    known = {**things(about), **plain(about)}
    given: dict[str, Any] = {}
    for parameter in list(inspect.signature(thing.body).parameters.values())[1:]:
        name = parameter.name
        special = f"{thing.name}:{name}"
        if special in known or name in known:
            given[name] = known.get(special, known.get(name))
        elif name == "ids":
            given[name] = [known[kind_of(thing.name)]]
        else:
            assert parameter.default is not REQUIRED, f"{thing.name}: no sample for “{name}” in {__name__}"
    return given


def things(about: Target) -> dict[str, UUID]:
    """The ids of somebody's things; draft things are called so."""
    room, paper = about.room, about.paper
    assert about.owner.membership is not None and room.draft_task is not None
    return {
        "account_id": about.owner.account.id,
        "course_id": room.course.id,
        "work_id": room.work.id,
        "task_id": room.tasks[0].id,
        "criterion_id": room.criteria[0].id,
        "variant_id": room.variants[0].id,
        "attachment_id": room.attachments[0].id,
        "membership_id": about.owner.membership.id,
        "attempt_id": paper.attempt.id,
        "submission_id": paper.submission.id,
        "photo_id": paper.photos[0].id,
        "run_id": paper.runs[-1].id,
        "regrade_id": paper.regrades[0].id,
        "link_id": about.owner.link.id,
        "file_id": FILE_ID,
        "answer_id": ANSWER_ID,
        "notice_id": about.owner.notice.id,
        "source_id": room.items[0].source_id,
        "item_id": room.items[0].id,
        "image_id": room.pictures[0].id,
        "material_id": room.materials[0].id,
        "set_id": paper.sets[0].id,
        "trainer_task_id": paper.trained[0].id,
        "trainer_answers.expected:task_id": paper.trained[0].id,
        "trainer_answers.record:task_id": paper.trained[0].id,
        "trainer_answers.answer:task_id": paper.trained[0].id,
        "trainer_answers.get:task_id": paper.trained[0].id,
        "bank_copies.chosen:work_id": room.draft.id,
        "bank_copies.put:work_id": room.draft.id,
        "bank_copies.copy:work_id": room.draft.id,
        "templates.put:task_id": room.draft_task.id,
        "templates.remove:task_id": room.draft_task.id,
        "templates.make:task_id": room.draft_task.id,
        "sign_in_id": about.owner.sign_in.id,
        "erasure_id": about.owner.erasure.id,
        "data_export_id": about.owner.export.id,
        **{f"data_exports{name}:export_id": about.owner.export.id for name in DATA_EXPORTS},
        "data_exports_packing.attempt:attempt_id": paper.attempt.id,
        "export_id": room.exports[0].id,
    }


def kind_of(resolver: str) -> str:
    """Whose ids a batch query takes: said by its name (`of_works`), or by its room (`of_ids`), or here."""
    special = {
        "works.counts": "work_id",
        "courses.my_roles": "course_id",
        "notices_following.progress": "work_id",
        "attempts.assignments": "attempt_id",
        "tasks.references": "variant_id",
        "members.identities": "membership_id",
        "pages.failures": "photo_id",
        "submissions.flags": "submission_id",
        "photos.known": "photo_id",
        "tasks.criteria_of_ids": "criterion_id",
        "tasks.variants_of_ids": "variant_id",
        "accounts.of_people": "account_id",
        "bank.sources_of_ids": "source_id",
        "bank.of_ids": "item_id",
        "bank.answers": "item_id",
        "bank.theories": "item_id",
        "bank.images_of_ids": "image_id",
        "bank.image_urls": "image_id",
        "trainer.of_ids": "set_id",
        "trainer_answers.of_ids": "trainer_task_id",
        "trainer_answers.of_tasks": "trainer_task_id",
        "trainer_answers.revealed": "trainer_task_id",
        "materials.known": "material_id",
        "erasures.waits": "erasure_id",
        "data_exports.of_ids": "data_export_id",
        "data_exports.urls": "data_export_id",
        "data_exports.known": "data_export_id",
        "attachments.known": "attachment_id",
        "grade_exports.of_ids": "export_id",
        "grade_exports.save_urls": "export_id",
        "grade_exports_writing.batch": "submission_id",
        "statistics.pairs_of": "work_id",
        "statistics.histograms": "work_id",
        "statistics.scatters": "work_id",
    }
    if resolver in special:
        return special[resolver]
    room, name = resolver.split(".")
    word = name.rsplit("of_", 1)[-1] if "of_" in name else room
    word = room if word in ("ids", "view_urls") or name == "view_urls" else word
    singular = {"criteria": "criterion"}.get(word, word.removesuffix("s"))
    return f"{singular}_id"


def plain(about: Target) -> dict[str, Any]:
    """Everything that is not an id of a thing."""
    person = accounts.Person("newcomer", "password-of-newcomer", "Newcomer", Locale.EN)
    now = about.room.course.created_at
    times: dict[str, Any] = {"starts_at": now, "ends_at": now + timedelta(hours=1), "time_zone": "Europe/Moscow"}
    facts: dict[str, Any] = {"title": "Work", "description": "", "duration_minutes": 5, "max_attempts": 1}
    processing: dict[str, Any] = {"ocr": True, "precheck": True, "release": Release.ON_APPROVAL}
    work = works.WorkPlan(kind=WorkKind.CONTROL, **times, **facts, **processing)
    return {
        "ask": Ask(total=True),
        "waiting": False,
        "filter": attempts.Filter(),
        "event": "photo.queued",
        "activity.trace_of:key": "attempt_id",
        "subject": str(uuid4()),
        "first": 50,
        "after": None,
        "search": "",
        "sheet": "accounts",
        "look": panel.Look(),
        "row_id": str(about.owner.account.id),
        "slug": about.room.course.slug,
        "username": about.owner.account.username,
        "telegram_id": about.owner.link.telegram_id,
        "chat": Chat(1, "changed", Locale.EN),
        "bot_id": BOT_ID,
        "update_id": UPDATE_ID,
        "chat_id": CHAT_ID,
        "group_id": CHAT_ID,
        "group": "album",
        "next_update": UPDATE_ID + 1,
        "dialogue": None,
        "seconds": 1.0,
        "files": [FILE_ID],
        "message_id": 1,
        "shown": 1,
        "is_blocked": True,
        "blocked": True,
        "follow": True,
        "code": "WRONG-STUD-ABCD2345",
        "version": about.paper.submission.version,
        "minutes": 5,
        "force": True,
        "draft": {"text": "overwritten"},
        "changes": {"title": "changed"},
        "filename": "page.jpg",
        "body": JPEG,
        "image": PICTURE,
        "id": uuid4(),
        "members.unseated:account_ids": [about.owner.account.id],
        "members.seat_at:id": about.room.work.id,
        "members.seat_at:model": Work,
        "key": "courses/nowhere.jpg",
        "drafts": [IssueDraft("/page/0/Text/0", None, "", "changed", "", Severity.MINOR)],
        "decision": Decision.REPORT,
        "summary": "changed",
        "points": Decimal(1),
        "comment": "changed",
        "reason": "changed",
        "done": 1,
        "size": 1,
        "piece": None,
        "data_exports_packing.piece:kind": "events",
        "data_exports_packing.postpone:why": "changed",
        "marks": {},
        "evidence": [],
        "anchor": None,
        "ruling": Ruling(Decimal(1)),
        "allowed": False,
        "regrades_answering.of_regrades:ids": [about.paper.regrades[-1].id],
        "regrades.authors_of_messages:ids": [about.paper.messages[0].id],
        "regrades_answering.authors:ids": [about.paper.regrades[-1].id],
        "regrades.of_works:filter": regrades.Filter(),
        "regrades.of_courses:filter": regrades.Filter(),
        "engine": "engine",
        "model": "model",
        "prompt_hash": "hash",
        "outcome": RunOutcome.DONE,
        "detail": "changed",
        "said": None,
        "proposal": Proposal((), "changed", Decimal(0)),
        "flag": Flag.UNREADABLE,
        "why": Unavailable("test"),
        "ticket": Ticket("id", "http://127.0.0.1"),
        "found": Recognition(markdown="changed", text="changed", blocks=(), engine="e", model="m"),
        "latency": 0.1,
        "owner": uuid4(),
        "person": person,
        "password": "password-of-newcomer",
        "current": "SECRET-HASHED",
        "new": "password-of-newcomer",
        "password_hash": "hash",
        "consent": True,
        "terms": True,
        "privacy": True,
        "token": "rt_nothing",
        "actor": NOBODY,
        "actors": [NOBODY],
        "title": "Changed",
        "full_name": "Changed",
        "organization": "Changed",
        "locale": Locale.EN,
        "identity": "",
        "identity_policy": None,
        "identity_rule": None,
        "is_active": True,
        "is_platform_admin": True,
        "teacher_id": None,
        "expires_at": None,
        "role": Role.STUDENT,
        "roles": [Role.TEACHER],
        "status": None,
        "kind": None,
        "statuses": (),
        "works.create:plan": work,
        "bank.find:filter": bank.Filter(),
        "bank.of_sources:filter": bank.Filter(),
        "bank_import.store:plan": SourcePlan("newcomer"),
        "bank_import.run:plan": SourcePlan("newcomer"),
        "bank_import.run:body": b'[{"paragraph": "1", "tasks": [{"number": "1", "text": "x"}]}]',
        "held": Contents((), (), {}),
        "stored": {},
        "keys": [room_picture(about)],
        "grade_exports.known:keys": [about.room.exports[0].key],
        "format": ExportFormat.CSV,
        "statistics.histograms:format": PlotFormat.PNG,
        "statistics.scatters:format": PlotFormat.SVG,
        "level": Level.WORK,
        "failure": ExportFailure.TOO_LARGE,
        "head": Head("work", "Europe/Moscow", Locale.EN, []),
        "item_ids": [about.room.items[0].id],
        "copies": {},
        "template": Template.model_validate(TEMPLATE),
        "count": 1,
        "seed": 1,
        "draw": trainer.Draw(count=1),
        "numbers": ["1.1"],
        "text": "changed",
        "answer": "changed",
        "checked": Checked(Answered.WRONG, Reason.OFF),
        "file": materials.File(JPEG, "image/jpeg", "0" * 64, width=1, height=1),
        "tasks.add:plan": task_plan(),
        "tasks.replace:plan": task_plan(),
        "courses.create:slug": "newcomer",
        "works.update:work_id": about.room.draft.id,
        "tasks.add:work_id": about.room.draft.id,
    }


def room_picture(about: Target) -> str:
    """The object of a picture in the bank."""
    return about.room.pictures[0].key
