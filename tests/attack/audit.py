"""The second half of `make audit`: scanners, and the long run of the fuzzer. Ends with one table."""

import asyncio
import sys
import time
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from tests.attack.fuzz import attack
from tests.attack.scan import Verdict, bandit, pip_audit
from tests.attack.stand import ROLES

CASES, SEED = 5_000, 1
WORDS = {True: "[green]ok[/]", False: "[red]FAILED[/]", None: "[yellow]not checked[/]"}


def lines() -> Iterator[tuple[str, Verdict]]:
    """One by one."""
    yield "bandit", bandit()
    yield "pip-audit", pip_audit()
    for report in asyncio.run(attack(CASES, SEED, list(ROLES))):
        for fault in report.wrong[:10]:
            print(fault[:3000], file=sys.stderr)
        yield f"{CASES} random operations as {report.role}", (not report.wrong, str(report))


def main() -> int:
    """The number of failures. What could not be checked is none, and is said."""
    table, failed, begin = Table("attack", "", "what it says", "seconds"), 0, time.monotonic()
    for name, (content, said) in lines():
        table.add_row(name, WORDS[content], said[:160], f"{time.monotonic() - begin:.0f}")
        failed += content is False
        begin = time.monotonic()
    Console().print(table)
    return failed


if __name__ == "__main__":
    sys.exit(main())
