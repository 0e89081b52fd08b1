"""Marks, proposals, their history, and what the providers cost."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from picrete_gql import models
from picrete_gql.resolvers import accounts, grades, tasks

from ._ids import named, parse, sql_named
from ._payloads import Payload
from ._words import Info, argument, asked, batch, computed, described, enum, extends, field, mutation, row, says
from .accounts import Person, person
from .attempts import Attempt
from .submissions import Submission
from .tasks import Criterion

enum(models.ScoreSource, ai="The precheck.", teacher="A teacher.")
enum(models.RunKind, ocr="Reading a page.", precheck="Prechecking a submission.")
enum(
    models.RunOutcome,
    running="Not known yet.",
    done="It did what it should.",
    inadmissible="The answer broke the contract.",
    unavailable="No answer; tried again later.",
    refused="Refused for good.",
    superseded="A human's mark came first.",
    lost="Its worker died.",
)


@row(models.CriterionScore)
class CriterionScore:
    """Points for one criterion, with what they rest on."""

    points: Decimal = says("The points.")
    comment: str = says("Why.")
    quote: str | None = says("What on the page shows it.")
    block_id: strawberry.ID | None = says("The block where the quote stands.")
    errors: list[str] = says("Mistakes found.")

    @field(tasks.criteria_of_ids, key="criterion_id")
    async def criterion(self, info: Info) -> Criterion | None:
        return await batch(info, tasks.criteria_of_ids, self.criterion_id)

    @computed("The photo where the quote stands.", lambda row: sql_named("photo", row.photo_id))
    def photo_id(self) -> strawberry.ID | None:
        return named("photo", self.photo_id)


@row(models.Submission)
class Grade:
    """A teacher's mark."""

    final_points: Decimal | None = says("The points; null when it was rejected.")
    feedback: str = says("What the teacher says.")

    @field(grades.scores_of_submissions, key="id")
    async def scores(self, info: Info) -> list[CriterionScore]:
        return await batch(info, grades.scores_of_submissions, self.id)


@row(models.Submission)
class Proposal:
    """What the precheck proposes; for teachers."""

    @computed("The proposed points.", lambda row: row.ai_points)
    def points(self) -> Decimal:
        return self.ai_points

    @computed("Who proposed it: a model, or `rules` for the deterministic checks alone.", lambda row: row.ai_engine)
    def engine(self) -> str | None:
        return self.ai_engine

    @computed("What it would say to the student.", lambda row: row.ai_feedback)
    def feedback(self) -> str:
        return self.ai_feedback

    @field(grades.proposed_scores_of_submissions, key="id")
    async def scores(self, info: Info) -> list[CriterionScore]:
        return await batch(info, grades.proposed_scores_of_submissions, self.id)


@row(models.ScoreChange)
class ScoreChange:
    """One change of a mark, or of the points for one criterion."""

    source: models.ScoreSource = says("Who changed it.")
    before: Decimal | None = says("The points before.")
    after: Decimal | None = says("The points after.")
    reason: str = says("Why.")
    created_at: datetime = says("When.")

    @field(
        grades.history_of_submissions,
        reads=accounts.of_people,
        key="author_id",
        description="Which person, if it was one.",
    )
    async def author(self, info: Info) -> Person | None:
        return self.author_id and await person(info, self.author_id)

    @field(
        grades.history_of_submissions,
        reads=tasks.criteria_of_ids,
        key="criterion_id",
        description="Which criterion; null for the whole mark.",
    )
    async def criterion(self, info: Info) -> Criterion | None:
        return self.criterion_id and await batch(info, tasks.criteria_of_ids, self.criterion_id)


@row(models.ProviderRun)
class ProviderRun:
    """One question to an outside provider, or to an engine on this machine."""

    kind: models.RunKind = says("What it was asked for.")
    engine: str = says("Who was asked.")
    model: str = says("Which model.")
    number: int = says("Which question of this kind it was, from 1.")
    outcome: models.RunOutcome = says("How it ended.")
    detail: str = says("What the provider said, when it failed.")
    input_tokens: int = says("Tokens sent.")
    output_tokens: int = says("Tokens received.")
    cost: Decimal = says("US dollars.")
    latency: float | None = says("Seconds.")
    prompt_hash: str | None = says("SHA-256 of the question.")
    created_at: datetime = says("When it was asked.")


