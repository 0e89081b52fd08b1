"""Who belongs to a course."""

from typing import Any

from starlette.requests import Request
from starlette_admin import row_action

from picrete_gql.models import MemberStatus, Role
from picrete_gql.resolvers import members

from ._fields import Choice, Moment, Ref, Text
from ._page import Ask, Page, act, id_of
from ._visitor import context_of
from ._words import choices, said
from .accounts import SURE
from .courses import ROLES, role_of

STATUSES = choices(*MemberStatus)


class Members(Page):
    """People in courses."""

    sheet = key = "members"
    menu_label = said("Участники", "Members")
    display_name = said("участника", "member")
    icon = "fa fa-user-group"
    title_attr = "username"
    changes = ("roles", "status")
    row_actions = ("view", "edit", "suspend", "readmit")
    asks = (
        Ask("course", said("Курс (краткое имя)", "Course (slug)")),
        Ask("person", said("Пользователь", "Username")),
        Ask("status", said("Статус", "Status"), STATUSES),
    )
    fields = (
        Ref("username", said("Пользователь", "Account"), page="accounts", to="account_id"),
        Text("full_name", said("Полное имя", "Full name")),
        Ref("course", said("Курс", "Course"), page="courses", to="course_id"),
        Choice("roles", said("Роли", "Roles"), choices=ROLES, multiple=True, select2=False, required=True),
        Choice("status", said("Статус", "Status"), choices=STATUSES, required=True),
        Text("identity", said("Показал о себе", "Identity")),
        Moment("created_at", said("Вступил", "Joined")),
    )

    async def edit(self, request: Request, pk: Any, data: dict[str, Any]) -> Any:
        """Other roles, or another status."""
        return await self.saved(request, pk, self._change(request, pk, data))

    async def _change(self, request: Request, pk: Any, data: dict[str, Any]) -> object:
        roles: list[Role] = [role_of(role) for role in data["roles"] or []]
        status = MemberStatus(data["status"])
        return await members.change(context_of(request), id_of(pk), roles=roles, status=status)

    async def is_row_action_allowed_for_obj(self, request: Request, name: str, obj: Any) -> bool:
        """Buttons that would change nothing are not shown."""
        active = obj.status is MemberStatus.ACTIVE
        useless = {"suspend": not active, "readmit": active}
        return not useless.get(name, False) and await self.is_row_action_allowed(request, name)

    @row_action("suspend", said("Отстранить", "Suspend"), confirmation=SURE, icon_class="fa fa-user-slash")
    async def suspend(self, request: Request, pk: Any) -> None:
        """Their open views end at once."""
        await act(request, members.change(context_of(request), id_of(pk), status=MemberStatus.SUSPENDED))

    @row_action("readmit", said("Вернуть", "Let back in"), confirmation=SURE, icon_class="fa fa-user-check")
    async def readmit(self, request: Request, pk: Any) -> None:
        """With the roles that they had."""
        await act(request, members.change(context_of(request), id_of(pk), status=MemberStatus.ACTIVE))
