"""Who reads the pages and who prechecks."""

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field, SecretStr


class Ocr(BaseModel):
    provider: Literal["local", "datalab"] = Field("local", description="Who reads the pages: local or datalab.")
    url: str = Field("https://www.datalab.to/api/v1", description="Base URL of DataLab.")
    path: str = Field("/convert", description="Path of the hand-in call.")
    key: SecretStr = Field(SecretStr(""), description="Key of DataLab.")
    mode: Literal["fast", "balanced", "accurate"] = Field("accurate", description="fast, balanced or accurate.")
    connect_timeout: float = Field(20, description="Seconds.")
    request_timeout: float = Field(120, description="Seconds for one request, and for one page of the local engine.")
    poll_seconds: float = Field(2, description="Pause between two looks at a page.")
    max_polls: int = Field(120, description="Looks at a page before it is put off.")
    tries: int = Field(3, description="Readings of a page that may fail.")
    backoff_seconds: float = Field(5, description="Pause before another try, doubling.")
    retry_after_most: float = Field(3600, description="A longer Retry-After of the provider is cut to this (seconds).")
    lease_seconds: float = Field(60, description="How long a silent worker keeps a page before another takes over.")
    parallel: int = Field(3, description="Pages read at the same time by one worker.")
    local_engine: Literal["auto", "tesseract", "rapidocr"] = Field("auto", description="auto, tesseract or rapidocr.")
    tessdata: str = Field("", description="Folder with rus.traineddata and eng.traineddata; empty = look for it.")


class Llm(BaseModel):
    url: str = Field("https://api.openai.com/v1", description="Base URL of an OpenAI-compatible server.")
    key: SecretStr = Field(SecretStr(""), description="Empty = the deterministic checks alone (engine `rules`).")
    model: str = Field("gpt-5", description="Its name.")
    max_tokens: int = Field(10_000, description="Completion tokens of one answer; doubled once when an answer is cut.")
    temperature: float | None = Field(None, description="Left out unless set; reasoning models refuse it.")
    timeout: float = Field(600, description="Seconds for one answer.")
    tries: int = Field(4, description="Prechecks of a submission that may fail.")
    backoff_seconds: float = Field(5, description="Pause before another try, doubling.")
    retry_after_most: float = Field(3600, description="A longer Retry-After of the server is cut to this many seconds.")
    lease_seconds: float = Field(
        60, description="How long a silent worker keeps a submission before another takes over."
    )
    parallel: int = Field(4, description="Submissions prechecked at the same time by one worker.")
    price_input: Decimal = Field(Decimal("1.25"), description="US dollars per million input tokens.")
    price_output: Decimal = Field(Decimal("10"), description="US dollars per million output tokens.")
