"""The review of what was read."""

from typing import Annotated

import strawberry

from picrete_gql import models
from picrete_gql.resolvers import reviews
from picrete_gql.rules.readings import IssueDraft

from ._ids import parse
from ._payloads import Payload
from ._words import Info, argument, asked, batch, described, enum, extends, field, id_input, mutation, row, says
from .photos import Photo
from .submissions import Submission

enum(models.Verdict, approved="Read rightly.", reported="Something was read wrongly.")
enum(models.Severity, minor="Hardly matters.", major="Matters; the default.", critical="Changes the solution.")
enum(models.Decision, submit="Everything was read rightly.", report="Some pages have issues.")


@row(models.Review)
class Review:
    """What a person said of a page's reading."""

    verdict: models.Verdict = says("Right, or with issues.")


@row(models.Issue)
class Issue:
    """One thing that was read wrongly."""

    number: int = says("Its place on the page, from 1.")
    block_id: strawberry.ID | None = says("The block it is about; null when it is anchored to a place.")
    polygon: list[list[float]] | None = says("The place on the photo, points [x, y] in 0..1.")
    original: str = says("What was read.")
    suggestion: str = says("What it should be.")
    note: str = says("A remark.")
    severity: models.Severity = says("How much it matters.")


@extends(Photo)
class _:
    @field(reviews.of_photos, key="id")
    async def review(self, info: Info) -> Review | None:
        return await batch(info, reviews.of_photos, self.id)

    @field(reviews.issues_of_photos, key="id")
    async def issues(self, info: Info) -> list[Issue]:
        return await batch(info, reviews.issues_of_photos, self.id)


PageApproveInput = id_input("PageApproveInput", "photo")


@asked
class IssueInput:
    """One thing that was read wrongly: anchored to a block or to a place, with a suggestion or a note."""

    block_id: strawberry.ID | None = strawberry.field(default=None, description="The block.")
    polygon: list[list[float]] | None = strawberry.field(
        default=None, description="2–32 points [x, y] in 0..1 of the upright photo; two points are a box."
    )
    original: str = strawberry.field(default="", description="What was read; by default the block's text.")
    suggestion: str = strawberry.field(default="", description="What it should be.")
    note: str = strawberry.field(default="", description="A remark.")
    severity: models.Severity = strawberry.field(default=models.Severity.MAJOR, description="How much it matters.")


@asked
class PageReportInput:
    """What was read wrongly on a page; replaces what was reported before."""

    id: strawberry.ID = says("The photo.")
    issues: list[IssueInput] = says("At least one.")


@asked
class ReviewFinaliseInput:
    """The end of an attempt's review."""

    attempt_id: strawberry.ID = says("The attempt.")
    decision: models.Decision = says("SUBMIT without issues, REPORT with them.")
    summary: str = strawberry.field(default="", description="Needed for REPORT: what is wrong on the whole.")


@described
class PageApprovePayload(Payload):
    """The answer to `pageApprove`."""

    photo: Photo | None = strawberry.field(default=None, description="The page.")


@described
class PageReportPayload(Payload):
    """The answer to `pageReport`."""

    photo: Photo | None = strawberry.field(default=None, description="The page with its issues.")


@described
class ReviewFinalisePayload(Payload):
    """The answer to `reviewFinalise`."""

    submission: Submission | None = strawberry.field(default=None, description="The submission after it.")


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(reviews.approve_page)
    async def page_approve(
        self, info: Info, input: Annotated[PageApproveInput, argument("The page.")]
    ) -> PageApprovePayload | None:
        return PageApprovePayload(photo=await reviews.approve_page(info.context, parse("photo", input.id)))

    @mutation(reviews.report_page)
    async def page_report(
        self, info: Info, input: Annotated[PageReportInput, argument("The issues.")]
    ) -> PageReportPayload | None:
        drafts = [IssueDraft(**vars(issue)) for issue in input.issues]
        return PageReportPayload(photo=await reviews.report_page(info.context, parse("photo", input.id), drafts))

    @mutation(reviews.finalise)
    async def review_finalise(
        self, info: Info, input: Annotated[ReviewFinaliseInput, argument("The decision.")]
    ) -> ReviewFinalisePayload | None:
        attempt = parse("attempt", input.attempt_id, "attemptId")
        done = await reviews.finalise(info.context, attempt, input.decision, input.summary)
        return ReviewFinalisePayload(submission=done)
