"""What is said about a mark: a student asks or withdraws, both sides talk, a teacher answers."""

from decimal import Decimal
from typing import Annotated

import strawberry

from picrete_gql.resolvers import regrades, regrades_answering
from picrete_gql.rules.regrades import Anchor, Ruling

from ._ids import parse
from ._payloads import Payload
from ._words import Info, argument, asked, described, id_input, mutation, says
from .regrades import Regrade
from .works import Work


@asked
class RegradeAnchorInput:
    """The place that a request points at: a page, a block of it, or a polygon on it."""

    photo_id: strawberry.ID = says("The photo.")
    block_id: strawberry.ID | None = strawberry.field(default=None, description="A block of its latest reading.")
    polygon: list[list[float]] | None = strawberry.field(
        default=None, description="2–32 points [x, y] in 0..1 of the upright photo; two points are a box."
    )


@asked
class RegradeAskInput:
    """Another look at one criterion of your mark."""

    submission_id: strawberry.ID = says("The submission.")
    criterion_id: strawberry.ID = says("The criterion.")
    text: str = says("Why, 1–2000 characters.")
    anchor: RegradeAnchorInput | None = strawberry.field(default=None, description="Where to look.")


RegradeWithdrawInput = id_input("RegradeWithdrawInput", "request")


@asked
class RegradeSayInput:
    """A message for the thread of an open request."""

    id: strawberry.ID = says("The request.")
    text: str = says("1–2000 characters.")


@asked
class RegradeAnswerInput:
    """The answer to a request. Without points the mark stays as it is."""

    id: strawberry.ID = says("The request.")
    version: int = says("The version of the submission that you saw.")
    text: str = says("What the student will read, 1–2000 characters.")
    points: Decimal | None = strawberry.field(
        default=None, description="New points of the criterion; the mark becomes the sum of its criteria."
    )
    comment: str | None = strawberry.field(
        default=None, description="In the place of the comment beside the criterion's points; only with `points`."
    )
    final_points: Decimal | None = strawberry.field(
        default=None, description="New points of the whole, where the mark has none by criterion or was a rejection."
    )


@asked
class RegradesAllowInput:
    """Whether a work takes requests."""

    work_id: strawberry.ID = says("The work.")
    allowed: bool = says("True: they are taken. False: no new ones.")


@described
class RegradeAskPayload(Payload):
    """The answer to `regradeAsk`."""

    regrade: Regrade | None = strawberry.field(default=None, description="The open request.")


@described
class RegradeWithdrawPayload(Payload):
    """The answer to `regradeWithdraw`."""

    regrade: Regrade | None = strawberry.field(default=None, description="The withdrawn request.")


@described
class RegradeSayPayload(Payload):
    """The answer to `regradeSay`."""

    regrade: Regrade | None = strawberry.field(default=None, description="The request with its thread.")


@described
class RegradeAnswerPayload(Payload):
    """The answer to `regradeAnswer`."""

    regrade: Regrade | None = strawberry.field(default=None, description="The answered request.")


@described
class RegradesAllowPayload(Payload):
    """The answer to `regradesAllow`."""

    work: Work | None = strawberry.field(default=None, description="The work.")


def anchor_of(given: RegradeAnchorInput | None) -> Anchor | None:
    """The place as the resolvers take it."""
    return given and Anchor(parse("photo", given.photo_id, "anchor.photoId"), given.block_id, given.polygon)


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(regrades.ask)
    async def regrade_ask(
        self, info: Info, input: Annotated[RegradeAskInput, argument("What to look at.")]
    ) -> RegradeAskPayload | None:
        submission = parse("submission", input.submission_id, "submissionId")
        criterion = parse("criterion", input.criterion_id, "criterionId")
        made = await regrades.ask(info.context, submission, criterion, input.text, anchor_of(input.anchor))
        return RegradeAskPayload(regrade=made)

    @mutation(regrades.withdraw)
    async def regrade_withdraw(
        self, info: Info, input: Annotated[RegradeWithdrawInput, argument("The request.")]
    ) -> RegradeWithdrawPayload | None:
        return RegradeWithdrawPayload(regrade=await regrades.withdraw(info.context, parse("regrade", input.id)))

    @mutation(regrades.say)
    async def regrade_say(
        self, info: Info, input: Annotated[RegradeSayInput, argument("The message.")]
    ) -> RegradeSayPayload | None:
        return RegradeSayPayload(regrade=await regrades.say(info.context, parse("regrade", input.id), input.text))

    @mutation(regrades_answering.answer)
    async def regrade_answer(
        self, info: Info, input: Annotated[RegradeAnswerInput, argument("The answer.")]
    ) -> RegradeAnswerPayload | None:
        ruling = Ruling(input.points, input.final_points, input.comment)
        id = parse("regrade", input.id)
        done = await regrades_answering.answer(info.context, id, input.version, input.text, ruling)
        return RegradeAnswerPayload(regrade=done)

    @mutation(regrades.allow)
    async def regrades_allow(
        self, info: Info, input: Annotated[RegradesAllowInput, argument("Which work.")]
    ) -> RegradesAllowPayload | None:
        work = parse("work", input.work_id, "workId")
        return RegradesAllowPayload(work=await regrades.allow(info.context, work, allowed=input.allowed))
