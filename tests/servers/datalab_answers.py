"""What the stand-in for DataLab says: faults by name, and the answer made of a page's text."""

import html
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

QUOTA = "Page rate limit exceeded: 200 pages in flight. Please retry later."
LINE = re.compile(r"\$([^$]+)\$")

STATUS: dict[str, Any] = {
    "400": "Unsupported file type: image/heic",
    "401": "Invalid API key provided. Set the X-API-Key header to your API key.",
    "403": "Your subscription has expired. You may need to re-enable your plan, or pay an unpaid invoice.",
    "404": "Not found",
    "413": "File too large",
    "422": [{"type": "missing", "loc": ["body", "file"], "msg": "Field required", "input": "secret words"}],
    "429": "Rate limit exceeded",
    "500": "Internal server error",
    "503": "Service unavailable",
    "529": "The service is overloaded",
}
# These stay with the page until its result is asked for the last time.
SPOILED = {"never", "no_geometry", "no_blocks", "no_page_info", "odd_geometry", "complete_failed", "complete_quota"}


@dataclass(frozen=True)
class Fault:
    """One scripted misbehaviour. `on` is the door it waits at: `submit` or `poll`; `ok` lets one request pass."""

    kind: str
    on: str = "submit"
    retry_after: str | None = None
    seconds: float = 30
    detail: str | None = None

    @classmethod
    def of(cls, spoken: "str | dict[str, Any] | Fault") -> "Fault":
        """`"429"`, `"500@poll"`, a dict of the fields, or a Fault."""
        if isinstance(spoken, Fault):
            return spoken
        if isinstance(spoken, dict):
            return cls(**spoken)
        kind, _, on = spoken.partition("@")
        return cls(kind, on or ("poll" if kind in SPOILED else "submit"))


@dataclass
class Job:
    """A page handed in: how often it was asked for, and when it became complete."""

    request_id: str
    image: bytes
    form: dict[str, str]
    born: float
    polls: int = 0
    spoiled: str = ""
    complete_at: float | None = None


def size_of(image: bytes) -> tuple[int, int] | None:
    """Width and height of an image that the service takes, or None."""
    try:
        with Image.open(BytesIO(image)) as opened:
            return opened.size if opened.format in {"JPEG", "PNG", "WEBP", "GIF", "TIFF"} else None
    except OSError:
        return None


def frame_of(image: bytes) -> list[float]:
    """The coordinate frame of a page: on purpose neither the photo's pixels nor starting at zero."""
    width, height = size_of(image) or (100, 100)
    return [10.0, 20.0, 10.0 + width / 2, 20.0 + height / 2]


def blocks_of(text: str, frame: list[float]) -> list[dict[str, Any]]:
    """One block per line, spread evenly from top to bottom over the middle 80 % of the width."""
    lines = [line for line in text.splitlines() if line.strip()]
    x1, y1, x2, y2 = frame
    left, right = x1 + (x2 - x1) * 0.1, x1 + (x2 - x1) * 0.9
    step = (y2 - y1) / max(len(lines), 1)
    blocks = []
    for number, line in enumerate(lines):
        top, bottom = y1 + step * (number + 0.1), y1 + step * (number + 0.9)
        kind = "Equation" if line.startswith("$") else "Handwriting"
        blocks.append(
            {
                "id": f"/page/0/{kind}/{number}",
                "block_type": kind,
                "html": "<p>" + LINE.sub(r"<math>\1</math>", html.escape(line, quote=False)) + "</p>",
                "page": 0,
                "polygon": [[left, top], [right, top], [right, bottom], [left, bottom]],
                "bbox": [left, top, right, bottom],
                "section_hierarchy": {},
                "images": {},
            }
        )
    return blocks


def complete(job: Job, text: str) -> dict[str, Any]:
    """The final answer for a page, spoiled as scripted."""
    if job.spoiled == "complete_failed":
        return failed("Could not read the page", "INFERENCE")
    if job.spoiled == "complete_quota":
        return failed(QUOTA, "OTHER")
    frame = frame_of(job.image)
    blocks = blocks_of(text, frame)
    for block in blocks:
        if job.spoiled == "no_geometry":
            del block["polygon"], block["bbox"]
        if job.spoiled == "odd_geometry":
            block.update(polygon=[["a", None]], bbox=[1, "2"], page="zero")
    return finished(text, None if job.spoiled == "no_blocks" else chunks(blocks, frame, job.spoiled))


def chunks(blocks: list[dict[str, Any]], frame: list[float], spoiled: str) -> dict[str, Any]:
    """Blocks with the frame that their coordinates are in."""
    x1, y1, x2, y2 = frame
    page = {"bbox": frame, "polygon": [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]}
    return {"blocks": blocks, "page_info": {} if spoiled == "no_page_info" else {"0": page}}


def finished(text: str, chunks: dict[str, Any] | None) -> dict[str, Any]:
    """A final answer that is a success."""
    return {
        "status": "complete",
        "success": True,
        "output_format": "chunks,markdown",
        "markdown": "\n\n".join(line for line in text.splitlines() if line.strip()),
        "chunks": chunks,
        "html": None,
        "json": None,
        "images": {},
        "metadata": {"page_stats": []},
        "error": None,
        "error_in": None,
        "parse_quality_score": 4.2,
        "page_count": 1,
        "total_cost": 1,
        "cost_breakdown": {"list_cost_cents": 0.6, "final_cost_cents": 0.6},
        "runtime": 1.5,
    }


def failed(error: str, where: str) -> dict[str, Any]:
    """A final answer that is a failure."""
    return {"status": "complete", "success": False, "markdown": None, "chunks": None, "error": error, "error_in": where}
