"""Courses and who belongs to them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import row_action

from picrete_gql.models import IdentityPolicy, Role
from picrete_gql.problems import Invalid
from picrete_gql.resolvers import courses, sign_ins

from ._dialogs import choice, dialog, line, number, typed
from ._fields import Choice, Flag, Moment, Term, Text
from ._page import Ask, Page, act, id_of
from ._visitor import context_of
from ._words import choices, said, term
from .accounts import SURE, YES_NO

ROLES = choices(*Role)
ONCE = said("Приглашение показано только один раз. Роль: ", "The invite code is shown this once. Role: ")


class Courses(Page):
    """All courses."""

    sheet = key = "courses"
    menu_label = said("Курсы", "Courses")
    display_name = said("курс", "course")
    icon = "fa fa-graduation-cap"
    title_attr = "title"
    made_of = ("slug", "title", "organization", "teacher")
    changes = ("title", "organization", "identity_policy", "identity_rule")
    row_actions = ("view", "edit", "close", "reopen", "invite", "revoke")
    asks = (Ask("active", said("Открыт", "Open"), YES_NO),)
    fields = (
        Text("slug", said("Краткое имя", "Slug"), required=True),
        Text("title", said("Название", "Title"), required=True),
        Text("organization", said("Организация", "Organisation")),
        Text("teacher", said("Преподаватель (имя пользователя)", "Teacher (username)")),
        Flag("is_active", said("Открыт", "Open")),
        Text("members", said("Участников", "Members")),
        Text("works", said("Работ", "Works")),
        Term("invites", said("Действующие приглашения", "Living invites")),
        Choice("identity_policy", said("Требование к участнику", "Identity policy"), choices=choices(*IdentityPolicy)),
        Text("identity_rule", said("Условие требования", "Rule of the policy")),
        Moment("created_at", said("Создан", "Created")),
    )

    async def create(self, request: Request, data: Mapping[str, Any]) -> Any:
        """A course, with a first teacher if one is named."""
        return await self.made(request, self._open(request, data))

    async def edit(self, request: Request, pk: Any, data: Mapping[str, Any]) -> Any:
        """Its texts, and what people must show of themselves."""
        facts: dict[str, Any] = {name: data[name] or "" for name in ("title", "organization", "identity_rule")}
        policy = IdentityPolicy(data["identity_policy"] or IdentityPolicy.NONE)
        changed = courses.update(context_of(request), id_of(pk), identity_policy=policy, **facts)
        return await self.saved(request, pk, changed)

    async def is_row_action_allowed_for_obj(self, request: Request, name: str, obj: Any) -> bool:
        """Buttons that would change nothing are not shown."""
        useless = {"close": not obj.is_active, "reopen": obj.is_active}
        return not useless.get(name, False) and await self.is_row_action_allowed(request, name)

    @row_action("close", said("Закрыть", "Close"), confirmation=SURE, icon_class="fa fa-lock")
    async def close(self, request: Request, pk: Any) -> None:
        """For its members, at once."""
        await act(request, courses.set_active(context_of(request), id_of(pk), is_active=False))

    @row_action("reopen", said("Открыть снова", "Reopen"), confirmation=SURE, icon_class="fa fa-lock-open")
    async def reopen(self, request: Request, pk: Any) -> None:
        """For its members."""
        await act(request, courses.set_active(context_of(request), id_of(pk), is_active=True))

    @row_action(
        "invite",
        said("Новое приглашение", "New invite code"),
        confirmation=said("Прежний код этой роли перестанет действовать.", "The previous code of this role will die."),
        form=dialog(
            choice("role", said("Роль", "Role"), ROLES),
            line("days", said("Сколько дней действует (пусто — без срока)", "Days it lasts (empty: no end)"), "number"),
        ),
        custom_response=True,
        icon_class="fa fa-envelope",
    )
    async def invite(self, request: Request, pk: Any) -> Response:
        """The code is shown on the answer, this once."""
        context = context_of(request)
        days = await number(request, "days", 0)
        ends = context.runtime.now() + timedelta(days=min(days, 3650)) if days else None
        role = role_of(await typed(request, "role"))
        rotated = await courses.rotate_invite(context, id_of(pk), role, ends)
        return self.answered(request, "shown_once.html", code=rotated.code, explained=str(ONCE) + term(role))

    @row_action(
        "revoke",
        said("Отозвать приглашение", "Revoke the invite"),
        confirmation=said("Код этой роли перестанет действовать.", "The code of this role will die."),
        form=dialog(choice("role", said("Роль", "Role"), ROLES)),
        icon_class="fa fa-ban",
    )
    async def revoke(self, request: Request, pk: Any) -> None:
        """Without a new one."""
        await act(request, courses.revoke_invite(context_of(request), id_of(pk), role_of(await typed(request, "role"))))

    async def _open(self, request: Request, data: Mapping[str, Any]) -> Any:
        context, name = context_of(request), (data["teacher"] or "").strip()
        teacher = await sign_ins.account_named(context, name) if name else None
        if name and teacher is None:
            raise Invalid("teacher", "Нет такого пользователя.", "There is no such account.")
        texts = (data["slug"] or "", data["title"] or "", data["organization"] or "")
        return await courses.create(context, *texts, teacher.id if teacher else None)


def role_of(text: str) -> Role:
    """A role by its name. Raises Invalid."""
    try:
        return Role(text)
    except ValueError:
        raise Invalid("role", "Нет такой роли.", "There is no such role.") from None
