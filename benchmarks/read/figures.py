"""What came of the reads: medians, ratios to the named baselines, and the goals beside them."""

import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

Key = tuple[str, int, str]
COLUMNS = (
    "server", "req/s", "÷ limit", "÷ PostGraphile", "÷ plain", "p50 ms", "p99 ms", "CPU ms", "limit's ÷ its CPU",
    "PostgreSQL ms", "KB", "asking", "faults",
)  # fmt: skip
GOALS = """
Goals: requests per second of this server ≥ 0.80 of the limit by text and ≥ 0.90 persisted, ≥ 4 × PostGraphile 5 and
≥ 40 × the plain app; with warm fragments ≥ 3 × the limit; p99 no worse than PostGraphile's."""


@dataclass(frozen=True)
class Figures:
    """Requests per second; times and CPU (of the server, of PostgreSQL) in ms per request; bytes of an answer.

    `asking` is the share of a core that the readers themselves took: near 1 they are what is measured.
    """

    rate: float
    p50: float
    p99: float
    cpu: float
    database: float
    bytes: float
    asking: float
    faults: int

    @classmethod
    def of(cls, said: Mapping[str, Any], cpu: float, database: float) -> "Figures":
        """From what the readers say and what the processes took meanwhile."""
        count = max(said["requests"], 1)
        return cls(
            rate=said["rate"],
            p50=said["p50"],
            p99=said["p99"],
            cpu=cpu * 1000 / count,
            database=database * 1000 / count,
            bytes=said["bytes"],
            asking=said["own"],
            faults=said["faults"],
        )

    def __str__(self) -> str:
        return (
            f"{self.rate:.0f}/s p50 {self.p50:.1f} p99 {self.p99:.1f} CPU {self.cpu:.2f} + {self.database:.2f} ms,"
            f" {self.bytes:.0f} bytes, asking {self.asking:.2f}, {self.faults} faults"
        )


def median(runs: Sequence[Figures]) -> Figures:
    """Each figure's own median."""
    return Figures(
        **{field.name: statistics.median(getattr(run, field.name) for run in runs) for field in fields(Figures)}
    )


def table(found: Mapping[Key, Sequence[Figures]], limit: str, other: str, plain: str) -> None:
    """A table for each read. Ratios are of requests per second, but for the one of CPU."""
    of = {key: median(runs) for key, runs in found.items()}
    runs = max(len(all_) for all_ in found.values())
    print(f"\nMedian of {runs} interleaved runs; load {', '.join(f'{load:.1f}' for load in os.getloadavg())}")
    for read, every in dict.fromkeys((read, every) for read, every, _ in of):
        print(f"\n**{read}**" + (f", a write after every {every} reads" if every else ""))
        print(f"\n| {' | '.join(COLUMNS)} |\n|---{'|--:' * (len(COLUMNS) - 1)}|")
        for name in [name for key_read, key_every, name in of if (key_read, key_every) == (read, every)]:
            one = of[read, every, name]
            bases = [of.get((read, every, base)) for base in (limit, other, plain)]
            ratios = " | ".join(f"{one.rate / base.rate:.3g}" if base and base.rate else "–" for base in bases)
            cpu = f"{bases[0].cpu / one.cpu:.3g}" if bases[0] and one.cpu else "–"
            print(
                f"| {name} | {one.rate:.0f} | {ratios} | {one.p50:.1f} | {one.p99:.1f} | {one.cpu:.2f} | {cpu} |"
                f" {one.database:.2f} | {one.bytes / 1000:.1f} | {one.asking:.2f} | {one.faults:.0f} |"
            )
    print(GOALS)
