"""Settings of one process, read once from the environment (`PICRETE_…`, groups with `__`) and `.env`."""

import re
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MB = 1024 * 1024


class Http(BaseModel):
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, description="Port to listen on.")
    public_url: str = Field("http://127.0.0.1:8000", description="How people reach this server.")
    allowed_origins: list[str] = Field([], description="Browser origins that may open sockets and read answers.")
    trusted_hosts: list[str] = Field([], description="Host names to answer to, such as *.example.org; empty = any.")
    graphiql: bool = Field(True, description="Serve GraphiQL at /graphql for browsers.")
    trusted_proxies: list[str] = Field([], description="Addresses of proxies whose X-Forwarded-For is believed.")
    max_body_bytes: int = Field(32 * MB, description="Largest multipart request body.")
    max_json_bytes: int = Field(MB, description="Largest JSON request body.")
    max_json_depth: int = Field(64, description="How deep JSON of a request may be nested.")
    max_file_bytes: int = Field(20 * MB, description="Largest file of a multipart request.")
    max_files: int = Field(10, description="Most files of a multipart request.")
    spool_bytes: int = Field(256 * 1024, description="Larger files of a multipart request wait on disk.")
    body_seconds: float = Field(120, description="How long a request body may take to arrive.")
    cors_seconds: int = Field(600, description="How long a browser remembers what CORS allows.")
    stream_ping_seconds: float = Field(12, description="Pause between the comments that keep an event stream open.")
    socket_bytes: int = Field(MB, description="Largest WebSocket message.")
    socket_init_seconds: float = Field(10, description="How long a socket may wait with connection_init.")
    socket_operations: int = Field(50, description="Operations at the same time on one socket.")
    socket_stall_seconds: float = Field(10, description="How long a client may not take what is sent to its socket.")
    socket_check_seconds: float = Field(30, description="How often an open socket looks after its sign-in anyway.")


class Graphql(BaseModel):
    introspection: Literal["everyone", "signed_in", "admins", "nobody"] = Field(
        "everyone", description="Who may read the schema by __schema and __type."
    )
    max_characters: int = Field(50_000, description="Longest document.")
    max_tokens: int = Field(3_000, description="Most tokens of a document.")
    max_depth: int = Field(20, description="How deep fields may be nested, fragments spread.")
    max_aliases: int = Field(100, description="Most aliases of an operation, fragments spread.")
    max_fields: int = Field(1_000, description="Most selections of an operation, fragments spread.")
    max_repeats: int = Field(100, description="How often a document may ask for the same answer again.")
    max_directives: int = Field(50, description="Most directives of an operation, fragments spread.")
    max_fragments: int = Field(50, description="Most fragments of a document.")
    max_cost: int = Field(100_000, description="Most objects that an operation may ask for, by its page sizes.")
    list_size: int = Field(10, description="How many items a list without `first` counts for.")
    cached_documents: int = Field(512, description="Checked documents kept by one process.")
    operation_seconds: float = Field(30, description="How long one query or mutation may run.")
    parallel_per_user: int = Field(16, description="Queries and mutations of one account running at once; others wait.")
    parallel_per_address: int = Field(64, description="The same for one address from which nobody has signed in.")
    waiting_per_user: int = Field(500, description="How many may wait for their turn before they are refused.")
    subscriptions_per_user: int = Field(200, description="Subscriptions of one account at once in one process.")
    documents: str = Field("", description="JSON file of trusted documents: an object from SHA-256 in hex to text.")
    trusted_only: bool = Field(False, description="Run nothing but trusted documents.")
    automatic_persisted: bool = Field(True, description="Remember documents by hash for clients that ask for it (APQ).")
    persisted_seconds: int = Field(7 * 86_400, description="How long a document is remembered by its hash.")
    max_errors: int = Field(10, description="Most errors told about one document.")
    max_error_characters: int = Field(500, description="Longer messages of errors are cut.")


class Database(BaseModel):
    url: str = Field("", description="postgresql://user:password@host:port/name; empty = the embedded server.")
    pool_size: int = Field(10, description="Connections kept open by one process.")
    pool_overflow: int = Field(10, description="More of them for a moment of haste.")
    connect_timeout: float = Field(5, description="Seconds to wait for a connection.")
    statement_timeout_ms: int = Field(30_000, description="The server ends longer statements (milliseconds).")


class Redis(BaseModel):
    url: str = Field("", description="redis://… (Redis or Valkey); empty = the embedded server.")
    timeout: float = Field(2, description="Seconds to wait for an answer before going on without it.")


class Storage(BaseModel):
    endpoint: str = Field("", description="http(s)://host:port of the S3 store; empty = the embedded server.")
    public_endpoint: str = Field("", description="The same store as browsers reach it; empty = endpoint.")
    access_key: str = Field("", description="Name of the key.")
    secret_key: SecretStr = Field(SecretStr(""), description="The key.")
    bucket: str = Field("picrete", description="Made at the start if it is not there.")
    region: str = Field("us-east-1", description="Region that requests are signed for.")
    threads: int = Field(16, description="Calls to the store at the same time by one process.")
    view_url_seconds: int = Field(300, description="Life of a signed address for looking.")
    put_url_seconds: int = Field(300, description="Life of a signed address for a presigned upload.")


