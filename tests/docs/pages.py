"""The pages of the documentation, and what is fenced in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^```([a-z]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Fence:
    """A piece of code on a page."""

    page: str
    line: int
    language: str
    text: str


def pages() -> list[Path]:
    """README and everything in docs/."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def fences(*languages: str, page: Path | None = None) -> Iterator[Fence]:
    """What is fenced in these languages, on one page or on all."""
    for file in [page] if page else pages():
        text = file.read_text("utf-8")
        for found in FENCE.finditer(text):
            if found[1] in languages:
                line = text.count("\n", 0, found.start()) + 1
                yield Fence(str(file.relative_to(ROOT)), line, found[1], found[2])