@extends(Submission)
class _:
    @field(grades.of_submissions, key="id")
    async def grade(self, info: Info) -> Grade | None:
        return await batch(info, grades.of_submissions, self.id)

    @field(grades.proposals_of_submissions, key="id")
    async def proposal(self, info: Info) -> Proposal | None:
        return await batch(info, grades.proposals_of_submissions, self.id)

    @field(grades.history_of_submissions, key="id")
    async def history(self, info: Info) -> list[ScoreChange] | None:
        return await batch(info, grades.history_of_submissions, self.id)


@extends(Attempt)
class _OfAttempt:
    @field(grades.runs_of_attempts, key="id")
    async def provider_runs(self, info: Info) -> list[ProviderRun] | None:
        return await batch(info, grades.runs_of_attempts, self.id)


@asked
class GradeApproveInput:
    """Make the proposed points the mark."""

    submission_id: strawberry.ID = says("The submission.")
    version: int = says("The version that you saw.")


@asked
class ScoreInput:
    """Your points for one criterion."""

    criterion_id: strawberry.ID = says("The criterion.")
    points: Decimal = says("0 to the criterion's points.")
    comment: str = strawberry.field(default="", description="Why.")


@asked
class GradeOverrideInput:
    """Your own points."""

    submission_id: strawberry.ID = says("The submission.")
    version: int = says("The version that you saw.")
    points: Decimal = says("0 to the submission's points, at most two decimals.")
    comment: str = says("What the student will read.")
    scores: list[ScoreInput] = strawberry.field(default_factory=list, description="All criteria once, or none.")


@asked
class GradeRejectInput:
    """Reject a submission."""

    submission_id: strawberry.ID = says("The submission.")
    version: int = says("The version that you saw.")
    reason: str = says("What the student will read.")


@asked
class PrecheckAgainInput:
    """A new precheck."""

    submission_id: strawberry.ID = says("The submission.")
    version: int = says("The version that you saw.")


@described
class GradeApprovePayload(Payload):
    """The answer to `gradeApprove`."""

    submission: Submission | None = strawberry.field(default=None, description="The marked submission.")


@described
class GradeOverridePayload(Payload):
    """The answer to `gradeOverride`."""

    submission: Submission | None = strawberry.field(default=None, description="The marked submission.")


@described
class GradeRejectPayload(Payload):
    """The answer to `gradeReject`."""

    submission: Submission | None = strawberry.field(default=None, description="The rejected submission.")


@described
class PrecheckAgainPayload(Payload):
    """The answer to `precheckAgain`."""

    submission: Submission | None = strawberry.field(default=None, description="The submission, waiting again.")


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(grades.approve)
    async def grade_approve(
        self, info: Info, input: Annotated[GradeApproveInput, argument("The submission.")]
    ) -> GradeApprovePayload | None:
        id = parse("submission", input.submission_id, "submissionId")
        return GradeApprovePayload(submission=await grades.approve(info.context, id, input.version))

    @mutation(grades.override)
    async def grade_override(
        self, info: Info, input: Annotated[GradeOverrideInput, argument("Your points.")]
    ) -> GradeOverridePayload | None:
        id = parse("submission", input.submission_id, "submissionId")
        marks = {
            parse("criterion", score.criterion_id, "criterionId"): grades.Mark(score.points, score.comment)
            for score in input.scores
        }
        if len(marks) != len(input.scores):
            raise grades.scored_twice()
        done = await grades.override(info.context, id, input.version, input.points, input.comment, marks)
        return GradeOverridePayload(submission=done)

    @mutation(grades.reject)
    async def grade_reject(
        self, info: Info, input: Annotated[GradeRejectInput, argument("Why.")]
    ) -> GradeRejectPayload | None:
        id = parse("submission", input.submission_id, "submissionId")
        return GradeRejectPayload(submission=await grades.reject(info.context, id, input.version, input.reason))

    @mutation(grades.precheck_again)
    async def precheck_again(
        self, info: Info, input: Annotated[PrecheckAgainInput, argument("The submission.")]
    ) -> PrecheckAgainPayload | None:
        id = parse("submission", input.submission_id, "submissionId")
        return PrecheckAgainPayload(submission=await grades.precheck_again(info.context, id, input.version))
