"""What a look at settings or servers finds: one line each, with what to do."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import typer


class Level(StrEnum):
    """How bad it is. Errors make a command fail; hints are for whoever wants more than is needed."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"
    OK = "ok"


COLORS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.HINT: "cyan", Level.OK: "green"}
ORDER = list(Level)


@dataclass(frozen=True)
class Finding:
    """About what, what was seen, and what to do. Never holds a secret."""

    level: Level
    what: str
    says: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.says}" + (f" {self.hint}" if self.hint else "")


def bad(findings: Iterable[Finding]) -> list[Finding]:
    """The errors."""
    return [one for one in findings if one.level is Level.ERROR]


def show(findings: Iterable[Finding], *, as_json: bool) -> int:
    """Print them, the worst last where the eye is; the exit code."""
    found = sorted(findings, key=lambda one: -ORDER.index(one.level))
    failed = bool(bad(found))
    if as_json:
        rows = [{"level": one.level, "what": one.what, "says": one.says, "hint": one.hint} for one in found]
        typer.echo(json.dumps({"ok": not failed, "findings": rows}, ensure_ascii=False, indent=1))
        return int(failed)
    for one in found:
        typer.echo(f"{typer.style(f'{one.level:<8}', fg=COLORS[one.level])}{one}")
    return int(failed)
