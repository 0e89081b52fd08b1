"""The work and the photos of the folder `examples/`, as the API takes them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from zipfile import ZipFile

from PIL import Image
from pillow_heif import register_heif_opener

from picrete_gql.local import CannotStart

FOLDER = Path(__file__).resolve().parents[2] / "examples"
EXIF_ORIENTATION = 0x0112
BANK = {"source": "general-chemistry", "title": "Общая химия"}
SIDEWAYS = (5, 6, 7, 8)
Kind = Literal["correct", "error", "unfinished"]


@dataclass(frozen=True)
class Picture:
    """One photo with what it truly says. `orientation` is the one of EXIF, `mistake` what a teacher finds wrong."""

    path: Path
    task: int
    variant: int
    kind: str
    orientation: int
    lines: tuple[str, ...]
    mistake: str | None

    @property
    def body(self) -> bytes:
        """The file."""
        return self.path.read_bytes()


@dataclass(frozen=True)
class Examples:
    """What `work.json` and `pages.json` hold."""

    work: dict[str, Any]
    pictures: tuple[Picture, ...]

    def tasks(self) -> list[dict[str, Any]]:
        """The tasks as `TaskInput`."""
        return [task_input(task) for task in self.work["tasks"]]

    def picture(self, task: int, variant: int, kind: Kind, suffix: str = ".jpg") -> Picture:
        """The page of a task and variant; not every kind and format exists for each. Raises KeyError."""
        for one in self.pictures:
            if (one.task, one.variant, one.kind, one.path.suffix) == (task, variant, kind, suffix):
                return one
        raise KeyError(f"{kind} page of task {task}, variant {variant}, {suffix}")


def load(folder: Path = FOLDER) -> Examples:
    """Read the folder. Raises CannotStart when it is not there: a wheel does not carry it."""
    try:
        work = json.loads((folder / "work.json").read_text("utf-8"))
        pages = json.loads((folder / "pages.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise CannotStart(f"{error.filename} is missing: this needs the source of the project, not a wheel.") from error
    return Examples(work, tuple(_picture(folder, page) for page in [*pages["pages"], *pages["other_formats"]]))


def bank(folder: Path = FOLDER / "bank") -> bytes:
    """The example bank as a ZIP: its JSON and the pictures that it names."""
    packed = BytesIO()
    with ZipFile(packed, "w") as pack:
        for file in [*folder.glob("*.json"), *(folder / "pictures").iterdir()]:
            pack.write(file, file.relative_to(folder).as_posix())
    return packed.getvalue()


def task_input(task: dict[str, Any]) -> dict[str, Any]:
    """A task of `work.json` as `TaskInput`."""
    return {
        "title": task["title"],
        "statement": task["statement"],
        "maxPoints": task["max_points"],
        "difficulty": task["difficulty"].upper(),
        "tags": task["tags"],
        "criteria": [_criterion(criterion) for criterion in task["rubric"]],
        "variants": [_variant(variant) for variant in sorted(task["variants"], key=lambda v: int(v["number"]))],
    }


def upright_size(body: bytes) -> tuple[int, int]:
    """Width and height in pixels as a person sees the picture."""
    register_heif_opener()
    with Image.open(BytesIO(body)) as image:
        width, height = image.size
        return (height, width) if image.getexif().get(EXIF_ORIENTATION, 1) in SIDEWAYS else (width, height)


def _criterion(given: dict[str, str]) -> dict[str, str]:
    names: Sequence[str] = ("name", "description", "note")
    return {"kind": given["kind"].upper(), "maxPoints": given["max_points"], **{name: given[name] for name in names}}


def _variant(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "content": given["content"],
        "parameters": given["parameters"],
        "referenceSolution": given["reference_solution"],
        "referenceAnswer": given["reference_answer"],
        "tolerance": given["tolerance"],
        "units": given["units"],
    }


def _picture(folder: Path, page: dict[str, Any]) -> Picture:
    return Picture(
        folder / page["file"], page["task"], page["variant"], page["kind"], page["exif_orientation"],
        tuple(page["lines"]), page["mistake"],
    )  # fmt: skip
