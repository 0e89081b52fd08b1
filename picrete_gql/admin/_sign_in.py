"""Signing in at the panel with the same accounts, and out again."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates
from starlette_admin.auth import AdminUser, BaseAuthProvider
from starlette_admin.helpers import safe_redirect_url

from picrete_gql.problems import Code, Problem, RateLimited
from picrete_gql.resolvers import sign_ins
from picrete_gql.rules.accounts import PASSWORD_MOST
from picrete_gql.rules.tokens import Access, sign_panel
from picrete_gql.runtime import Runtime

from ._visitor import COOKIE, GUEST, context_of, visitor

STATUS = {Code.UNAUTHENTICATED: 401, Code.FORBIDDEN: 403, Code.RATE_LIMITED: 429}


class SignIns(BaseAuthProvider):
    """What the library asks who is there, and the form to sign in."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__()
        self.runtime = runtime

    async def authenticate(self, request: Request) -> AdminUser | None:
        """Whoever the gate has recognised."""
        found = getattr(request.state, "visitor", None)
        return AdminUser(found.account.full_name) if found is not None and found.account is not None else None

    def get_routes(self, templates: Jinja2Templates) -> list[Route]:
        """`/admin/login` and `/admin/logout`."""

        async def show(request: Request) -> Response:
            if visitor(request).account is not None:
                return RedirectResponse(self._next(request), 303)
            return templates.TemplateResponse(request, "login.html")

        async def enter(request: Request) -> Response:
            async with request.form() as form:
                username, password = str(form.get("username") or ""), str(form.get("password") or "")
            try:
                return await self._enter(request, username, password[: PASSWORD_MOST + 1])
            except Problem as problem:
                known = {"problem": problem.say(visitor(request).locale), "username": username[:64]}
                answer = templates.TemplateResponse(
                    request, "login.html", known, status_code=STATUS.get(problem.code, 503)
                )
                if isinstance(problem, RateLimited):
                    answer.headers["retry-after"] = str(problem.retry_after)
                return answer

        async def leave(request: Request) -> Response:
            await sign_ins.sign_out(context_of(request))
            answer = RedirectResponse(request.url_for("admin:login"), 303)
            answer.delete_cookie(COOKIE)
            return answer

        return [
            Route("/login", show, name="login", methods=["GET"]),
            Route("/login", enter, name="login", methods=["POST"]),
            Route("/logout", leave, name="logout", methods=["POST"]),
        ]

    async def _enter(self, request: Request, username: str, password: str) -> Response:
        opened = await sign_ins.enter_panel(context_of(request), username, password)
        now, auth = self.runtime.now(), self.runtime.settings.auth
        value = sign_panel(auth, Access(opened.account_id, opened.id, opened.expires_at), now)
        answer = RedirectResponse(self._next(request), 303)
        lasts = max(opened.expires_at - now, timedelta())
        answer.set_cookie(COOKIE, value, max_age=int(lasts.total_seconds()), httponly=True)
        answer.delete_cookie(GUEST)
        return answer

    def _next(self, request: Request) -> str:
        home = str(request.url_for("admin:index"))
        return safe_redirect_url(request.query_params.get("next") or home, request, home)
