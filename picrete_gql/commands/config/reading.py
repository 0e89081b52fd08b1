"""Reading the settings, with what cannot be read as findings: names, never values."""

from pydantic import ValidationError
from pydantic_settings import SettingsError

from picrete_gql.commands.findings import Finding, Level
from picrete_gql.settings import Settings

from .parts import variable

NOT_JSON = 'is no JSON; lists are written like ["one", "two"].'


def read() -> Settings | list[Finding]:
    """The settings of this process, or why there are none."""
    try:
        return Settings()
    except (ValidationError, SettingsError) as error:
        return troubles(error)


def troubles(error: ValidationError | SettingsError) -> list[Finding]:
    """What is wrong with which variable."""
    if isinstance(error, ValidationError):
        return [
            Finding(Level.ERROR, variable(".".join(map(str, one["loc"]))), f"{one['msg']}.", "See `.env.example`.")
            for one in error.errors(include_input=False, include_context=False)
        ]
    # Its text names the group, and may quote what stands there.
    group = str(error).split('"')[1] if '"' in str(error) else "?"
    return [Finding(Level.ERROR, f"{variable(group)}…", f"a list or group of it {NOT_JSON}")]
