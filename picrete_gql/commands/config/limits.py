"""Settings that contradict each other."""

import logging
from collections.abc import Iterator
from pathlib import Path

from picrete_gql.commands.findings import Finding, Level
from picrete_gql.settings import Settings

from .parts import variable


def findings(settings: Settings) -> Iterator[Finding]:
    """All of it."""
    http, graphql = settings.http, settings.graphql
    if settings.log_level not in logging.getLevelNamesMapping():
        yield Finding(Level.ERROR, variable("log_level"), "is no level.", "DEBUG, INFO, WARNING or ERROR.")
    if not 0 <= http.port < 2**16:
        yield Finding(Level.ERROR, variable("http.port"), f"is {http.port}.", "Ports are numbers from 0 to 65535.")
    if settings.bank.file_bytes > http.max_file_bytes:
        says = f"is larger than {variable('http.max_file_bytes')}: such a file can be imported by the command only."
        yield Finding(Level.WARNING, variable("bank.file_bytes"), says, "Raise the other one.")
    if graphql.documents and not Path(graphql.documents).is_file():
        yield Finding(Level.ERROR, variable("graphql.documents"), "names no file.", "It is a JSON file of documents.")
    if graphql.trusted_only and not graphql.documents:
        says = "is on, but there are no trusted documents: nothing would be run."
        yield Finding(Level.ERROR, variable("graphql.trusted_only"), says, f"Set {variable('graphql.documents')}.")
