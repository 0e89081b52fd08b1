"""The `picrete` command."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from picrete_gql.local.errors import CannotStart
from picrete_gql.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="picrete-gql: checks handwritten chemistry works.")
SCHEMA = Path("schema.graphql")


@app.command()
def up() -> None:
    """Start everything on this machine and leave it running: servers that settings do not name, API, worker."""
    from picrete_gql.commands.up import run

    _tell(lambda: run(Settings()))


@app.command()
def demo() -> None:
    """Run the main job end to end on real photos through the public API, with visible progress."""
    from picrete_gql.commands.demo import run

    _tell(lambda: run(Settings()))


@app.command()
def api() -> None:
    """Run one API process."""
    from picrete_gql.commands.serve import api as run

    run(Settings())


@app.command()
def worker() -> None:
    """Run one worker process."""
    from picrete_gql.commands.serve import worker as run

    run(Settings())


@app.command()
def migrate() -> None:
    """Bring the database to the shape that this version needs."""
    from picrete_gql import migrations

    url = Settings().database.url
    if not url:
        raise typer.BadParameter("PICRETE_DATABASE__URL is not set")
    migrations.upgrade(url)
    asyncio.run(migrations.settle_events(url))


@app.command()
def schema(
    check: Annotated[bool, typer.Option("--check", help="Fail when schema.graphql differs from the code.")] = False,
    out: Annotated[Path, typer.Option(help="Where the schema is written.")] = SCHEMA,
) -> None:
    """Write the GraphQL schema, or compare it with the file."""
    from picrete_gql.schema import sdl

    if not check:
        out.write_text(sdl(), encoding="utf-8")
    elif not out.exists() or out.read_text(encoding="utf-8") != sdl():
        typer.echo(f"{out} differs from the code: run `picrete schema` and read the difference.", err=True)
        raise typer.Exit(1)


def _tell(run: object) -> None:
    assert callable(run)
    try:
        raise typer.Exit(run() or 0)
    except CannotStart as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        sys.exit(130)
