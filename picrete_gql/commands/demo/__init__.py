"""`picrete demo`: the main job on real photos, through the public API, on a server of its own."""

import asyncio
import shutil
from pathlib import Path
from secrets import token_urlsafe
from tempfile import mkdtemp

from pydantic import SecretStr
from rich.console import Console

from picrete_gql.commands import examples as example_files
from picrete_gql.commands import house as houses
from picrete_gql.commands.client import Closed, Refused
from picrete_gql.commands.demo import summary
from picrete_gql.commands.demo.cast import cast
from picrete_gql.commands.demo.failed import Failed
from picrete_gql.commands.demo.screen import Screen
from picrete_gql.commands.demo.story import play
from picrete_gql.commands.demo.watch import State
from picrete_gql.commands.examples import Examples
from picrete_gql.commands.house import House
from picrete_gql.gateways.ocr.choose import open_ocr
from picrete_gql.local import CannotStart, ports
from picrete_gql.local.telegram import BotApi
from picrete_gql.problems import Refused as NoEngine
from picrete_gql.settings import Auth, Http, Settings, Telegram

# How long the work is open at least; a slow machine, as the start shows, gets more.
WORK_SECONDS, SLOWNESS = 30.0, 3.0
PLAIN_WIDTH = 120


def run(settings: Settings, console: Console | None = None) -> int:
    """Play it; 0 only if every step really happened. Leaves nothing behind but, after a failure, the logs."""
    console = console or _console()
    examples = example_files.load()
    ensure_reader(settings)
    folder = Path(mkdtemp(prefix="picrete-demo-"))
    screen = Screen(console)
    failure = ""
    try:
        _run(of_its_own(settings, folder), examples, screen)
    except (TimeoutError, Failed, Refused, Closed, CannotStart, OSError) as error:
        failure = f"{type(error).__name__}: {error}"
    finally:
        kept = _tidy(folder, keep_logs=bool(failure))
    if failure:
        console.print(f"\n[bold red]The demo failed.[/] {kept}", soft_wrap=True)
        console.print(failure, markup=False, soft_wrap=True)
        return 1
    return 0


def _console() -> Console:
    """As wide as the terminal; where there is none, wide enough for every table."""
    given = Console(highlight=False)
    return given if given.is_terminal else Console(highlight=False, width=PLAIN_WIDTH)


def ensure_reader(settings: Settings) -> None:
    """Raises CannotStart, with what to install, when nothing can read a page."""
    try:
        open_ocr(settings.ocr)
    except NoEngine as error:
        raise CannotStart(f"There is nothing to read pages with: {error.detail}.") from error


def of_its_own(settings: Settings, folder: Path) -> Settings:
    """Defaults, servers and people of its own, so that nothing given is touched; only reader and model as given."""
    first = {"bootstrap_username": "admin", "bootstrap_password": SecretStr(token_urlsafe(12))}
    return Settings.model_construct(
        data_dir=folder,
        http=Http(port=ports.choose(), graphiql=False),
        auth=Auth().model_copy(update=first),
        ocr=settings.ocr,
        llm=settings.llm,
    )


def with_bot(settings: Settings, api: BotApi) -> Settings:
    """The same with a bot that talks to this server only."""
    bot = Telegram(token=SecretStr(api.token), url=api.url)
    return settings.model_copy(update={"telegram": bot})


def _run(settings: Settings, examples: Examples, screen: Screen) -> None:
    console = screen.console
    with (
        BotApi() as api,
        console.status("starting") as status,
        houses.opened(with_bot(settings, api), screen.note, lambda what: status.update(f"{what} …")) as house,
    ):
        status.stop()
        servers = ", ".join(f"{server.title} on port {server.port}" for server in house.stack.servers)
        screen.step("house", f"is up: {servers}, API on {house.url}, a worker, a Telegram bot")
        screen.note(f"a Bot API server of this program, {api.url}, stands in for Telegram: no token, no phone")
        work, corrected = asyncio.run(_play(house, api, examples, screen))
    summary.show(console, work, corrected)
    console.print(
        f"[bold green]All of it happened[/] in {screen.seconds:.0f} s: {screen.steps} steps, each confirmed by the API."
    )


async def _play(house: House, api: BotApi, examples: Examples, screen: Screen) -> tuple[State, dict[str, int]]:
    async with cast(house, api, examples, screen) as story:
        result = await play(story, max(WORK_SECONDS, SLOWNESS * screen.seconds))
        return result, {student.name: student.corrected for student in story.students}


def _tidy(folder: Path, *, keep_logs: bool) -> str:
    """Remove the folder, after a failure all but the logs; where they are."""
    logs = folder / houses.LOGS
    if not (keep_logs and logs.exists()):
        shutil.rmtree(folder, ignore_errors=True)
        return ""
    for other in folder.iterdir():
        if other != logs:
            shutil.rmtree(other, ignore_errors=True) if other.is_dir() else other.unlink()
    return f"The logs are in {logs}."
