"""The Telegram bot."""

import re

from pydantic import BaseModel, Field, SecretStr, field_validator


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
