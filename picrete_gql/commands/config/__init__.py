"""What is missing or unsafe among the settings. The same findings stop a process of production and make the list of
`picrete check-config`.
"""

from collections.abc import Iterator

from picrete_gql.commands.findings import Finding, bad
from picrete_gql.local import CannotStart
from picrete_gql.settings import Settings

from . import limits, open_doors, providers, secrets
from .missing import missing
from .parts import is_production

ROOMS = (secrets, open_doors, providers, limits)


def findings(settings: Settings, *, alone: bool) -> Iterator[Finding]:
    """Everything worth knowing. `alone`: for a process that starts no servers of its own and makes no secrets."""
    yield from missing(settings, alone=alone)
    for room in ROOMS:
        yield from room.findings(settings)


def ensure_complete(settings: Settings) -> None:
    """Raises CannotStart, with a line for each error, when one process cannot or must not start with such settings."""
    if found := bad(findings(settings, alone=True)):
        raise CannotStart("\n".join(map(str, found)))


__all__ = ["ensure_complete", "findings", "is_production"]
