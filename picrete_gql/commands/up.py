"""`picrete up`: the whole product on this machine, until Ctrl-C."""

import asyncio
import time
from pathlib import Path

import httpx2
from rich.console import Console

from picrete_gql.commands import house as houses
from picrete_gql.commands import samples
from picrete_gql.commands.client import Refused
from picrete_gql.commands.house import House
from picrete_gql.local import folder as folders
from picrete_gql.settings import Settings

LOOK_SECONDS = 0.2
BOT = "bot"


def run(settings: Settings, console: Console | None = None) -> int:
    """Start, say where everything is, supervise, stop. Raises CannotStart with a sentence for a person."""
    console = console or Console(highlight=False, markup=False, soft_wrap=True)
    folder = settings.data_dir.expanduser().resolve()
    logins = _logins(settings, folder)
    if logins is not None:
        settings = samples.with_admin(settings, logins)
    begun = time.monotonic()
    try:
        with console.status("starting") as status:
            opened = houses.opened(settings, console.print, lambda what: status.update(f"{what} …"))
            with opened as house:
                if logins is not None and not logins.done:
                    status.update("making the sample course …")
                    _make_samples(house, logins, folder, console)
                status.stop()
                _greet(house, logins, folder, console, time.monotonic() - begun)
                _supervise(house)
    except KeyboardInterrupt:
        console.print("Stopped; nothing is left running.")
    return 0


def _logins(settings: Settings, folder: Path) -> samples.Logins | None:
    if not samples.wanted(settings):
        return None
    folders.make(folder)
    return samples.load(folder)


def _make_samples(house: House, logins: samples.Logins, folder: Path, console: Console) -> None:
    """Not worth failing for while the server is there without them. Raises CannotStart when it is not."""
    try:
        asyncio.run(samples.make(house.url, house.settings, logins))
    except (Refused, httpx2.HTTPError, ValueError) as error:
        houses.wait_ready(house)
        console.print(f"The sample course could not be made: {str(error) or type(error).__name__}")
        return
    logins.done = True
    samples.save(folder, logins)


def _greet(house: House, logins: samples.Logins | None, folder: Path, console: Console, seconds: float) -> None:
    servers = [f"{server.title} :{server.port}" for server in house.stack.servers]
    rows = [
        ("GraphiQL", f"{house.url}/graphql"),
        *([("admin", f"{house.url}/admin/")] if house.settings.admin.enabled else []),
        ("health", f"{house.url}/readyz"),
        ("servers", " · ".join(servers) or "all given by the settings"),
        ("logs", str(house.logs)),
    ]
    if servers:
        rows.insert(-1, ("data", str(folder)))
    if BOT in house.children.names:
        rows.insert(-3, ("Telegram", f"a bot listens at {house.settings.telegram.url}"))
    if logins is not None and logins.done:
        people = [f"{name} / {password}" for name, password in logins.people().items()]
        rows.insert(1, ("sign in", " · ".join(people)))
    console.print(f"picrete is up after {seconds:.1f} s; Ctrl-C stops it.")
    for name, value in rows:
        console.print(f"  {name:<9} {value}")


def _supervise(house: House) -> None:
    while True:
        house.children.tend()
        time.sleep(LOOK_SECONDS)
