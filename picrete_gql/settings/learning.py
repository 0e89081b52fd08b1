"""Bank, trainer, materials."""

from decimal import Decimal

from pydantic import BaseModel, Field

from ._units import MB


class Bank(BaseModel):
    file_bytes: int = Field(25 * MB, description="Largest file of an import, JSON or ZIP.")
    unpacked_bytes: int = Field(200 * MB, description="Most that the used files of a ZIP may come to.")
    tasks: int = Field(20_000, description="Tasks in one source at most.")
    pictures: int = Field(2_000, description="Different pictures in one import at most.")
    pictures_per_task: int = Field(10, description="Pictures of one task.")
    picture_side: int = Field(16, description="Pixels that each side of a picture needs.")
    faults_named: int = Field(50, description="Bad rows that a refused import names.")
    sources_per_course: int = Field(100, description="Sources attached to one course.")
    copied_at_once: int = Field(300, description="Tasks copied into a work by one call at most.")
    parallel: int = Field(8, description="Objects stored or copied at the same time.")
    tolerance: Decimal = Field(Decimal("0.01"), description="How far an answer may be off, as a share of the answer.")


class Trainer(BaseModel):
    drawn: int = Field(100, description="Tasks of a generated set at most.")
    chosen: int = Field(300, description="Tasks of a set by numbers at most.")
    candidates: int = Field(20_000, description="Tasks that a set is drawn from at most.")
    sets: int = Field(500, description="Living sets of a student in a course at most.")
    answer_chars: int = Field(500, description="Longest answer, at most 500.", le=500)
    box_days: list[int] = Field([1, 3, 7, 14, 30], description="Days until a failed task comes again, by Leitner box.")


class Materials(BaseModel):
    max_bytes: int = Field(25 * MB, description="Largest PDF; pictures have the limits of photos.")
    max_pages: int = Field(2_000, description="Pages of a PDF at most.")
    pdf_seconds: int = Field(10, description="Processor time that counting the pages of a PDF may take.")
    pdf_memory: int = Field(1024 * MB, description="Memory that it may take (Linux).")
    max_count: int = Field(500, description="Materials of a course at most.")
