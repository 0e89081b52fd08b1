"""How a command ends: what cannot be done is a sentence on standard error, never a traceback."""

import sys
from collections.abc import Callable

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from picrete_gql.commands.config.reading import troubles
from picrete_gql.local.errors import CannotStart


def tell(run: Callable[[], int | None]) -> None:
    """Run a command; what cannot be is one sentence and exit code 1, a settings error names the variables."""
    try:
        raise typer.Exit(run() or 0)
    except CannotStart as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    except (ValidationError, SettingsError) as error:
        for one in troubles(error):
            typer.echo(str(one), err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        sys.exit(130)
