"""Rows put straight into the database: a course full of people and papers, whose secrets carry marker strings.

`SECRET-…` no student may ever see, `MARK-…` only after the release, `PRIVATE-<name>-…` only the one of that name.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4

from picrete_gql.models import (
    METADATA,
    Account,
    Answered,
    Assignment,
    Attachment,
    Attempt,
    AttemptStatus,
    BankImage,
    BankItem,
    BankSection,
    BankSource,
    Course,
    CourseSource,
    Criterion,
    CriterionScore,
    Follow,
    InviteCode,
    Issue,
    Material,
    Membership,
    MemberStatus,
    Notice,
    NoticeKind,
    OcrStatus,
    Photo,
    PhotoStatus,
    PrecheckStatus,
    ProviderRun,
    Reading,
    Review,
    Role,
    RunKind,
    RunOutcome,
    ScoreChange,
    ScoreSource,
    SetKind,
    SignIn,
    Submission,
    SubmissionStatus,
    Task,
    TelegramAnswer,
    TelegramBot,
    TelegramFile,
    TelegramLink,
    TelegramUpdate,
    TrainerAnswer,
    TrainerSet,
    TrainerTask,
    UploadSource,
    Variant,
    Verdict,
    Work,
    WorkKind,
    WorkStatus,
)
from picrete_gql.problems import Locale
from picrete_gql.rules.tokens import keyed_hash
from picrete_gql.runtime import Runtime, utc_now

R = TypeVar("R")
NOW = utc_now()
AI_POINTS, MARK_POINTS = Decimal("731.37"), Decimal("642.53")
AI_SCORE, MARK_SCORE = Decimal("365.71"), Decimal("321.29")
TOLERANCE = Decimal("0.031337")
BOT_ID, UPDATE_ID, CHAT_ID = 123456789, 700_000_001, 5_000_000_000
FILE_ID, ANSWER_ID = uuid4(), uuid4()
CHATS = count(CHAT_ID + 1)


@dataclass
class Rows:
    """Rows to be stored together, in an order that the references allow."""

    rows: list[Any] = field(default_factory=list)

    def add(self, row: R) -> R:
        """One more row, born now."""
        row.created_at = NOW  # type: ignore[attr-defined]
        self.rows.append(row)
        return row

    async def store(self, runtime: Runtime) -> None:
        """Write everything in one transaction."""
        async with runtime.sessions() as session:
            for table in METADATA.sorted_tables:
                session.add_all([row for row in self.rows if row.__tablename__ == table.name])
                await session.flush()
            await session.commit()


@dataclass
class Person:
    """An account with one sign-in, and perhaps a membership."""

    account: Account
    sign_in: SignIn
    link: TelegramLink
    notice: Notice
    membership: Membership | None = None


@dataclass
class Room:
    """A course with one open work, a draft, and a living invite code."""

    course: Course
    work: Work
    draft: Work
    invite: InviteCode
    code: str
    tasks: list[Task] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    materials: list[Material] = field(default_factory=list)
    items: list[BankItem] = field(default_factory=list)
    pictures: list[BankImage] = field(default_factory=list)

    def drawn(self, task: Task) -> Variant:
        """The variant that every attempt of the tests drew."""
        return next(row for row in self.variants if row.task_id == task.id)


@dataclass
class Paper:
    """Everything that one student has in a work."""

    attempt: Attempt
    submission: Submission
    assignments: list[Assignment] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)
    runs: list[ProviderRun] = field(default_factory=list)
    sets: list[TrainerSet] = field(default_factory=list)
    trained: list[TrainerTask] = field(default_factory=list)


def person(rows: Rows, name: str, **facts: Any) -> Person:
    """Somebody with a sign-in."""
    agreed = {f"{what}_at": NOW for what in ("consented", "terms_accepted", "privacy_accepted")}
    versions = {f"{what}_version": "1" for what in ("consent", "terms", "privacy")}
    account = rows.add(
        Account(
            username=name,
            full_name=f"PRIVATE-{name}-name",
            password_hash="SECRET-HASHED",
            **agreed,
            **versions,
            **facts,
        )
    )
    agent = f"PRIVATE-{name}-agent"
    sign_in = rows.add(SignIn(account_id=account.id, agent=agent, used_at=NOW, expires_at=NOW + timedelta(days=1)))
    facts = {"account_id": account.id, "telegram_id": next(CHATS)}
    link = rows.add(TelegramLink(**facts, name=f"PRIVATE-{name}-telegram"))
    about: dict[str, Any] = {"kind": NoticeKind.MARK, "subject_id": uuid4(), "about": NOW, "due_at": NOW}
    notice = rows.add(Notice(account_id=account.id, **about))
    return Person(account, sign_in, link, notice)


def chat() -> list[Any]:
    """What the bot remembers: an update, a file and an answer on their way."""
    where: dict[str, Any] = {"bot_id": BOT_ID, "chat_id": CHAT_ID}
    born: dict[str, Any] = {"created_at": NOW, **where}
    sent: dict[str, Any] = {"update_id": UPDATE_ID, "group": "album", "file": "PRIVATE-file", "filename": "a.jpg"}
    return [
        TelegramBot(id=BOT_ID, username="SECRET-bot", started_at=NOW),
        TelegramUpdate(**where, update_id=UPDATE_ID, received_at=NOW, dialogue={"state": None}),
        TelegramFile(id=FILE_ID, **born, **sent, locale=Locale.RU),
        TelegramAnswer(id=ANSWER_ID, **born, key="key", text="SECRET-answer"),
    ]


def member(rows: Rows, room: Room, who: Person, *roles: Role, status: MemberStatus = MemberStatus.ACTIVE) -> Person:
    """Let somebody into a course."""
    identity = {"value": f"PRIVATE-{who.account.username}-identity"}
    facts: dict[str, Any] = {"course_id": room.course.id, "account_id": who.account.id, "status": status}
    who.membership = rows.add(Membership(**facts, roles=[role.value for role in roles], identity=identity))
    if Role.TEACHER in roles:
        rows.add(Follow(course_id=room.course.id, work_id=room.work.id, account_id=who.account.id))
    return who


def room(rows: Rows, slug: str, auth: Any, *, size: int = 1, **facts: Any) -> Room:
    """A course of `size` works; the first has as many tasks, whose first has as many criteria and variants."""
    course = rows.add(Course(slug=slug, title=f"PLACE-{slug}", organization="ИТМО", **facts))
    code = f"{slug.upper()[:6]}-STUD-ABCD2345"
    invite = rows.add(InviteCode(course_id=course.id, role=Role.STUDENT, code_hash=keyed_hash(auth, code)))
    times: dict[str, Any] = {"starts_at": NOW - timedelta(hours=1), "ends_at": NOW + timedelta(hours=3)}
    common: dict[str, Any] = {"course_id": course.id, "kind": WorkKind.CONTROL, "duration_minutes": 60, **times}
    works = [rows.add(Work(**common, title=f"PLACE-{slug}-work-{n}", status=WorkStatus.ACTIVE)) for n in range(size)]
    draft = rows.add(Work(**common, title=f"SECRET-DRAFT-{slug}", status=WorkStatus.DRAFT))
    made = Room(course, works[0], draft, invite, code)
    for number in range(1, size + 1):
        _task(rows, made, number, size if number == 1 else 1)
    _shelf(rows, made, slug)
    return made


def _shelf(rows: Rows, room: Room, slug: str) -> None:
    """A material, and a source of the bank with one task that has a picture."""
    facts: dict[str, Any] = {"title": f"PLACE-{slug}-material", "filename": "a.pdf", "mime": "application/pdf"}
    room.materials.append(rows.add(Material(course_id=room.course.id, size=1, sha256="0" * 64, **facts)))
    source = rows.add(BankSource(slug=f"source-{slug}", title=f"PLACE-{slug}-source", imported_at=NOW))
    rows.add(CourseSource(course_id=room.course.id, source_id=source.id))
    place: dict[str, Any] = {"paragraph": "§ 1", "topic": "Масса"}
    section = rows.add(BankSection(source_id=source.id, number=1, theory="n = m/M", **place))
    keys: dict[str, Any] = {"number": "1.1", "number_key": "1", "paragraph_key": "1", "changed_at": NOW}
    item = BankItem(source_id=source.id, section_id=section.id, text="Задача", answer="SECRET-ANSWER", **place, **keys)
    room.items.append(rows.add(item))
    size: dict[str, Any] = {"size": 1, "width": 1, "height": 1, "sha256": "0" * 64, "key": f"bank/{uuid4().hex}.jpg"}
    room.pictures.append(rows.add(BankImage(source_id=source.id, item_id=item.id, number=1, filename="a.jpg", **size)))


def _task(rows: Rows, room: Room, number: int, size: int) -> None:
    place: dict[str, Any] = {"course_id": room.course.id, "work_id": room.work.id}
    task = rows.add(Task(**place, number=number, title=f"Task {number}", max_points=Decimal(999), tags=["вода"]))
    room.tasks.append(task)
    for n in range(1, size + 1):
        share = Decimal(999) / size
        facts: dict[str, Any] = {"name": f"Criterion {n}", "note": "SECRET-NOTE", "max_points": round(share, 2)}
        room.criteria.append(rows.add(Criterion(**place, task_id=task.id, number=n, **facts)))
    for n in range(1, size + 2):
        text = "Найдите массу воды" if n == 1 else "SECRET-OTHER-VARIANT"
        variant = Variant(
            **place,
            task_id=task.id,
            number=n,
            content=text,
            parameters={"n": text},
            reference_solution="SECRET-SOLUTION",
            reference_answer="SECRET-ANSWER",
            tolerance=TOLERANCE,
            units="SECRET-UNITS",
        )
        room.variants.append(rows.add(variant))
        name = "scheme.jpg" if n == 1 else "SECRET-OTHER-PICTURE.jpg"
        facts = {"filename": name, "size": 1, "width": 1, "height": 1, "key": f"courses/x/attachments/{uuid4().hex}"}
        for _ in range(size if n == 1 else 1):
            room.attachments.append(rows.add(Attachment(**place, variant_id=variant.id, **facts)))


def paper(rows: Rows, room: Room, who: Person, *, size: int = 1, **facts: Any) -> Paper:
    """A marked, not yet released attempt with `size` photos, read, reviewed, prechecked; `facts` of the submission."""
    name, student_id = who.account.username, who.account.id
    place: dict[str, Any] = {"course_id": room.course.id, "student_id": student_id}
    times = {"started_at": NOW - timedelta(minutes=30), "expires_at": NOW + timedelta(minutes=30), "submitted_at": NOW}
    attempt = rows.add(
        Attempt(
            **place,
            work_id=room.work.id,
            number=1,
            seed=1,
            draft={"text": f"PRIVATE-{name}-draft"},
            status=AttemptStatus.GRADED,
            **times,
        )
    )
    submission = rows.add(_submission({**place, "attempt_id": attempt.id, "work_id": room.work.id}, name, facts))
    made = Paper(attempt, submission)
    for task in room.tasks:
        drawn: dict[str, Any] = {"task_id": task.id, "variant_id": room.drawn(task).id, "number": task.number}
        made.assignments.append(rows.add(Assignment(**place, attempt_id=attempt.id, **drawn)))
    for number in range(1, size + 1):
        _photo(rows, made, {**place, "attempt_id": attempt.id}, number, name, size if number == 1 else 1)
    _scores(rows, room, made, {**place, "attempt_id": attempt.id}, size)
    # A classmate has no set, so that whatever they are told of the bank is somebody else's.
    if name != "classmate":
        _trainer(rows, room, made, place, name)
    return made


def _trainer(rows: Rows, room: Room, made: Paper, place: dict[str, Any], name: str) -> None:
    """A set with one task that was answered wrongly and comes again."""
    trainer_set = rows.add(TrainerSet(**place, kind=SetKind.NUMBERS, title=f"PRIVATE-{name}-set"))
    wrong: dict[str, Any] = {"tries": 1, "verdict": Answered.WRONG, "tried_at": NOW, "box": 1, "due_at": NOW}
    task = TrainerTask(**place, trainer_set_id=trainer_set.id, item_id=room.items[0].id, number=1, **wrong)
    facts: dict[str, Any] = {"text": f"PRIVATE-{name}-answer", "verdict": Answered.WRONG, "reason": "off"}
    made.sets.append(trainer_set)
    made.trained.append(rows.add(task))
    rows.add(TrainerAnswer(**place, trainer_task_id=task.id, number=1, **facts))


def _submission(place: dict[str, Any], name: str, facts: dict[str, Any]) -> Submission:
    state: dict[str, Any] = {
        "status": SubmissionStatus.APPROVED,
        "ocr_status": OcrStatus.REPORTED,
        "precheck_status": PrecheckStatus.COMPLETED,
        "max_points": Decimal(999),
        "ai_points": AI_POINTS,
        "ai_engine": "SECRET-AI-engine",
        "ai_feedback": "SECRET-AI-feedback",
        "final_points": MARK_POINTS,
        "feedback": "MARK-feedback",
        "flags": [{"flag": "review_timeout", "reason": "SECRET-FLAG"}],
        "review_summary": f"PRIVATE-{name}-summary",
        **facts,
    }
    return Submission(**place, **state)


def _photo(rows: Rows, paper: Paper, place: dict[str, Any], number: int, name: str, issues: int) -> None:
    facts: dict[str, Any] = {"filename": f"PRIVATE-{name}-page.jpg", "source": UploadSource.WEB, "size": 1}
    state: dict[str, Any] = {"status": PhotoStatus.READY, "failure": "SECRET-FAILURE", "sha256": f"{number}"}
    photo = rows.add(Photo(**place, work_id=paper.attempt.work_id, number=number, **facts, **state))
    paper.photos.append(photo)
    here = {**place, "photo_id": photo.id}
    text, corner = f"PRIVATE-{name}-text", [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
    block = {"id": "/page/0/Text/0", "type": "Text", "text": text, "polygon": corner, "confidence": 0.9}
    engine: dict[str, Any] = {"engine": "datalab", "model": "accurate"}
    rows.add(Reading(**here, number=1, markdown=text, text=text, blocks=[block], **engine))
    said: dict[str, Any] = {**here, "author_id": place["student_id"]}
    rows.add(Review(**said, verdict=Verdict.REPORTED))
    for n in range(1, issues + 1):
        rows.add(Issue(**said, number=n, block_id="/page/0/Text/0", suggestion=f"PRIVATE-{name}-issue"))
    run: dict[str, Any] = {"photo_id": photo.id, "kind": RunKind.OCR, "number": 1, "owner": uuid4(), **engine}
    paper.runs.append(rows.add(ProviderRun(**place, **run, outcome=RunOutcome.DONE, detail="SECRET-DETAIL")))


def _scores(rows: Rows, room: Room, paper: Paper, place: dict[str, Any], size: int) -> None:
    here: dict[str, Any] = {**place, "submission_id": paper.submission.id}
    photo = paper.photos[0].id if paper.photos else None
    for criterion in room.criteria:
        given: dict[str, Any] = {**here, "criterion_id": criterion.id, "photo_id": photo}
        ai: dict[str, Any] = {"source": ScoreSource.AI, "points": AI_SCORE, "comment": "SECRET-AI-comment"}
        rows.add(CriterionScore(**given, **ai, quote="SECRET-AI-quote", errors=["SECRET-AI-error"]))
        mark: dict[str, Any] = {"source": ScoreSource.TEACHER, "points": MARK_SCORE, "comment": "MARK-comment"}
        rows.add(CriterionScore(**given, **mark, quote="MARK-quote", errors=["MARK-error"]))
    for n in range(size):
        change: dict[str, Any] = {"source": ScoreSource.TEACHER, "before": AI_POINTS, "after": MARK_POINTS}
        author = {"author_id": place["student_id"], "criterion_id": room.criteria[n % len(room.criteria)].id}
        rows.add(ScoreChange(**here, **change, **author, reason="SECRET-REASON"))
        run: dict[str, Any] = {"kind": RunKind.PRECHECK, "engine": "openai", "model": "SECRET-MODEL", "number": n + 1}
        said = {"answer": "SECRET-RAW", "prompt_hash": "SECRET-HASH", "evidence": [{"quote": "SECRET-EVIDENCE"}]}
        paper.runs.append(rows.add(ProviderRun(**place, **run, **said, owner=uuid4(), outcome=RunOutcome.DONE)))
