"""People."""

from typing import Any

from starlette.requests import Request
from starlette_admin import row_action

from picrete_gql.problems import Locale
from picrete_gql.resolvers import accounts

from ._dialogs import dialog, line, typed
from ._fields import Choice, Flag, Moment, Secret, Text
from ._page import Ask, Page, act, id_of
from ._visitor import context_of
from ._words import choices, said

YES_NO = choices("yes", "no")
SURE = said("Уверены?", "Are you sure?")


class Accounts(Page):
    """Everybody who has an account."""

    sheet = key = "accounts"
    menu_label = said("Пользователи", "People")
    display_name = said("пользователя", "account")
    icon = "fa fa-users"
    title_attr = "username"
    made_of = ("username", "password", "full_name", "locale", "is_platform_admin")
    changes = ("full_name", "locale")
    row_actions = (
        "view",
        "edit",
        "close",
        "reopen",
        "promote",
        "demote",
        "reset_password",
        "end_sign_ins",
    )
    asks = (
        Ask("active", said("Открыт", "Open"), YES_NO),
        Ask("admin", said("Администратор", "Administrator"), YES_NO),
    )
    fields = (
        Text("username", said("Имя пользователя", "Username"), required=True),
        Secret("password", said("Пароль", "Password"), required=True),
        Text("full_name", said("Полное имя", "Full name"), required=True),
        Choice("locale", said("Язык", "Language"), choices=choices(*Locale), required=True, default="ru"),
        Flag("is_active", said("Открыт", "Open")),
        Flag("is_platform_admin", said("Администратор", "Administrator")),
        Moment("created_at", said("Создан", "Created")),
        Moment("last_seen", said("Был на сайте", "Last seen")),
        Text("sign_ins", said("Открытых входов", "Open sign-ins")),
        Text("consent_version", said("Версия согласия", "Version of the consent")),
        Moment("consented_at", said("Согласие дано", "Consent given")),
    )

    async def create(self, request: Request, data: dict[str, Any]) -> Any:
        """An account for somebody else."""
        person = accounts.Person(data["username"], data["password"], data["full_name"], Locale(data["locale"]))
        is_admin = data["is_platform_admin"]
        return await self.made(request, accounts.add(context_of(request), person, is_platform_admin=is_admin))

    async def edit(self, request: Request, pk: Any, data: dict[str, Any]) -> Any:
        """Somebody's name and language."""
        facts: dict[str, Any] = {"full_name": data["full_name"] or "", "locale": Locale(data["locale"])}
        return await self.saved(request, pk, accounts.administer(context_of(request), id_of(pk), **facts))

    async def is_row_action_allowed_for_obj(self, request: Request, name: str, obj: Any) -> bool:
        """Buttons that would change nothing are not shown."""
        useless = {
            "close": not obj.is_active,
            "reopen": obj.is_active,
            "promote": obj.is_platform_admin,
            "demote": not obj.is_platform_admin,
        }
        return not useless.get(name, False) and await self.is_row_action_allowed(request, name)

    @row_action("close", said("Закрыть", "Close"), confirmation=SURE, icon_class="fa fa-lock")
    async def close(self, request: Request, pk: Any) -> None:
        """They are out at once, open sockets too."""
        await act(request, accounts.administer(context_of(request), id_of(pk), is_active=False))

    @row_action("reopen", said("Открыть снова", "Reopen"), confirmation=SURE, icon_class="fa fa-lock-open")
    async def reopen(self, request: Request, pk: Any) -> None:
        """They may sign in again."""
        await act(request, accounts.administer(context_of(request), id_of(pk), is_active=True))

    @row_action("promote", said("Сделать администратором", "Promote"), confirmation=SURE, icon_class="fa fa-arrow-up")
    async def promote(self, request: Request, pk: Any) -> None:
        """They may everything."""
        await act(request, accounts.administer(context_of(request), id_of(pk), is_platform_admin=True))

    @row_action("demote", said("Снять права", "Demote"), confirmation=SURE, icon_class="fa fa-arrow-down")
    async def demote(self, request: Request, pk: Any) -> None:
        """They may no more than others, from their next request on."""
        await act(request, accounts.administer(context_of(request), id_of(pk), is_platform_admin=False))

    @row_action(
        "reset_password",
        said("Новый пароль", "New password"),
        confirmation=said("Все входы этого человека закончатся.", "All sign-ins of this person will end."),
        form=dialog(line("password", said("Новый пароль", "New password"), "password")),
        icon_class="fa fa-key",
    )
    async def reset_password(self, request: Request, pk: Any) -> None:
        """For who has lost theirs."""
        await act(request, accounts.reset_password(context_of(request), id_of(pk), await typed(request, "password")))

    @row_action(
        "end_sign_ins",
        said("Завершить все входы", "End all sign-ins"),
        confirmation=SURE,
        icon_class="fa fa-right-from-bracket",
    )
    async def end_sign_ins(self, request: Request, pk: Any) -> None:
        """On all devices."""
        await act(request, accounts.end_sign_ins(context_of(request), id_of(pk)))
