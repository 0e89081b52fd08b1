"""The review of what was read: page by page, then as a whole; by the student, a teacher, or the clock."""

from datetime import timedelta
from typing import Any

import pytest

from picrete_gql.models import (
    Attempt,
    Decision,
    OcrStatus,
    PrecheckStatus,
    Severity,
    SubmissionStatus,
    Verdict,
    Work,
    WorkKind,
)
from picrete_gql.problems import Code, Conflict, Invalid, NotFound, Problem
from picrete_gql.resolvers import pages, photos, reviews
from picrete_gql.rules.readings import IssueDraft, IssuesMissing, TooManyIssues
from picrete_gql.rules.submissions import DecisionContradicts, ReviewIncomplete
from tests.attempts.steps import (
    TEACHER,
    at_once,
    class_of,
    finalised,
    handed_in,
    happened,
    pages_of,
    read,
    submission_of,
)
from tests.servers.datalab import DatalabServer
from tests.support.world import World

BLOCK = "/page/0/Handwriting/1"


def issue(**facts: Any) -> IssueDraft:
    """An issue as a page sends it: by default a block and what should stand there."""
    plain: dict[str, Any] = {"block_id": BLOCK, "polygon": None, "original": "", "suggestion": "2H2O", "note": ""}
    return IssueDraft(**{**plain, "severity": Severity.MAJOR, **facts})


async def in_review(world: World, pages: int = 1, **work: Any) -> tuple[Work, Attempt]:
    """An attempt whose pages wait for their review."""
    _, made = await class_of(world, "ada", "bob", **work)
    return made, await read(world, "ada", made, pages)


async def test_every_page_must_be_looked_at_before_the_end(world: World) -> None:
    _, attempt = await in_review(world, pages=3)
    ada = await world.person("ada")
    pages = await pages_of(world, attempt.id)
    await reviews.approve_page(ada, pages[1].id)
    with pytest.raises(ReviewIncomplete) as left:
        await reviews.finalise(ada, attempt.id, Decision.SUBMIT, "")
    assert (left.value.code, left.value.pages) == (Code.REVIEW_INCOMPLETE, [1, 3])
    for page in (pages[0], pages[2]):
        await reviews.approve_page(ada, page.id)
    done = await reviews.finalise(ada, attempt.id, Decision.SUBMIT, "")
    assert (done.status, done.ocr_status) == (SubmissionStatus.PROCESSING, OcrStatus.VALIDATED)
    assert (done.precheck_status, done.review_deadline) == (PrecheckStatus.QUEUED, None)


@pytest.mark.parametrize(
    ("verdicts", "decision", "summary", "good"),
    [
        ("aa", Decision.SUBMIT, "", True),
        ("aa", Decision.REPORT, "why", False),
        ("ar", Decision.SUBMIT, "", False),
        ("ar", Decision.REPORT, "", False),
        ("ar", Decision.REPORT, "   ", False),
        ("ar", Decision.REPORT, "the second page", True),
        ("rr", Decision.REPORT, "both", True),
    ],
)
async def test_the_decision_must_fit_the_pages(
    world: World, verdicts: str, decision: Decision, summary: str, good: bool
) -> None:
    _, attempt = await in_review(world, pages=2)
    ada = await world.person("ada")
    for page, verdict in zip(await pages_of(world, attempt.id), verdicts, strict=True):
        if verdict == "a":
            await reviews.approve_page(ada, page.id)
        else:
            await reviews.report_page(ada, page.id, [issue()])
    if not good:
        with pytest.raises(DecisionContradicts) as wrong:
            await reviews.finalise(ada, attempt.id, decision, summary)
        assert wrong.value.code is Code.INVALID_INPUT
        assert (await submission_of(world, attempt.id)).ocr_status is OcrStatus.IN_REVIEW
        return
    done = await reviews.finalise(ada, attempt.id, decision, summary)
    assert done.ocr_status is (OcrStatus.REPORTED if "r" in verdicts else OcrStatus.VALIDATED)
    assert done.review_summary == summary


async def test_the_last_word_on_a_page_stands(world: World) -> None:
    _, attempt = await in_review(world)
    ada = await world.person("ada")
    [page] = await pages_of(world, attempt.id)
    await reviews.report_page(ada, page.id, [issue(), issue(block_id=None, polygon=[[0, 0], [1, 1]], note="?")])
    await reviews.report_page(ada, page.id, [issue(suggestion="3H2O", severity=Severity.CRITICAL)])
    [[kept]] = await reviews.issues_of_photos(ada, [page.id])
    assert (kept.number, kept.suggestion, kept.severity) == (1, "3H2O", Severity.CRITICAL)
    assert kept.original == "2H2 + O2 = 2H2O", "what stands in the block"
    await reviews.approve_page(ada, page.id)
    assert await reviews.issues_of_photos(ada, [page.id]) == [[]]
    [review] = await reviews.of_photos(ada, [page.id])
    assert review is not None and review.verdict is Verdict.APPROVED
    await reviews.report_page(ada, page.id, [issue()])
    [review] = await reviews.of_photos(ada, [page.id])
    assert review is not None and review.verdict is Verdict.REPORTED


