"""Where things are kept."""

from pydantic import BaseModel, Field, SecretStr


class Database(BaseModel):
    url: str = Field("", description="postgresql://user:password@host:port/name; empty = the embedded server.")
    pool_size: int = Field(10, description="Connections kept open by one process.")
    pool_overflow: int = Field(10, description="More of them for a moment of haste.")
    read_connections: int = Field(
        8, description="Further connections of one process, for reads that are one statement."
    )
    read_statements: int = Field(200, description="Statements that each of these keeps prepared.")
    connect_timeout: float = Field(5, description="Seconds to wait for a connection.")
    statement_timeout_ms: int = Field(30_000, description="The server ends longer statements (milliseconds).")
    migration_lock_seconds: float = Field(5, description="How long a migration waits for a lock before it lets go.")
    migration_tries: int = Field(30, description="How often it is tried again then.")


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
