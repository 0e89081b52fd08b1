"""Settings of one process, read once from the environment (`PICRETE_…`, groups with `__`) and `.env`."""

from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

MB = 1024 * 1024


class Http(BaseModel):
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = Field("http://127.0.0.1:8000", description="How people reach this server.")
    allowed_origins: list[str] = Field([], description="Browser origins that may open sockets and read answers.")
    graphiql: bool = Field(True, description="Serve GraphiQL at /graphql for browsers.")
    trusted_proxies: list[str] = Field([], description="Addresses of proxies whose X-Forwarded-For is believed.")
    max_body_bytes: int = Field(32 * MB, description="Largest request body.")


class Database(BaseModel):
    url: str = Field("", description="postgresql://user:password@host:port/name; empty = the embedded server.")
    pool_size: int = 10
    pool_overflow: int = 10
    connect_timeout: float = 5
    statement_timeout_ms: int = 30_000


class Redis(BaseModel):
    url: str = Field("", description="redis://… (Redis or Valkey); empty = the embedded server.")
    timeout: float = Field(2, description="Seconds to wait for an answer before going on without it.")


class Storage(BaseModel):
    endpoint: str = Field("", description="http(s)://host:port of the S3 store; empty = the embedded server.")
    public_endpoint: str = Field("", description="The same store as browsers reach it; empty = endpoint.")
    access_key: str = ""
    secret_key: SecretStr = SecretStr("")
    bucket: str = "picrete"
    region: str = "us-east-1"
    threads: int = 16
    view_url_seconds: int = 300
    put_url_seconds: int = 300


class Auth(BaseModel):
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs tokens; at least 32 characters. Empty = made and kept in the data folder (embedded only).",
    )
    access_minutes: int = 15
    refresh_days: int = 30
    argon2_time_cost: int = 3
    argon2_memory_kib: int = 65_536
    bootstrap_username: str = Field("", description="Created at first start if there is no such account.")
    bootstrap_password: SecretStr = SecretStr("")
    consent_version: str = "1"
    terms_version: str = "1"
    privacy_version: str = "1"


class Limits(BaseModel):
    sign_in_tries: int = Field(10, description="Sign-up, login, refresh: per username and IP, per minute.")
    sign_in_tries_per_ip: int = Field(100, description="The same per IP.")
    autosave_seconds: int = 10
    page_default: int = 50
    page_max: int = 200
    active_attempts: int = Field(150, description="Active attempts on the whole platform.")
    capacity_retry_after: int = 30
    draft_bytes: int = 64 * 1024
    text_chars: int = Field(20_000, description="Longest text a person may send.")


class Photos(BaseModel):
    max_bytes: int = 10 * MB
    max_count: int = 10
    max_pixels: int = 50_000_000
    jpeg_quality: int = 90
    decoders: int = Field(2, description="Images decoded at the same time in one process.")
    orphan_minutes: int = 30


class Attempts(BaseModel):
    grace_control_seconds: int = 300
    grace_homework_seconds: int = 0
    sweep_seconds: int = 30


class Ocr(BaseModel):
    provider: Literal["local", "datalab"] = "local"
    url: str = "https://www.datalab.to/api/v1"
    path: str = "/convert"
    key: SecretStr = SecretStr("")
    mode: Literal["fast", "balanced", "accurate"] = "accurate"
    connect_timeout: float = 20
    request_timeout: float = 120
    poll_seconds: float = 2
    max_polls: int = 120
    tries: int = 3
    backoff_seconds: float = 5
    retry_after_most: float = Field(3600, description="A longer Retry-After of the provider is cut to this (seconds).")
    lease_seconds: float = Field(60, description="How long a silent worker keeps a page before another takes over.")
    parallel: int = Field(3, description="Pages read at the same time by one worker.")
    local_engine: Literal["auto", "tesseract", "rapidocr"] = "auto"
    tessdata: str = Field("", description="Folder with rus.traineddata and eng.traineddata; empty = look for it.")


class Review(BaseModel):
    control_minutes: int = 120
    homework_minutes: int = 1440
    max_issues: int = 50


class Llm(BaseModel):
    url: str = Field("https://api.openai.com/v1", description="Base URL of an OpenAI-compatible server.")
    key: SecretStr = Field(SecretStr(""), description="Empty = the deterministic checks alone (engine `rules`).")
    model: str = "gpt-5"
    max_tokens: int = 10_000
    temperature: float | None = None
    timeout: float = 600
    tries: int = 4
    backoff_seconds: float = 5
    retry_after_most: float = Field(3600, description="A longer Retry-After of the server is cut to this many seconds.")
    lease_seconds: float = 60
    parallel: int = 4
    price_input: Decimal = Field(Decimal("1.25"), description="US dollars per million input tokens.")
    price_output: Decimal = Field(Decimal("10"), description="US dollars per million output tokens.")


class Settings(BaseSettings):
    """Every group is documented in `.env.example`."""

    model_config = SettingsConfigDict(
        env_prefix="PICRETE_", env_nested_delimiter="__", env_file=".env", extra="ignore", frozen=False
    )

    environment: Literal["development", "production"] = "development"
    data_dir: Path = Field(Path(".picrete"), description="Where the embedded servers keep their data.")
    log_level: str = "INFO"
    log_json: bool = True
    http: Http = Http()
    database: Database = Database()
    redis: Redis = Redis()
    storage: Storage = Storage()
    auth: Auth = Auth()
    limits: Limits = Limits()
    photos: Photos = Photos()
    attempts: Attempts = Attempts()
    ocr: Ocr = Ocr()
    review: Review = Review()
    llm: Llm = Llm()

    @cached_property
    def view_ttl(self) -> timedelta:
        """How long a signed address of an image lives."""
        return timedelta(seconds=self.storage.view_url_seconds)