class Auth(BaseModel):
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs tokens; at least 32 characters. Empty = made and kept in the data folder (embedded only).",
    )
    access_minutes: int = Field(15, description="Life of an access token.")
    refresh_days: int = Field(30, description="Life of a sign-in.")
    argon2_time_cost: int = Field(3, description="Passes of Argon2id.")
    argon2_memory_kib: int = Field(65_536, description="Memory of Argon2id (KiB).")
    bootstrap_username: str = Field("", description="Created at first start if there is no such account.")
    bootstrap_password: SecretStr = Field(SecretStr(""), description="Its password; never resets an existing one.")
    consent_version: str = Field("1", description="Version of the consent that people give now.")
    terms_version: str = Field("1", description="Version of the terms that people accept now.")
    privacy_version: str = Field("1", description="Version of the privacy policy that people accept now.")


class Limits(BaseModel):
    sign_in_tries: int = Field(10, description="Sign-up, login, refresh: per username and IP, per minute.")
    sign_in_tries_per_ip: int = Field(100, description="The same per IP.")
    autosave_seconds: int = Field(10, description="A draft is saved at most once in so many seconds.")
    page_default: int = Field(50, description="Items of a list page unless asked otherwise.")
    page_max: int = Field(200, description="Most items of a list page.")
    active_attempts: int = Field(150, description="Active attempts on the whole platform.")
    capacity_retry_after: int = Field(30, description="Seconds after which a full platform is worth another try.")
    draft_bytes: int = Field(64 * 1024, description="Largest draft.")
    text_chars: int = Field(20_000, description="Longest text a person may send.")


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
    orphan_minutes: int = Field(30, description="After so long an upload that never ended is cleared away.")


class Attempts(BaseModel):
    grace_control_seconds: int = Field(
        300, description="How long the network is forgiven after the end of a control work."
    )
    grace_homework_seconds: int = Field(0, description="The same for homework.")


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


class Review(BaseModel):
    control_minutes: int = Field(120, description="Time to review the reading of a control work.")
    homework_minutes: int = Field(1440, description="The same for homework.")
    max_issues: int = Field(50, description="Issues on one page.")


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


class Telegram(BaseModel):
    token: SecretStr = Field(SecretStr(""), description="From @BotFather; empty = no bot, no messages.")
    url: str = Field("https://api.telegram.org", description="Base URL of the Bot API server.")
    poll_seconds: int = Field(25, description="How long one getUpdates waits for news.")
    request_timeout: float = Field(20, description="Seconds for one call.")
    download_timeout: float = Field(60, description="For one whole file.")
    batch: int = Field(100, description="Updates taken at a time, 1 to 100.")
    parallel: int = Field(6, description="Files fetched and stored at the same time by the bot.")
    tries: int = Field(6, description="How often a file is tried before its sender is told.")
    backoff_seconds: float = Field(1, description="Pause before another try, doubling.")
    backoff_most: float = Field(60, description="Longest pause (seconds).")
    standby_seconds: float = Field(2, description="How often a second bot process looks whether it is needed.")
    conflict_seconds: float = Field(5, description="Pause while somebody else polls with the same token.")
    messages_per_second: float = Field(25, description="Messages sent by one process at most; Telegram allows 30.")
    album_seconds: float = Field(1.5, description="An album is answered when nothing of it came for so long.")
    kept_hours: int = Field(24, description="How long handled updates and sent answers are remembered.")
    dialogue_hours: int = Field(24, description="How long a dialogue waits for its next message.")
    code_minutes: int = Field(10, description="Life of a one-time link code.")
    login_tries: int = Field(10, description="Passwords and link codes per chat and minute.")
    login_tries_per_name: int = Field(30, description="Passwords per username and minute, over all chats.")
    codes_per_minute: int = Field(10, description="New link codes per account and minute.")
    group_lines: int = Field(3, description="Answers in one group per minute.")
    works_shown: int = Field(20, description="Works listed in one message at most.")
    review_shares: list[float] = Field([0.5, 0.9], description="When to remind of a review, as shares of its time.")
    notice_hours: int = Field(24, description="News older than this are not sent any more.")
    progress_seconds: float = Field(20, description="How often a message about a work's progress changes at most.")
    lease_seconds: float = Field(60, description="How long a silent worker keeps a message before another sends it.")
    attempt_url: str = Field("", description="Page of an attempt, `{id}` is its global id; empty = http.public_url.")

    @field_validator("token")
    @classmethod
    def _shape(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value() and not re.fullmatch(r"\d{1,18}:[A-Za-z0-9_-]{1,100}", token.get_secret_value()):
            raise ValueError("a bot token looks like 123456789:AbC-…")
        return token


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
    max_count: int = Field(500, description="Materials of a course at most.")


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
    templates: Templates = Templates()
    photos: Photos = Photos()
    attempts: Attempts = Attempts()
    ocr: Ocr = Ocr()
    review: Review = Review()
    llm: Llm = Llm()
    telegram: Telegram = Telegram()
    bank: Bank = Bank()
    trainer: Trainer = Trainer()
    materials: Materials = Materials()

    @cached_property
    def view_ttl(self) -> timedelta:
        """How long a signed address of an image lives."""
        return timedelta(seconds=self.storage.view_url_seconds)
