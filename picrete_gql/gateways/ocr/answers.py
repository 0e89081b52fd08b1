"""From DataLab's final answer to a Recognition."""

import math
from decimal import Decimal
from typing import Any

from picrete_gql.gateways.ocr import Block, Recognition, geometry, plain

BEST_SCORE = 5
# What a reading can hold: one that cannot be written down would be paid for again.
MOST_COST = Decimal(999_999)


def recognition(answer: dict[str, Any], *, engine: str, model: str) -> Recognition:
    """What was read on the page.

    `text` is the text of the blocks, so that a quote found in it also stands in a block; of the markdown without any.
    """
    blocks = blocks_of(answer.get("chunks"))
    markdown = plain.clean(string(answer.get("markdown"))).strip()
    spoken = [block.text for block in blocks if block.text]
    return Recognition(
        markdown=markdown or "\n\n".join(spoken),
        text="\n".join(spoken) or plain.of_markdown(markdown),
        blocks=blocks,
        engine=engine,
        model=model,
        quality=quality(answer.get("parse_quality_score")),
        cost=cost(answer),
    )


def blocks_of(chunks: Any) -> tuple[Block, ...]:
    """The blocks in reading order; an id that is missing or stands twice gets a number."""
    entries = chunks.get("blocks") if isinstance(chunks, dict) else None
    pages = chunks.get("page_info") if isinstance(chunks, dict) else None
    blocks: list[Block] = []
    taken: set[str] = set()
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        if not isinstance(entry, dict):
            continue
        name = plain.clean(string(entry.get("id"))) or "block"
        unique = name if name not in taken and name != "block" else f"{name}-{number}"
        taken.add(unique)
        blocks.append(block_of(entry, unique, pages if isinstance(pages, dict) else {}))
    return tuple(blocks)


def block_of(entry: dict[str, Any], name: str, pages: dict[str, Any]) -> Block:
    """One block; coordinates are in the frame of its page (`page_info`), which for a photo is page 0."""
    page = entry.get("page")
    frame = geometry.frame_of(pages.get(str(page if isinstance(page, int) else 0)))
    return Block(
        id=name,
        type=plain.clean(string(entry.get("block_type"))) or "Text",
        text=plain.of_html(string(entry.get("html"))),
        polygon=geometry.place(entry.get("polygon"), entry.get("bbox"), frame),
    )


def quality(score: Any) -> float | None:
    """`parse_quality_score` (0..5) as 0..1."""
    value = number(score)
    return None if value is None else round(min(1.0, max(0.0, value / BEST_SCORE)), 4)


def cost(answer: dict[str, Any]) -> Decimal | None:
    """US dollars from cents: what was charged, else the total."""
    breakdown = answer.get("cost_breakdown")
    charged = number(breakdown.get("final_cost_cents")) if isinstance(breakdown, dict) else None
    cents = charged if charged is not None else number(answer.get("total_cost"))
    return None if cents is None or cents < 0 else min(Decimal(str(cents)) / 100, MOST_COST)


def number(value: Any) -> float | None:
    """A finite number, or None."""
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if good else None


def string(value: Any) -> str:
    """Text, or nothing."""
    return value if isinstance(value, str) else ""
