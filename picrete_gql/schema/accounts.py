"""People and their sign-ins."""

from datetime import datetime
from typing import Annotated

import strawberry

from picrete_gql import models
from picrete_gql.problems import Locale
from picrete_gql.resolvers import accounts, sign_ins

from ._ids import Node, node, parse
from ._pages import After, Connection, First, ask, connection
from ._payloads import Payload
from ._words import Info, argument, asked, batch, described, enum, field, mutation, row, says

enum(Locale, ru="Russian, the default.", en="English.")


@row(models.Account)
class Account(Node):
    """A person with an account, as they and platform administrators see it."""

    username: str = says("The name used to sign in; unique without regard to case.")
    full_name: str = says("The person's name.")
    locale: Locale = says("The language of texts for this person.")
    is_active: bool = says("Whether the account is open.")
    is_platform_admin: bool = says("Whether this person administers the whole platform.")
    created_at: datetime = says("When the account was made.")
    consented_at: datetime = says("When the consent to the processing of personal data was given.")
    consent_version: str = says("Which version of the consent.")


@row(models.Account)
class Person:
    """A person as other members of a course see them."""

    username: str = says("The name used to sign in.")
    full_name: str = says("The person's name.")


@row(models.SignIn)
class SignIn(Node):
    """One sign-in on one device."""

    agent: str = says("What the device called itself.")
    created_at: datetime = says("When it began.")
    used_at: datetime = says("When its tokens were last refreshed.")
    expires_at: datetime = says("When it ends at the latest.")


@described
class Tokens:
    """A fresh pair of tokens."""

    account: Account = says("Whose they are.")
    access_token: str = says("Send it as `Authorization: Bearer …`, or in `connection_init` as `{authorization}`.")
    access_expires_at: datetime = says("When the access token ends.")
    refresh_token: str = says("Exchange it once for the next pair; shown this once.")


@asked
class SignUpInput:
    """A new account of your own."""

    username: str = says("3–64 characters of A–Z, a–z, 0–9, “_”, “.”, “-”.")
    password: str = says("8–200 characters.")
    full_name: str = says("Your name, 1–200 characters.")
    locale: Locale = strawberry.field(default=Locale.RU, description="The language of texts for you.")
    consent: bool = says("You consent to the processing of your personal data.")
    terms: bool = says("You accept the terms.")
    privacy: bool = says("You accept the privacy policy.")


@asked
class SignInInput:
    """Username and password."""

    username: str = says("Without regard to case.")
    password: str = says("The password.")


@asked
class TokenRefreshInput:
    """A refresh token to be exchanged."""

    refresh_token: str = says("The last refresh token that was given out.")


@asked
class AccountCreateInput:
    """A new account for somebody else."""

    username: str = says("3–64 characters of A–Z, a–z, 0–9, “_”, “.”, “-”.")
    password: str = says("8–200 characters.")
    full_name: str = says("Their name, 1–200 characters.")
    locale: Locale = strawberry.field(default=Locale.RU, description="The language of texts for them.")
    is_platform_admin: bool = strawberry.field(default=False, description="Whether they administer the platform.")


@asked
class AccountUpdateInput:
    """What to change in somebody's account."""

    id: strawberry.ID = says("The account.")
    is_active: bool | None = strawberry.field(default=None, description="False closes it at once, open sockets too.")
    is_platform_admin: bool | None = strawberry.field(default=None, description="Promote or demote.")
    full_name: str | None = strawberry.field(default=None, description="Another name.")
    locale: Locale | None = strawberry.field(default=None, description="Another language.")


@asked
class MeUpdateInput:
    """What to change in your own account."""

    full_name: str | None = strawberry.field(default=None, description="Your name.")
    locale: Locale | None = strawberry.field(default=None, description="Your language.")


@asked
class PasswordChangeInput:
    """A new password of your own."""

    current: str = says("The present password.")
    new: str = says("The new one, 8–200 characters.")


@asked
class SignOutInput:
    """Which sign-ins to end."""

    everywhere: bool = strawberry.field(default=False, description="All of yours instead of this one.")


@described
class SignUpPayload(Payload):
    """The answer to `signUp`."""

    account: Account | None = strawberry.field(default=None, description="The new account; sign in next.")


@described
class SignInPayload(Payload):
    """The answer to `signIn`."""

    tokens: Tokens | None = strawberry.field(default=None, description="A fresh pair of tokens.")


@described
class TokenRefreshPayload(Payload):
    """The answer to `tokenRefresh`."""

    tokens: Tokens | None = strawberry.field(default=None, description="A fresh pair of tokens.")


@described
class SignOutPayload(Payload):
    """The answer to `signOut`."""

    ended: int | None = strawberry.field(default=None, description="How many sign-ins were ended.")


