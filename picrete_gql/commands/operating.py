"""The commands for whoever runs the product: each is a few words here and lives in a folder of its own."""

from pathlib import Path
from typing import Annotated

import typer

from picrete_gql.commands.telling import tell
from picrete_gql.settings import Settings

Target = Annotated[Path, typer.Argument(help="A folder of backups, or one file that ends in .tar.")]
Name = Annotated[str | None, typer.Option(help="Which backup of the folder; by default the newest.")]
AsJson = Annotated[bool, typer.Option("--json", help="For a program: one JSON object on standard output.")]


def register(app: typer.Typer) -> None:
    """Add them to the `picrete` command."""
    app.command("check-config")(check_config)
    app.command()(doctor)
    app.command()(backup)
    app.command()(restore)
    app.command("new-key")(new_key)
    app.command()(keys)


def check_config(as_json: AsJson = False) -> None:
    """Name every setting that is missing or unsafe, with what to do. Exit code 1 if a start would be refused."""
    from picrete_gql.commands.config.command import run

    tell(lambda: run(as_json=as_json))


def doctor(
    as_json: AsJson = False,
    seconds: Annotated[float, typer.Option(help="How long each look may take.")] = 10,
) -> None:
    """Look at every server and provider at once, and say what is wrong and what to do. Exit code 1 on errors."""
    from picrete_gql.commands.doctor import leave, run

    tell(lambda: leave(run(Settings(), as_json=as_json, seconds=seconds)))


def backup(
    target: Target,
    keep: Annotated[int | None, typer.Option(help="Keep only the newest N of the folder.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Make none, but read one and check every byte.")] = False,
    name: Name = None,
) -> None:
    """Back up database and objects while the product runs. In a folder only objects that are new are copied."""
    from picrete_gql.commands import backup as doing

    tell(lambda: doing.verify(target, name) if verify else doing.back_up(Settings(), target, keep))


def restore(
    target: Target,
    name: Name = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a database that is not empty.")] = False,
) -> None:
    """Bring a backup back into empty servers; its checksums are checked first."""
    from picrete_gql.commands.backup.restoring import restore as run

    tell(lambda: run(Settings(), target, name, force=force))


def new_key(bare: Annotated[bool, typer.Option("--bare", help="The key alone, for a program.")] = False) -> None:
    """Make a secret key, and say how to change to it without logging anybody out."""
    from picrete_gql.commands.new_key import run

    tell(lambda: run(bare=bare))


def keys() -> None:
    """Say what hangs on which secret key: sign-ins and invite codes."""
    from picrete_gql.commands.key_use import run

    tell(lambda: run(Settings()))
