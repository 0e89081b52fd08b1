"""What is missing or unsafe among the settings, in the same words by `picrete check-config` and by a refused start."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from picrete_gql.cli import app
from picrete_gql.commands.config import ensure_complete, findings
from picrete_gql.commands.config.unknown import names, unknown
from picrete_gql.commands.environment import variables
from picrete_gql.commands.findings import Finding, Level
from picrete_gql.local import CannotStart
from picrete_gql.settings import Settings

KEY = "Zk3-9fQw_7hTq2LmXv8sYb1NcRd4GjUe"
GOOD: dict[str, str] = {
    "PICRETE_ENVIRONMENT": "production",
    "PICRETE_HTTP__PUBLIC_URL": "https://picrete.example.org",
    "PICRETE_HTTP__TRUSTED_PROXIES": '["10.0.0.7"]',
    "PICRETE_HTTP__TRUSTED_HOSTS": '["picrete.example.org"]',
    "PICRETE_HTTP__GRAPHIQL": "false",
    "PICRETE_GRAPHQL__INTROSPECTION": "signed_in",
    "PICRETE_DATABASE__URL": "postgresql://picrete:pq7Gf2xW9d@db:5432/picrete",
    "PICRETE_REDIS__URL": "redis://:r4Hn8sKe1v@redis:6379/0",
    "PICRETE_STORAGE__ENDPOINT": "https://s3.example.org",
    "PICRETE_STORAGE__ACCESS_KEY": "picrete",
    "PICRETE_STORAGE__SECRET_KEY": "s6Jb3mQz0c",
    "PICRETE_AUTH__SECRET_KEY": KEY,
    "PICRETE_OCR__PROVIDER": "datalab",
    "PICRETE_OCR__KEY": "o5Vx1yTp7a",
    "PICRETE_LLM__KEY": "l2Kd6uRi3n",
    "PICRETE_TELEGRAM__TOKEN": "1:t9Ew4gBo8h",
}
SECRETS = [value for name, value in GOOD.items() if name.endswith(("_KEY", "TOKEN")) and value != "picrete"]
SECRETS += ["pq7Gf2xW9d", "r4Hn8sKe1v"]


def read(monkeypatch: pytest.MonkeyPatch, **changes: str) -> Settings:
    """Settings of a good production but for some changes; an empty value removes the variable."""
    for name in list(variables(Settings.model_construct())):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**GOOD, **changes}.items():
        monkeypatch.setenv(name, value)
    return Settings(_env_file=None)


def told(settings: Settings, level: Level, *, alone: bool = True) -> set[str]:
    """The variables that are named at a level."""
    return {one.what for one in findings(settings, alone=alone) if one.level is level}


def test_a_good_production_has_nothing_to_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch)
    assert list(findings(settings, alone=True)) == []
    ensure_complete(settings)


UNSAFE = {
    "a short key": ("AUTH__SECRET_KEY", "short"),
    "a key of one letter": ("AUTH__SECRET_KEY", "a" * 40),
    "a key left as it was": ("AUTH__SECRET_KEY", "please-change-me-before-you-go-live-1"),
    "no key": ("AUTH__SECRET_KEY", ""),
    "no database": ("DATABASE__URL", ""),
    "no Redis": ("REDIS__URL", ""),
    "no store": ("STORAGE__ENDPOINT", ""),
    "no key of the store": ("STORAGE__SECRET_KEY", ""),
    "http for people": ("HTTP__PUBLIC_URL", "http://picrete.example.org"),
    "no address at all": ("HTTP__PUBLIC_URL", "picrete.example.org"),
    "any origin": ("HTTP__ALLOWED_ORIGINS", '["*"]'),
    "any origin of a domain": ("HTTP__ALLOWED_ORIGINS", '["https://*.example.org"]'),
    "an origin with a slash": ("HTTP__ALLOWED_ORIGINS", '["https://app.example.org/"]'),
    "photos in clear": ("STORAGE__PUBLIC_ENDPOINT", "http://s3.example.org"),
    "the usual password": ("DATABASE__URL", "postgresql://picrete:postgres@db/picrete"),
    "one secret for two": ("STORAGE__SECRET_KEY", "o5Vx1yTp7a"),
    "an old key that is short": ("AUTH__PREVIOUS_KEYS", '["short"]'),
    "an old key that is empty": ("AUTH__PREVIOUS_KEYS", '[""]'),
    "half of the first administrator": ("AUTH__BOOTSTRAP_USERNAME", "admin"),
    "a model's key in clear": ("LLM__URL", "http://llm.example.org/v1"),
    "a bot's token in clear": ("TELEGRAM__URL", "http://telegram.example.org"),
    "cheap hashes": ("AUTH__ARGON2_MEMORY_KIB", "8"),
    "a port that is none": ("HTTP__PORT", "70000"),
    "a level that is none": ("LOG_LEVEL", "LOUD"),
    "documents that are not there": ("GRAPHQL__DOCUMENTS", "/nowhere.json"),
    "nothing that may be run": ("GRAPHQL__TRUSTED_ONLY", "true"),
}
ALWAYS = {"a short key", "no key", "no database", "no Redis", "no store", "no key of the store", "no address at all"}
ALWAYS |= {"an origin with a slash", "an old key that is short", "an old key that is empty", "a port that is none"}
ALWAYS |= {"half of the first administrator", "a level that is none", "documents that are not there"}
ALWAYS |= {"nothing that may be run"}


@pytest.mark.parametrize("name", UNSAFE)
def test_production_refuses(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variable, value = UNSAFE[name]
    settings = read(monkeypatch, **{f"PICRETE_{variable}": value})
    named = told(settings, Level.ERROR)
    with pytest.raises(CannotStart) as refused:
        ensure_complete(settings)
    assert len(named) == 1 and str(refused.value).startswith(f"{next(iter(named))}: ")
    if name != "half of the first administrator" and name != "one secret for two":
        assert named == {f"PICRETE_{variable}"}


@pytest.mark.parametrize("name", UNSAFE)
def test_development_mentions(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variable, value = UNSAFE[name]
    settings = read(monkeypatch, PICRETE_ENVIRONMENT="development", **{f"PICRETE_{variable}": value})
    assert bool(told(settings, Level.ERROR)) == (name in ALWAYS)
    assert (told(settings, Level.ERROR) | told(settings, Level.WARNING)) - {"PICRETE_ENVIRONMENT"}


WARNED = {
    "no model": ("LLM__KEY", ""),
    "no reader": ("OCR__KEY", ""),
    "nobody is believed": ("HTTP__TRUSTED_PROXIES", "[]"),
    "everybody is believed": ("HTTP__TRUSTED_PROXIES", '["*"]'),
    "Redis for everybody": ("REDIS__URL", "redis://redis:6379/0"),
    "an address of this machine": ("HTTP__PUBLIC_URL", "https://localhost"),
    "the present key twice": ("AUTH__PREVIOUS_KEYS", f'["{KEY}"]'),
    "photos nobody sees": ("STORAGE__ENDPOINT", "http://s3:8333"),
    "a bank that only the command brings": ("BANK__FILE_BYTES", str(64 * 1024 * 1024)),
}


@pytest.mark.parametrize("name", WARNED)
def test_production_warns(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variable, value = WARNED[name]
    settings = read(monkeypatch, **{f"PICRETE_{variable}": value})
    assert told(settings, Level.ERROR) == set()
    assert {one.removeprefix("PICRETE_") for one in told(settings, Level.WARNING)} & {
        variable,
        "STORAGE__PUBLIC_ENDPOINT",
    }


@pytest.mark.parametrize("name", ["GRAPHQL__INTROSPECTION", "HTTP__GRAPHIQL", "HTTP__TRUSTED_HOSTS", "TELEGRAM__TOKEN"])
def test_production_hints(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for other in (f"PICRETE_{name}",):
        monkeypatch.delitem(GOOD, other)
    settings = read(monkeypatch)
    assert told(settings, Level.HINT) == {f"PICRETE_{name}"} and told(settings, Level.ERROR) == set()


def test_what_up_brings_by_itself_is_missed_only_by_a_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = Settings.model_construct()
    needed = {f"PICRETE_{name}" for name in ("DATABASE__URL", "REDIS__URL", "STORAGE__ENDPOINT", "AUTH__SECRET_KEY")}
    assert told(bare, Level.ERROR, alone=False) == set() and needed <= told(bare, Level.HINT, alone=False)
    assert told(bare, Level.ERROR) == needed


def test_no_random_key_is_called_guessable() -> None:
    from picrete_gql.commands.config.secrets import is_guessable
    from picrete_gql.commands.new_key import new_key

    assert not any(is_guessable(new_key()) for _ in range(2000))


def test_slips_of_the_pen_are_named_with_what_was_meant(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PICRETE_HTTP__PROT=1\nPOSTGRES_PASSWORD=x\nPICRETE_LLM__KEY=y\n")
    environment = {"PICRETE_AUTH_SECRET_KEY": "x", "picrete_http__port": "1", "PICRETE_PG_BIN": "/x", "PICRETE_QQQ": ""}
    found = {one.what: one for one in unknown(environment, file)}
    assert set(found) == {"PICRETE_AUTH_SECRET_KEY", "PICRETE_QQQ", "PICRETE_HTTP__PROT"}
    assert found["PICRETE_AUTH_SECRET_KEY"].hint == "Did you mean PICRETE_AUTH__SECRET_KEY?"
    assert (
        found["PICRETE_HTTP__PROT"].hint == "Did you mean PICRETE_HTTP__PORT?"
        and str(file) in found["PICRETE_HTTP__PROT"].says
    )
    assert "Did you mean" not in found["PICRETE_QQQ"].hint


def test_every_setting_is_known() -> None:
    assert set(variables(Settings.model_construct())) <= set(names())


def command(*arguments: str, **environment: str) -> Any:
    """`picrete …` with these variables and no others of ours."""
    empty: dict[str, str | None] = dict.fromkeys(names())
    return CliRunner().invoke(app, list(arguments), env={**empty, **environment})


def test_the_command_says_all_of_it_and_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert command("check-config", **GOOD).exit_code == 0
    bad = {**GOOD, "PICRETE_HTTP__PUBLIC_URL": "http://picrete.example.org", "PICRETE_LLM__KEY": ""}
    plain, machine = command("check-config", **bad), command("check-config", "--json", **bad)
    assert plain.exit_code == machine.exit_code == 1
    lines = plain.output.splitlines()
    assert lines[-1].startswith("error") and "PICRETE_HTTP__PUBLIC_URL" in lines[-1]
    rows = json.loads(machine.output)
    assert rows["ok"] is False
    assert {(row["level"], row["what"]) for row in rows["findings"]} == {
        ("error", "PICRETE_HTTP__PUBLIC_URL"),
        ("warning", "PICRETE_LLM__KEY"),
    }


MANY = str(64 * 1024 * 1024)


@pytest.mark.parametrize(
    ("changes", "wrong", "bound"),
    [
        ({"MATERIALS__MAX_BYTES": MANY}, "MATERIALS__MAX_BYTES", "HTTP__MAX_FILE_BYTES"),
        ({"PHOTOS__MAX_BYTES": MANY}, "PHOTOS__MAX_BYTES", "HTTP__MAX_FILE_BYTES"),
        ({"HTTP__MAX_FILE_BYTES": "20000000"}, "MATERIALS__MAX_BYTES", "HTTP__MAX_FILE_BYTES"),
        ({"HTTP__MAX_FILE_BYTES": MANY}, "HTTP__MAX_FILE_BYTES", "HTTP__MAX_BODY_BYTES"),
    ],
)
def test_limits_that_do_not_fit_into_one_another_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], wrong: str, bound: str
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {f"PICRETE_{name}": value for name, value in changes.items()}
    for name in ("check-config", "migrate"):
        refused = command(name, **{**GOOD, **given})
        assert refused.exit_code == 1
        assert f"PICRETE_{wrong}: " in refused.output and f"is larger than PICRETE_{bound}" in refused.output, name
    raised = {"PICRETE_HTTP__MAX_FILE_BYTES": MANY, "PICRETE_HTTP__MAX_BODY_BYTES": str(2 * int(MANY))}
    assert command("check-config", **{**GOOD, **given, **raised}).exit_code == 0


def test_no_secret_is_ever_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for variable, value in UNSAFE.values():
        said = command("check-config", **{**GOOD, f"PICRETE_{variable}": value}).output
        assert not [secret for secret in SECRETS if secret in said]


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("PICRETE_ENVIRONMENT", "prod-s3cret", "PICRETE_ENVIRONMENT"),
        ("PICRETE_HTTP__PORT", "eighty-s3cret", "PICRETE_HTTP__PORT"),
        ("PICRETE_HTTP__ALLOWED_ORIGINS", "https://s3cret", "PICRETE_HTTP"),
        ("PICRETE_TELEGRAM__TOKEN", "s3cret", "PICRETE_TELEGRAM__TOKEN"),
        ("PICRETE_AUTH", "{s3cret", "PICRETE_AUTH"),
    ],
)
@pytest.mark.parametrize("what", ["check-config", "api"])
def test_what_cannot_be_read_is_named_and_not_quoted(
    what: str, name: str, value: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = command(what, **{**GOOD, name: value})
    said = ended.output + ended.stderr
    assert ended.exit_code == 1 and named in said and "s3cret" not in said and "Traceback" not in said


def test_a_finding_is_one_line() -> None:
    assert str(Finding(Level.ERROR, "PICRETE_X", "is wrong.", "Mend it.")) == "PICRETE_X: is wrong. Mend it."
