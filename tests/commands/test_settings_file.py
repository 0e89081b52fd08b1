"""`.env.example` says everything, says it rightly, and works as a `.env`."""

import os
import re
from pathlib import Path

import pytest

from picrete_gql.commands import environment, settings_file
from picrete_gql.settings import Settings

ROOT = Path(__file__).parents[2]
FILE = ROOT / ".env.example"
LINE = re.compile(r"^(?:# )?([A-Z_0-9]+)=(.*)$", re.MULTILINE)


def test_the_file_is_what_the_settings_say() -> None:
    assert FILE.read_text("utf-8") == settings_file.example(), "run `picrete settings`"


def test_every_setting_is_there_and_nothing_else() -> None:
    named = {name for name, _ in LINE.findall(FILE.read_text("utf-8")) if name.startswith("PICRETE_")}
    known = set(environment.variables(Settings.model_construct())) | {"PICRETE_LLM__TEMPERATURE"}
    assert named == known


def test_its_lines_can_be_used_as_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PICRETE_")]:
        monkeypatch.delenv(name)
    lines = [f"{name}={value}" for name, value in LINE.findall(FILE.read_text("utf-8")) if value]
    used = tmp_path / ".env"
    used.write_text("\n".join(lines), "utf-8")
    # The head proposes a name for the first administrator; everything else is the default.
    wanted = Settings.model_construct()
    wanted.auth = wanted.auth.model_copy(update={"bootstrap_username": "admin"})
    assert Settings(_env_file=used).model_dump() == wanted.model_dump()


def test_an_untouched_copy_starts_nothing_by_accident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PICRETE_")]:
        monkeypatch.delenv(name)
    copy = tmp_path / ".env"
    copy.write_text(FILE.read_text("utf-8"), "utf-8")
    settings = Settings(_env_file=copy)
    assert not settings.database.url and not settings.telegram.token.get_secret_value()
