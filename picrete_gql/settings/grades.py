"""Grades on their way out: files and figures."""

from pydantic import BaseModel, Field

from ._units import MB


class GradeExports(BaseModel):
    living: int = Field(10, description="Exports that a teacher keeps in one course at most, the failed ones included.")
    keep_hours: int = Field(24, description="After so long an export and its file are removed.")
    batch: int = Field(200, description="Submissions read at once.")
    max_rows: int = Field(500_000, description="Submissions times criteria of one export at most.", le=1_000_000)
    max_bytes: int = Field(200 * MB, description="Largest file, also while it grows.", le=2_000_000_000)
    parallel: int = Field(1, description="Files written at the same time by one worker.")
    lease_seconds: float = Field(60, description="How long a silent worker keeps an export before another takes over.")
    progress_seconds: float = Field(1, description="A watcher hears of the progress at most so often.")
    tries: int = Field(5, description="Writings of an export that may fail because the object store is away.")
    backoff_seconds: float = Field(5, description="Pause before another try, doubling.")
    folder: str = Field("", description="Where files grow before they are stored; empty = the system's own.")


class Statistics(BaseModel):
    max_bins: int = Field(50, description="Bins of a histogram at most.")
    max_values: int = Field(1_001, description="Different points that a distribution lists at most.")
    plots_at_once: int = Field(50, description="Pictures drawn for one list at most.")
