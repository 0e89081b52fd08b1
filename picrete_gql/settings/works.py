"""Works, attempts and what is handed in."""

from pydantic import BaseModel, Field

from ._units import MB


class Templates(BaseModel):
    max_parameters: int = Field(12, description="Most parameters of one task template.")
    max_rules: int = Field(10, description="Most rules of one task template.")
    max_choices: int = Field(200, description="Most values that a parameter lists one by one.")
    max_samples: int = Field(20, description="Most sample variants shown at once.")


class Photos(BaseModel):
    max_bytes: int = Field(10 * MB, description="Largest photo.")
    max_count: int = Field(10, description="Photos of one attempt.")
    max_pixels: int = Field(50_000_000, description="Most pixels; larger ones are refused before decoding.")
    jpeg_quality: int = Field(90, description="Quality of the stored JPEG.")
    decoders: int = Field(2, description="Images decoded at the same time in one process.")
    in_hand: int = Field(16, description="Files that one process has in memory at the same time; others wait.")
    waiting: int = Field(200, description="Files that may wait for that in one process; more are refused for a while.")
    waiting_seconds: int = Field(15, description="After so long whoever was refused may try again.")
    orphan_minutes: int = Field(30, description="After so long an upload that never ended is cleared away.")


class Attempts(BaseModel):
    grace_control_seconds: int = Field(
        300, description="How long the network is forgiven after the end of a control work."
    )
    grace_homework_seconds: int = Field(0, description="The same for homework.")


class Review(BaseModel):
    control_minutes: int = Field(120, description="Time to review the reading of a control work.")
    homework_minutes: int = Field(1440, description="The same for homework.")
    max_issues: int = Field(50, description="Issues on one page.")


class Regrades(BaseModel):
    window_days: int = Field(7, description="How long after its release a mark may be asked about.")
    per_submission: int = Field(20, description="Requests about one submission at most, withdrawn ones too.")
    per_criterion: int = Field(3, description="The same about one criterion of it.")
    messages: int = Field(50, description="Messages of one request's thread.")
    text_chars: int = Field(2_000, description="Longest request, message or answer.")
