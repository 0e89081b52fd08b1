"""Draw `demo.svg` from a real run of the demo: `python docs/pictures/make_demo.py` from the root of the repository.

Steps are left out where the picture would grow too tall; nothing is put in.
"""

import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from picrete_gql.commands.demo import run
from picrete_gql.settings import Settings

WIDTH, STEPS = 112, 46


def main() -> int:
    """Play the demo and keep its picture; its exit code."""
    seen = Console(record=True, width=WIDTH, highlight=False, force_terminal=False)
    code = run(Settings(), seen)
    lines = seen.export_text(styles=True).splitlines()
    plain = [Text.from_ansi(line).plain for line in lines]
    table = next(n for n, line in enumerate(plain) if line.startswith("The class, live"))
    end = next(n for n in range(table, len(plain)) if n > table + 3 and not plain[n].strip())
    # In a terminal the class is a table that changes; here it would repeat itself line by line.
    steps = [n for n in range(table) if "◉ class " not in plain[n]]
    picture = Console(record=True, width=WIDTH, highlight=False, file=StringIO())
    for n in [*steps[:STEPS], *range(table - 1, end)]:
        line = Text.from_ansi(lines[n])
        line.truncate(WIDTH, overflow="ellipsis")
        picture.print(line, no_wrap=True)
    picture.save_svg(str(Path(__file__).with_name("demo.svg")), title="make demo")
    return code


if __name__ == "__main__":
    sys.exit(main())
