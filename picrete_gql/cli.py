"""The `picrete` command."""

from pathlib import Path
from typing import Annotated

import typer

from picrete_gql.commands import operating
from picrete_gql.commands.telling import tell as _tell
from picrete_gql.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they can show the values of variables
    help="picrete-gql: checks handwritten chemistry works.",
)
operating.register(app)
SCHEMA, EXAMPLE = Path("schema.graphql"), Path(".env.example")


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

    _tell(lambda: run(Settings()))


@app.command()
def worker() -> None:
    """Run one worker process."""
    from picrete_gql.commands.serve import worker as run

    _tell(lambda: run(Settings()))


@app.command()
def bot() -> None:
    """Run one Telegram bot process."""
    from picrete_gql.commands.bot import bot as run

    _tell(lambda: run(Settings()))


@app.command()
def migrate(
    plan: Annotated[bool, typer.Option("--plan", help="Only print what would be done, as SQL.")] = False,
) -> None:
    """Bring the database to the shape that this version needs."""
    from picrete_gql.commands import migrate as doing

    _tell(lambda: doing.plan(Settings()) if plan else doing.run(Settings()))


@app.command("import-bank")
def import_bank(
    file: Annotated[Path, typer.Argument(help="JSON with its pictures beside it, or a ZIP of both.")],
    source: Annotated[str | None, typer.Option(help="Short name of the source; by default the file's name.")] = None,
    title: Annotated[str, typer.Option(help="Its title.")] = "",
    course: Annotated[str | None, typer.Option(help="Slug of a course to attach it to.")] = None,
) -> None:
    """Bring tasks into the bank. The same file again changes nothing; with one bad row nothing is imported."""
    from picrete_gql.commands.import_bank import run

    _tell(lambda: run(Settings(), file, source, title, course))


@app.command()
def settings(
    check: Annotated[bool, typer.Option("--check", help="Fail when .env.example differs from the code.")] = False,
) -> None:
    """Write .env.example with every setting, or compare it with the file."""
    from picrete_gql.commands.settings_file import example

    _write_or_compare(EXAMPLE, example(), "picrete settings", check=check)


@app.command()
def schema(
    check: Annotated[bool, typer.Option("--check", help="Fail when schema.graphql differs from the code.")] = False,
    out: Annotated[Path, typer.Option(help="Where the schema is written.")] = SCHEMA,
) -> None:
    """Write the GraphQL schema, or compare it with the file."""
    from picrete_gql.schema import sdl

    _write_or_compare(out, sdl(), "picrete schema", check=check)


@app.command()
def reference(
    check: Annotated[bool, typer.Option("--check", help="Fail when a page differs from the code.")] = False,
) -> None:
    """Write the pages of docs/reference that the code itself knows, or compare them with the files."""
    from picrete_gql.commands.reference import pages

    for file, text in pages().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        _write_or_compare(file, text, "picrete reference", check=check)


def _write_or_compare(file: Path, text: str, command: str, *, check: bool) -> None:
    if not check:
        file.write_text(text, encoding="utf-8")
    elif not file.exists() or file.read_text(encoding="utf-8") != text:
        typer.echo(f"{file} differs from the code: run `{command}` and read the difference.", err=True)
        raise typer.Exit(1)
