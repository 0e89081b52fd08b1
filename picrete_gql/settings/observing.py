"""How the processes are watched."""

from pydantic import BaseModel, Field, SecretStr, field_validator

TOKEN_CHARACTERS = 16


class Metrics(BaseModel):
    token: SecretStr = Field(
        SecretStr(""),
        description="Bearer token of /metrics, at least 16 characters; empty = the API does not serve it.",
    )
    host: str = Field("127.0.0.1", description="Address on which worker and bot serve /metrics.")
    worker_port: int = Field(0, description="Port on which a worker serves /metrics; 0 = it does not.")
    bot_port: int = Field(0, description="Port on which the bot serves /metrics; 0 = it does not.")
    operation_names: int = Field(100, description="Names of GraphQL operations told apart; the rest is `other`.")
    rows_seconds: float = Field(5, description="How long the numbers of waiting jobs serve every scrape.")

    @field_validator("token")
    @classmethod
    def _long_enough(cls, token: SecretStr) -> SecretStr:
        if 0 < len(token.get_secret_value()) < TOKEN_CHARACTERS:
            raise ValueError(f"a token of /metrics has at least {TOKEN_CHARACTERS} characters")
        return token


class Tracing(BaseModel):
    endpoint: str = Field(
        "", description="Base URL of an OTLP/HTTP collector, such as http://127.0.0.1:4318; empty = no traces."
    )
    headers: SecretStr = Field(SecretStr(""), description="Headers for the collector: name=value, name=value.")
    sample: float = Field(1, description="Share of traces that are recorded, 0 to 1.", ge=0, le=1)
