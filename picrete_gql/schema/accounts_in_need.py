"""What an administrator does for somebody who has lost a password or a device."""

from typing import Annotated

import strawberry

from picrete_gql.resolvers import accounts

from ._ids import parse
from ._payloads import Payload
from ._words import Info, argument, asked, described, id_input, mutation, says
from .accounts import Account

AccountSignOutInput = id_input("AccountSignOutInput", "account")


@asked
class PasswordResetInput:
    """A new password for somebody else."""

    id: strawberry.ID = says("The account.")
    password: str = says("The new one, 8–200 characters.")


@described
class PasswordResetPayload(Payload):
    """The answer to `passwordReset`."""

    account: Account | None = strawberry.field(default=None, description="The account.")


@described
class AccountSignOutPayload(Payload):
    """The answer to `accountSignOut`."""

    account: Account | None = strawberry.field(default=None, description="The account.")


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(accounts.reset_password)
    async def password_reset(
        self, info: Info, input: Annotated[PasswordResetInput, argument("The account and its new password.")]
    ) -> PasswordResetPayload | None:
        account = await accounts.reset_password(info.context, parse("account", input.id), input.password)
        return PasswordResetPayload(account=account)

    @mutation(accounts.end_sign_ins)
    async def account_sign_out(
        self, info: Info, input: Annotated[AccountSignOutInput, argument("Whose sign-ins to end.")]
    ) -> AccountSignOutPayload | None:
        return AccountSignOutPayload(account=await accounts.end_sign_ins(info.context, parse("account", input.id)))