@pytest.mark.parametrize(
    "wrong",
    [
        {"block_id": None},
        {"polygon": [[0, 0], [1, 1]]},
        {"block_id": "/page/0/Handwriting/99"},
        {"block_id": ""},
        {"block_id": None, "polygon": []},
        {"block_id": None, "polygon": [[0.5, 0.5]]},
        {"block_id": None, "polygon": [[0, 0], [1, 1, 1]]},
        {"block_id": None, "polygon": [[0, 0], [1.01, 1]]},
        {"block_id": None, "polygon": [[0, 0], [-0.01, 1]]},
        {"block_id": None, "polygon": [[0, 0], [float("nan"), 1]]},
        {"block_id": None, "polygon": [[0.1, 0.1]] * 33},
        {"suggestion": "", "note": ""},
        {"suggestion": "  "},
        {"suggestion": "x" * 20_001},
        {"note": "a\0b"},
    ],
    ids=lambda wrong: str(wrong)[:60],
)
async def test_an_issue_needs_a_place_and_a_sense(world: World, wrong: dict[str, Any]) -> None:
    _, attempt = await in_review(world)
    ada = await world.person("ada")
    [page] = await pages_of(world, attempt.id)
    with pytest.raises(Invalid) as refused:
        await reviews.report_page(ada, page.id, [issue(), issue(**wrong)])
    assert refused.value.field.startswith("issues.")
    assert await reviews.issues_of_photos(ada, [page.id]) == [[]], "all or nothing"
    assert await reviews.of_photos(ada, [page.id]) == [None]


async def test_a_page_has_at_least_one_and_at_most_fifty_issues(world: World) -> None:
    _, attempt = await in_review(world)
    ada = await world.person("ada")
    [page] = await pages_of(world, attempt.id)
    with pytest.raises(IssuesMissing):
        await reviews.report_page(ada, page.id, [])
    with pytest.raises(TooManyIssues) as many:
        await reviews.report_page(ada, page.id, [issue()] * 51)
    assert many.value.limit == 50
    await reviews.report_page(ada, page.id, [issue()] * 50)
    [kept] = await reviews.issues_of_photos(ada, [page.id])
    assert [one.number for one in kept] == list(range(1, 51))


async def test_there_is_nothing_to_review_before_the_reading_or_after_the_end(world: World) -> None:
    _, work = await class_of(world, "ada", "bob")
    attempt = await handed_in(world, "ada", work)
    ada = await world.person("ada")
    [page] = await pages_of(world, attempt.id)

    async def all_refused(problem: type[Problem]) -> None:
        for call in (
            reviews.approve_page(ada, page.id),
            reviews.report_page(ada, page.id, [issue()]),
            reviews.finalise(ada, attempt.id, Decision.SUBMIT, ""),
        ):
            with pytest.raises(problem):
                await call

    await all_refused(Conflict)
    await world.jobs()
    for name in ("bob", "stranger"):
        with pytest.raises(NotFound):
            await reviews.approve_page(await world.person(name), page.id)
        with pytest.raises(NotFound):
            await reviews.finalise(await world.person(name), attempt.id, Decision.SUBMIT, "")
    await finalised(world, "ada", attempt)
    await all_refused(Conflict)


async def test_a_teacher_may_take_the_review_over(world: World) -> None:
    _, attempt = await in_review(world, pages=2)
    ada, teacher = await world.person("ada"), await world.person(TEACHER)
    first, second = await pages_of(world, attempt.id)
    await reviews.approve_page(ada, first.id)
    await reviews.report_page(teacher, second.id, [issue(note="a smudge")])
    done = await reviews.finalise(teacher, attempt.id, Decision.REPORT, "the second page")
    assert done.ocr_status is OcrStatus.REPORTED
    [mine, theirs] = await reviews.of_photos(teacher, [first.id, second.id])
    assert mine is not None and mine.author_id == ada.actor.account_id
    assert theirs is not None and theirs.author_id == teacher.actor.account_id


async def test_two_who_finalise_at_once_end_it_once(world: World) -> None:
    _, attempt = await in_review(world)
    ada, teacher = await world.person("ada"), await world.person(TEACHER)
    [page] = await pages_of(world, attempt.id)
    await reviews.approve_page(ada, page.id)
    results = await at_once(
        reviews.finalise(who, attempt.id, Decision.SUBMIT, "") for who in (ada, teacher, ada, teacher)
    )
    assert sum(isinstance(result, Conflict) for result in results) == 3
    assert await happened(world, "grade.queued") == ["grade.queued"]


