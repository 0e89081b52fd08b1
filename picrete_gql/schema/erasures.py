"""Being forgotten."""

from datetime import datetime
from typing import Annotated

import strawberry

from picrete_gql import models
from picrete_gql.resolvers import erasures
from picrete_gql.rules.erasures import Wait

from ._ids import Node, node, parse
from ._payloads import Payload
from ._words import Info, argument, asked, batch, described, enum, extends, field, id_input, mutation, row, says
from .accounts import Account

enum(
    Wait,
    "ErasureWait",
    attempt="A work is open: its deadline hands it in.",
    processing="A paper of the person is being read or prechecked.",
    hold="A work that the person took part in is on hold.",
    last_admin="The person is the last active platform administrator.",
)


@row(models.Erasure)
class Erasure(Node):
    """A request to be erased."""

    created_at: datetime = says("When it was asked for.")
    erase_at: datetime = says("Until then it can be taken back; then it is carried out.")
    cancelled_at: datetime | None = says("When it was taken back.")
    done_at: datetime | None = says("When it was carried out.")

    @strawberry.field(description="Whether an administrator asked for it, and not the person.")
    def by_admin(self) -> bool:
        return self.asked_by != self.account_id

    @field(erasures.waits)
    async def waits_for(self, info: Info) -> list[Wait] | None:
        return await batch(info, erasures.waits, self.id)


@extends(Account)
class _OfAccount:
    erased_at: datetime | None = says("When the person's data were erased; the account is then only a number.")

    @field(erasures.of_accounts)
    async def erasure(self, info: Info) -> Erasure | None:
        return await batch(info, erasures.of_accounts, self.id)


@asked
class ErasureRequestInput:
    """Your word that it is you."""

    password: str = says("Your password, once more.")


@asked
class ErasureOrderInput:
    """Who shall be erased."""

    account_id: strawberry.ID = says("Somebody else's account.")


ErasureCancelInput = id_input("ErasureCancelInput", "erasure")


@described
class ErasureRequestPayload(Payload):
    """The answer to `erasureRequest`."""

    erasure: Erasure | None = strawberry.field(default=None, description="The request.")


@described
class ErasureOrderPayload(Payload):
    """The answer to `erasureOrder`."""

    erasure: Erasure | None = strawberry.field(default=None, description="The request.")


@described
class ErasureCancelPayload(Payload):
    """The answer to `erasureCancel`."""

    erasure: Erasure | None = strawberry.field(default=None, description="The request that was taken back.")


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(erasures.request)
    async def erasure_request(
        self, info: Info, input: Annotated[ErasureRequestInput, argument("Your password.")]
    ) -> ErasureRequestPayload | None:
        return ErasureRequestPayload(erasure=await erasures.request(info.context, input.password))

    @mutation(erasures.order)
    async def erasure_order(
        self, info: Info, input: Annotated[ErasureOrderInput, argument("Who.")]
    ) -> ErasureOrderPayload | None:
        account = parse("account", input.account_id, "accountId")
        return ErasureOrderPayload(erasure=await erasures.order(info.context, account))

    @mutation(erasures.cancel)
    async def erasure_cancel(
        self, info: Info, input: Annotated[ErasureCancelInput, argument("The request.")]
    ) -> ErasureCancelPayload | None:
        return ErasureCancelPayload(erasure=await erasures.cancel(info.context, parse("erasure", input.id)))


node("erasure", erasures.get)