@described
class AccountCreatePayload(Payload):
    """The answer to `accountCreate`."""

    account: Account | None = strawberry.field(default=None, description="The new account.")


@described
class AccountUpdatePayload(Payload):
    """The answer to `accountUpdate`."""

    account: Account | None = strawberry.field(default=None, description="The account after the change.")


@described
class MeUpdatePayload(Payload):
    """The answer to `meUpdate`."""

    account: Account | None = strawberry.field(default=None, description="Your account after the change.")


@described
class PasswordChangePayload(Payload):
    """The answer to `passwordChange`."""

    account: Account | None = strawberry.field(default=None, description="Your account.")


async def person(info: Info, account_id: object) -> Person:
    """The person behind a row that the viewer may already see."""
    return await batch(info, accounts.of_people, account_id)


@strawberry.type
class Query:
    """Root fields of this room."""

    @field(accounts.me)
    async def me(self, info: Info) -> Account | None:
        return await accounts.me(info.context)

    @field(sign_ins.living)
    async def sign_ins(self, info: Info) -> list[SignIn] | None:
        return await sign_ins.living(info.context)

    @field(accounts.get)
    async def account(self, info: Info, id: Annotated[strawberry.ID, argument("The account.")]) -> Account | None:
        return await accounts.get(info.context, parse("account", id))

    @field(accounts.find)
    async def accounts(
        self,
        info: Info,
        search: Annotated[str | None, argument("Part of a username or name.")] = None,
        first: First = None,
        after: After = None,
    ) -> Connection[Account] | None:
        return connection(await accounts.find(info.context, search, ask(info, first, after)), after)


@strawberry.type
class Mutation:
    """Root fields of this room."""

    @mutation(accounts.sign_up)
    async def sign_up(
        self, info: Info, input: Annotated[SignUpInput, argument("The new account.")]
    ) -> SignUpPayload | None:
        new = accounts.Person(input.username, input.password, input.full_name, input.locale)
        agreed = {"consent": input.consent, "terms": input.terms, "privacy": input.privacy}
        return SignUpPayload(account=await accounts.sign_up(info.context, new, **agreed))

    @mutation(sign_ins.sign_in)
    async def sign_in(
        self, info: Info, input: Annotated[SignInInput, argument("Username and password.")]
    ) -> SignInPayload | None:
        return SignInPayload(tokens=await sign_ins.sign_in(info.context, input.username, input.password))

    @mutation(sign_ins.refresh)
    async def token_refresh(
        self, info: Info, input: Annotated[TokenRefreshInput, argument("The refresh token.")]
    ) -> TokenRefreshPayload | None:
        return TokenRefreshPayload(tokens=await sign_ins.refresh(info.context, input.refresh_token))

    @mutation(sign_ins.sign_out)
    async def sign_out(
        self, info: Info, input: Annotated[SignOutInput, argument("Which sign-ins to end.")]
    ) -> SignOutPayload | None:
        if input.everywhere:
            return SignOutPayload(ended=await sign_ins.sign_out_everywhere(info.context))
        return SignOutPayload(ended=int(await sign_ins.sign_out(info.context)))

    @mutation(accounts.add)
    async def account_create(
        self, info: Info, input: Annotated[AccountCreateInput, argument("The new account.")]
    ) -> AccountCreatePayload | None:
        new = accounts.Person(input.username, input.password, input.full_name, input.locale)
        made = await accounts.add(info.context, new, is_platform_admin=input.is_platform_admin)
        return AccountCreatePayload(account=made)

    @mutation(accounts.administer)
    async def account_update(
        self, info: Info, input: Annotated[AccountUpdateInput, argument("What to change.")]
    ) -> AccountUpdatePayload | None:
        changes = {"is_active": input.is_active, "is_platform_admin": input.is_platform_admin}
        changes |= {"full_name": input.full_name, "locale": input.locale}
        return AccountUpdatePayload(
            account=await accounts.administer(info.context, parse("account", input.id), **changes)
        )

    @mutation(accounts.update_me)
    async def me_update(
        self, info: Info, input: Annotated[MeUpdateInput, argument("What to change.")]
    ) -> MeUpdatePayload | None:
        return MeUpdatePayload(account=await accounts.update_me(info.context, input.full_name, input.locale))

    @mutation(accounts.change_password)
    async def password_change(
        self, info: Info, input: Annotated[PasswordChangeInput, argument("Old and new password.")]
    ) -> PasswordChangePayload | None:
        return PasswordChangePayload(account=await accounts.change_password(info.context, input.current, input.new))


node("account", accounts.get)
node("sign_in", sign_ins.get)
