"""compose.yaml against the settings, the commands and the Dockerfile, by their text: there may be no engine here."""

import re
from pathlib import Path

import pytest

from picrete_gql.cli import app
from picrete_gql.commands import environment
from picrete_gql.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "compose.yaml").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
COMMANDS = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
SECRET = re.compile(r"PASSWORD|KEY|SECRET")


def service(name: str) -> str:
    """The lines of one service."""
    found = re.search(rf"^  {name}:\n((?:    .*\n|\n)+)", COMPOSE, re.MULTILINE)
    assert found, f"no service {name}"
    return found[1]


def test_every_process_is_a_command_that_exists() -> None:
    used = set(re.findall(r'\["picrete", "([a-z-]+)"', COMPOSE + DOCKERFILE))
    assert used == {"migrate", "api", "worker", "bot", "backup"}
    assert used <= COMMANDS


def test_every_variable_of_ours_is_a_setting() -> None:
    known = set(environment.variables(Settings.model_construct()))
    used = set(re.findall(r"\b(PICRETE_[A-Z_0-9]+)\b", COMPOSE + DOCKERFILE))
    assert used and used <= known


def test_no_secret_has_a_default_and_each_is_in_the_example() -> None:
    used = re.findall(r"\$\{([A-Z_0-9]+)([^}]*)\}", COMPOSE)
    for name, how in used:
        assert re.search(rf"^{name}=", EXAMPLE, re.MULTILINE), f"{name} is not in .env.example"
        if SECRET.search(name):
            assert how == ":?", f"{name} must be required"
            assert re.search(rf"^{name}=$", EXAMPLE, re.MULTILINE), f"{name} has a value in .env.example"
    assert {name for name, _ in used} >= {"POSTGRES_PASSWORD", "REDIS_PASSWORD", "S3_SECRET_KEY"}


def test_images_are_pinned_and_none_is_one_that_was_deleted() -> None:
    images = dict(re.findall(r"image: ([\w/.-]+)(?::([\w.-]+))?$", COMPOSE, re.MULTILINE))
    ours = images.pop("picrete-gql")
    assert ours == "" and not any("minio" in image for image in images)
    assert all(tag and tag != "latest" for tag in images.values()), images


@pytest.mark.parametrize("name", ["postgres", "valkey", "s3", "api"])
def test_whoever_is_waited_for_says_when_it_is_healthy(name: str) -> None:
    assert "healthcheck:" in service(name)


@pytest.mark.parametrize("name", ["migrate", "api", "worker", "bot"])
def test_our_processes_are_confined_and_start_in_order(name: str) -> None:
    assert "<<: *picrete" in service(name) and "depends_on:" in service(name)
    shared = COMPOSE[COMPOSE.index("x-picrete") : COMPOSE.index("\nservices:")]
    for word in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "init: true"):
        assert word in shared
    assert "migrate: {condition: service_completed_successfully}" in service("api")


def test_the_data_outlive_the_containers_and_the_image_is_not_root() -> None:
    for name, place in (("postgres", "/var/lib/postgresql"), ("valkey", "/data"), ("s3", "/data")):
        assert f'"{name}:{place}"' in service(name)
        assert re.search(rf"^  {name}:$", COMPOSE[COMPOSE.index("\nvolumes:") :], re.MULTILINE)
    assert re.search(r"^USER picrete$", DOCKERFILE, re.MULTILINE)
    assert "master.telemetry=false" in service("s3")
