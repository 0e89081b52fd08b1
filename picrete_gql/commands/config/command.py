"""`picrete check-config`."""

from picrete_gql.commands import findings as found
from picrete_gql.commands.findings import Finding, Level
from picrete_gql.settings import Settings

from . import findings
from .reading import read
from .unknown import here


def run(*, as_json: bool) -> int:
    """Say what is missing or unsafe; the exit code."""
    settings = read()
    listed = [*here(), *(findings(settings, alone=False) if isinstance(settings, Settings) else settings)]
    if isinstance(settings, Settings) and not found.bad(listed):
        listed.append(Finding(Level.OK, "settings", f"fit for {settings.environment}."))
    return found.show(listed, as_json=as_json)
