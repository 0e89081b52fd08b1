"""Settings go to a child process and come out of its environment the same."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from picrete_gql.commands import environment
from picrete_gql.settings import Settings


def odd() -> Settings:
    """Settings of every kind, none at its default."""
    plain = Settings.model_construct()
    return plain.model_copy(
        update={
            "data_dir": Path("/somewhere/«else»"),
            "log_json": False,
            "http": plain.http.model_copy(update={"allowed_origins": ["https://a.example", "https://б.example"]}),
            "redis": plain.redis.model_copy(update={"timeout": 0.25, "url": "redis://:p%40ss@host:1/2"}),
            "auth": plain.auth.model_copy(update={"secret_key": SecretStr('a secret = "quoted" # no comment')}),
            "llm": plain.llm.model_copy(update={"temperature": 0.5, "price_input": Decimal("0.125")}),
        }
    )


def read(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What a process with exactly these variables makes of them."""
    for name in [name for name in os.environ if name.startswith("PICRETE_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Settings(_env_file=None)


def test_a_child_reads_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    given = odd()
    assert read(environment.variables(given), monkeypatch).model_dump() == given.model_dump()


def test_older_variables_do_not_show_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PICRETE_LLM__TEMPERATURE", "0.9")
    monkeypatch.setenv("PICRETE_LLM__MODEL", "older")
    monkeypatch.setenv("PICRETE_PG_BIN", "/where/postgres/is")
    child = environment.of_child(Settings.model_construct())
    assert "PICRETE_LLM__TEMPERATURE" not in child
    assert child["PICRETE_LLM__MODEL"] == "gpt-5"
    assert child["PICRETE_PG_BIN"] == "/where/postgres/is"
    assert child["PATH"] == os.environ["PATH"]
