"""How the API is reached, and what one client may ask of it."""

from typing import Literal

from pydantic import BaseModel, Field, SecretStr

from ._units import MB


class Http(BaseModel):
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, description="Port to listen on.")
    public_url: str = Field("http://127.0.0.1:8000", description="How people reach this server.")
    allowed_origins: list[str] = Field([], description="Browser origins that may open sockets and read answers.")
    trusted_hosts: list[str] = Field([], description="Host names to answer to, such as *.example.org; empty = any.")
    graphiql: bool = Field(True, description="Serve GraphiQL at /graphql for browsers.")
    trusted_proxies: list[str] = Field([], description="Addresses of proxies whose X-Forwarded-For is believed.")
    max_head_bytes: int = Field(64 * 1024, description="Largest address and headers of a request together.")
    head_seconds: float = Field(20, description="How long the head of a request may take to arrive.")
    max_body_bytes: int = Field(32 * MB, description="Largest multipart request body.")
    max_json_bytes: int = Field(MB, description="Largest JSON request body.")
    max_json_depth: int = Field(64, description="How deep JSON of a request may be nested.")
    max_file_bytes: int = Field(
        30 * MB, description="Largest file of a multipart request; not below those of photos and materials."
    )
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
    drain_seconds: float = Field(0, description="After SIGTERM: how long /readyz says no before nobody is let in.")
    stop_seconds: float = Field(15, description="After that: how long requests in flight may take to finish.")


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
    plan_after: int = Field(1, description="How often a document is executed before it is read in one statement.")
    kept_bytes: int = Field(64 * MB, description="Answers kept while nothing happens in their course; 0 keeps none.")
    kept_seconds: float = Field(60, description="And read again then, for what was changed by hand in the database.")
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


class Auth(BaseModel):
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs tokens; at least 32 characters. Empty = made and kept in the data folder (embedded only).",
    )
    previous_keys: list[SecretStr] = Field(
        [], description="Other keys that are still accepted, as a JSON list: how to change the key without a gap."
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
