"""The panel in this very process, served by uvicorn as in production, and a browser that fills in its forms."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import uvicorn

from picrete_gql.commands.serve import options
from picrete_gql.main import open_runtime, running, served
from picrete_gql.models import Account
from picrete_gql.problems import Locale
from picrete_gql.resolvers import accounts
from picrete_gql.runtime import Runtime
from picrete_gql.settings import Settings
from tests.support.house import ADMIN, PASSWORD, free_port
from tests.support.world import World, world_of

PAGES = "accounts courses members works attempts submissions photos readings runs waiting events sources items links"
TOKEN = re.compile(r'name="csrf" content="([^"]*)"')


@dataclass
class Browser:
    """Somebody's browser: cookies, and the token of the page that it has open."""

    http: httpx2.AsyncClient
    url: str

    async def open(self, path: str, **parameters: Any) -> httpx2.Response:
        """Go to a page."""
        return await self.http.get(path, params=parameters or None)

    async def token(self, path: str = "/admin/login") -> str:
        """The token of the forms of a page."""
        found = TOKEN.search((await self.open(path)).text)
        return html.unescape(found[1]) if found else ""

    async def send(self, path: str, data: dict[str, Any], **headers: str) -> httpx2.Response:
        """Send a form of the page that it stands on."""
        given = {"csrftoken": await self.token("/admin/"), **data}
        return await self.http.post(path, data=given, headers={"origin": self.url, **headers})

    async def press(self, page: str, name: str, pk: object, **data: str) -> httpx2.Response:
        """Press a button of a row, as the page's script does it."""
        headers = {"origin": self.url, "x-csrftoken": await self.token("/admin/")}
        return await self.http.post(
            f"/admin/_api/{page}/row-action", params={"name": name, "pk": str(pk)}, data=data, headers=headers
        )

    async def sign_in(self, username: str = ADMIN, password: str = PASSWORD) -> httpx2.Response:
        """Fill in the form of the sign-in."""
        data = {"username": username, "password": password, "csrftoken": await self.token()}
        return await self.http.post("/admin/login", data=data, headers={"origin": self.url})


@dataclass
class Desk:
    """Where tests stand: the panel's address, and the world behind it."""

    world: World
    url: str
    browsers: list[httpx2.AsyncClient]

    @property
    def runtime(self) -> Runtime:
        """What the process holds open."""
        return self.world.runtime

    def browser(self, **headers: str) -> Browser:
        """A browser that nobody is signed in at."""
        http = httpx2.AsyncClient(base_url=self.url, timeout=60, headers=headers)
        self.browsers.append(http)
        return Browser(http, self.url)

    async def signed_in(self, username: str = ADMIN, password: str = PASSWORD) -> Browser:
        """A browser with somebody signed in."""
        made = self.browser()
        assert (await made.sign_in(username, password)).status_code == 303
        return made

    async def admin(self, name: str, locale: Locale = Locale.RU) -> Account:
        """One more platform admin."""
        plan = accounts.Person(name, f"password-of-{name}", name.title(), locale)
        self.world.people[name] = await accounts.add(self.world.system, plan, is_platform_admin=True)
        return self.world.people[name]


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[Desk]:
    """Serve until the block ends."""
    port = free_port()
    settings = settings.model_copy(update={"http": settings.http.model_copy(update={"port": port})})
    runtime = open_runtime(settings, reads=False)

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        async with running(runtime):
            yield

    world, url = world_of(runtime), f"http://127.0.0.1:{port}"
    server = uvicorn.Server(uvicorn.Config(served(runtime, lifespan), loop="none", **options(settings.http)))
    serving = asyncio.create_task(server._serve())
    while not server.started:
        assert not serving.done(), "the server did not start"
        await asyncio.sleep(0.01)
    desk = Desk(world, url, [])
    try:
        yield desk
    finally:
        for browser in desk.browsers:
            await browser.aclose()
        server.should_exit = True
        await serving