@pytest.mark.parametrize(("kind", "minutes"), [(WorkKind.CONTROL, 120), (WorkKind.HOMEWORK, 1440)])
async def test_the_clock_ends_a_review_that_nobody_ends(world: World, kind: WorkKind, minutes: int) -> None:
    duration = 60 if kind is WorkKind.CONTROL else None
    _, attempt = await in_review(world, kind=kind, duration_minutes=duration)
    found = await submission_of(world, attempt.id)
    assert found.review_deadline is not None
    left = found.review_deadline - world.clock()
    assert timedelta(minutes=minutes - 1) < left <= timedelta(minutes=minutes)
    world.clock.shift += left - timedelta(seconds=30)
    assert await reviews.time_out(world.system) == 0
    world.clock.forward(seconds=31)
    assert sorted(await at_once([reviews.time_out(world.system), reviews.time_out(world.system)])) == [0, 1]
    assert await reviews.time_out(world.system) == 0
    ended = await submission_of(world, attempt.id)
    assert (ended.status, ended.ocr_status) == (SubmissionStatus.PROCESSING, OcrStatus.VALIDATED)
    assert [flag["flag"] for flag in ended.flags] == ["review_timeout"]
    await world.jobs()
    assert (await submission_of(world, attempt.id)).status is SubmissionStatus.PRELIMINARY
    with pytest.raises(Conflict):
        await reviews.finalise(await world.person("ada"), attempt.id, Decision.SUBMIT, "")


async def test_without_a_precheck_the_end_of_the_review_is_the_end(world: World) -> None:
    _, attempt = await in_review(world, precheck=False)
    done = await finalised(world, "ada", attempt)
    assert (done.status, done.precheck_status) == (SubmissionStatus.PRELIMINARY, PrecheckStatus.SKIPPED)
    assert await happened(world, "grade.queued") == []


async def test_without_ocr_the_pages_go_straight_to_the_teacher(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada", ocr=False, precheck=False)
    attempt = await handed_in(world, "ada", work, pages=2)
    await world.jobs()
    found = await submission_of(world, attempt.id)
    assert (found.status, found.ocr_status) == (SubmissionStatus.PRELIMINARY, OcrStatus.NOT_REQUIRED)
    assert found.ai_points is None and found.flags == [] and ocr.requests == 0
    with pytest.raises(Conflict):
        await finalised(world, "ada", attempt)


async def test_corrections_survive_a_new_reading_and_the_old_one_stays(world: World, ocr: DatalabServer) -> None:
    _, attempt = await in_review(world, pages=2)
    ada, teacher = await world.person("ada"), await world.person(TEACHER)
    first, second = await pages_of(world, attempt.id)
    await reviews.report_page(ada, first.id, [issue(original="2H2O", suggestion="2H₂O")])
    await reviews.approve_page(ada, second.id)
    ocr.texts["*"] = "quite another text"
    for page in (first, second):
        with pytest.raises(NotFound):
            await pages.read_again(ada, page.id)
    await pages.read_again(teacher, first.id)
    with pytest.raises(Conflict):
        await pages.read_again(teacher, first.id)
    assert (await submission_of(world, attempt.id)).ocr_status is OcrStatus.PROCESSING
    await world.jobs()
    found = await submission_of(world, attempt.id)
    assert found.ocr_status is OcrStatus.IN_REVIEW and found.review_deadline is not None
    await pages.read_again(teacher, second.id)
    await world.jobs()
    after = await pages.of_photos(ada, [first.id, second.id])
    assert [reading and (reading.number, reading.text) for reading in after] == [(2, "quite another text")] * 2
    [[kept], none] = await reviews.issues_of_photos(ada, [first.id, second.id])
    assert (kept.block_id, kept.original, kept.suggestion, none) == (BLOCK, "2H2O", "2H₂O", [])
    verdicts = await reviews.of_photos(ada, [first.id, second.id])
    assert [review and review.verdict for review in verdicts] == [Verdict.REPORTED, None], "the approval fell"
    assert ocr.submits == 4


async def test_a_failed_page_can_be_read_again(world: World, ocr: DatalabServer) -> None:
    _, work = await class_of(world, "ada")
    ocr.script(["complete_failed", "complete_failed"])
    attempt = await read(world, "ada", work, pages=3)
    assert (await submission_of(world, attempt.id)).status is SubmissionStatus.FLAGGED
    failed = next(page for page in await pages_of(world, attempt.id) if page.failure)
    await pages.read_again(await world.person(TEACHER), failed.id)
    await world.jobs()
    found = await submission_of(world, attempt.id)
    assert (found.status, found.ocr_status, found.flags) == (SubmissionStatus.UPLOADED, OcrStatus.IN_REVIEW, [])
    assert (await photos.get(world.system, failed.id)).failure == ""
    assert ocr.submits == 5, "both failed pages again, the good one not"
    await finalised(world, "ada", attempt)
    await world.jobs()
    assert (await submission_of(world, attempt.id)).status is SubmissionStatus.PRELIMINARY
