"""What attempts handed in, and how far it has come."""

from datetime import datetime
from decimal import Decimal

from picrete_gql import models
from picrete_gql.resolvers import attempts, submissions

from ._ids import Node, node
from ._words import Info, batch, described, enum, extends, field, row, says
from .attempts import Attempt

enum(
    models.OcrStatus,
    pending="Not begun.",
    not_required="Nothing is to be read.",
    processing="Pages are being read.",
    in_review="All pages are read and wait for their review.",
    validated="The review is done.",
    reported="The review is done, with issues.",
    failed="A page could not be read.",
)
enum(
    models.PrecheckStatus,
    skipped="None is wanted, or not yet.",
    queued="Waiting for a worker.",
    processing="At work.",
    completed="Points are proposed.",
    failed="It failed; a teacher must look.",
)
enum(
    models.Flag,
    empty="No photo was handed in.",
    ocr_failed="A page could not be read.",
    precheck_failed="The precheck failed.",
    unreadable="The solution cannot be read.",
    review_timeout="The review was ended by its deadline.",
)


@described
class FlagReason:
    """Why a human should look."""

    flag: models.Flag = says("What it is.")
    reason: str = says("More about it.")


@row(models.Submission)
class Submission(Node):
    """What an attempt handed in, and how far it has come."""

    status: models.SubmissionStatus = says("Where the whole stands.")
    ocr_status: models.OcrStatus = says("Where reading and review stand.")
    precheck_status: models.PrecheckStatus = says("Where the precheck stands.")
    max_points: Decimal = says("The most points it can get.")
    review_deadline: datetime | None = says("Until when the reading may be reviewed.")
    review_summary: str = says("What the student said when reporting issues.")
    released_at: datetime | None = says("When the mark was released.")
    version: int = says("Grows with every change; marks are given against it.")

    @field(submissions.flags, key="id")
    async def flags(self, info: Info) -> list[FlagReason] | None:
        found = await batch(info, submissions.flags, self.id)
        return found and [FlagReason(flag=models.Flag(item["flag"]), reason=item["reason"]) for item in found]

    @field(attempts.of_ids, key="attempt_id", description="The attempt that handed it in.")
    async def attempt(self, info: Info) -> Attempt | None:
        return await batch(info, attempts.of_ids, self.attempt_id)


@extends(Attempt)
class _:
    @field(submissions.of_attempts, key="id")
    async def submission(self, info: Info) -> Submission | None:
        return await batch(info, submissions.of_attempts, self.id)


node("submission", submissions.get)
