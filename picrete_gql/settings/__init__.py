"""Settings of one process, read once from the environment (`PICRETE_…`, groups with `__`) and `.env`."""

from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ._fitting import ensure_fitting
from .admin import Admin
from .chat import Telegram
from .door import Auth, Graphql, Http, Limits
from .grades import GradeExports, Statistics
from .learning import Bank, Materials, Trainer
from .observing import Metrics, Tracing
from .privacy import Privacy
from .providers import Llm, Ocr
from .stores import Database, Redis, Storage
from .works import Attempts, Photos, Regrades, Review, Templates

__all__ = [
    "Admin",
    "Attempts",
    "Auth",
    "Bank",
    "Database",
    "GradeExports",
    "Graphql",
    "Http",
    "Limits",
    "Llm",
    "Materials",
    "Metrics",
    "Ocr",
    "Photos",
    "Privacy",
    "Redis",
    "Regrades",
    "Review",
    "Settings",
    "Statistics",
    "Storage",
    "Telegram",
    "Templates",
    "Tracing",
    "Trainer",
]


class Settings(BaseSettings):
    """Every group is documented in `.env.example`."""

    model_config = SettingsConfigDict(
        env_prefix="PICRETE_", env_nested_delimiter="__", env_file=".env", extra="ignore", frozen=False
    )

    environment: Literal["development", "production"] = Field(
        "development", description="development or production; production refuses to start with secrets missing."
    )
    data_dir: Path = Field(Path(".picrete"), description="Where the embedded servers keep their data.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_json: bool = Field(True, description="One JSON object per line; false = lines for a person.")
    http: Http = Http()
    graphql: Graphql = Graphql()
    database: Database = Database()
    redis: Redis = Redis()
    storage: Storage = Storage()
    auth: Auth = Auth()
    limits: Limits = Limits()
    admin: Admin = Admin()
    templates: Templates = Templates()
    photos: Photos = Photos()
    attempts: Attempts = Attempts()
    ocr: Ocr = Ocr()
    review: Review = Review()
    regrades: Regrades = Regrades()
    llm: Llm = Llm()
    telegram: Telegram = Telegram()
    bank: Bank = Bank()
    trainer: Trainer = Trainer()
    materials: Materials = Materials()
    metrics: Metrics = Metrics()
    tracing: Tracing = Tracing()
    privacy: Privacy = Privacy()
    grade_exports: GradeExports = GradeExports()
    statistics: Statistics = Statistics()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        ensure_fitting(self)
        return self

    @cached_property
    def view_ttl(self) -> timedelta:
        """How long a signed address of an image lives."""
        return timedelta(seconds=self.storage.view_url_seconds)
