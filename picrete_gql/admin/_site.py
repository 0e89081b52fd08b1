"""The library's application, made ours: our sign-in, our tokens of forms, scripts by nonce, no road unused."""

from pathlib import Path
from typing import Any

from jinja2.ext import Extension
from markupsafe import Markup
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette_admin.base import BaseAdmin
from starlette_admin.views import CustomView

from picrete_gql.rules.tokens import keyed_hash
from picrete_gql.runtime import Runtime

from ._forms import FIELD
from ._gate import Gate
from ._sign_in import SignIns
from ._visitor import NONCE
from ._words import said, term

HERE = Path(__file__).parent
# Imports, files, look-ups of relations and editing in lists would pass our resolvers by.
UNUSED = {"relation-lookup", "inline-edit", "inline-edit-row", "file", "import"}


class Nonces(Extension):
    """Scripts and styles of templates carry the nonce of the answer; what comes out of data never does.

    Handlers in attributes, which no policy that is worth its name allows, wait as data for our own script.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The text of a template before it is compiled."""
        for tag in ("<script", "<style"):
            source = source.replace(tag, tag + ' nonce="{{ csp_nonce() }}"')
        return source.replace(' onclick="', ' data-on-click="').replace(' onchange="', ' data-on-change="')


class Site(BaseAdmin):
    """The panel as an application."""

    def __init__(self, runtime: Runtime, overview: CustomView) -> None:
        super().__init__(
            title=said("Picrete: управление", "Picrete: administration"),
            base_url="/admin",
            index_view=overview,
            templates_dir=str(HERE / "_templates"),
            static_dir=str(HERE / "_static"),
            auth_provider=SignIns(runtime),
            secret_key=keyed_hash(runtime.settings.auth, "admin flash"),
            middlewares=[Middleware(Gate, runtime=runtime)],
            timezone_config=None,
        )
        self.templates.env.add_extension(Nonces)
        ours = {"csp_nonce": NONCE.get, "csrf_input": _csrf_input, "csrf_token": _csrf_token, "yes_no": _yes_no}
        self.templates.env.globals |= ours
        self.routes = [route for route in self.routes if getattr(route, "name", None) not in UNUSED]

    def _init_csrf(self) -> None:
        """The gate has looked at the form already: its token is tied to the sign-in, the library's to nothing."""


def _yes_no(value: bool) -> str:
    return term("yes" if value else "no")


def _csrf_token(request: Request) -> str:
    # Nobody is asked for at the files of the panel, where a page may still say that there is none.
    found = getattr(request.state, "visitor", None)
    return found.csrf if found is not None else ""


def _csrf_input(request: Request) -> Any:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, _csrf_token(request))
