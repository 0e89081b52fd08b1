"""The files of `deploy/` and the YAML of the documentation against the code, by their text."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from picrete_gql.cli import app
from picrete_gql.commands.config.unknown import names
from picrete_gql.settings import Http

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
PAGES = sorted((ROOT / "docs").rglob("*.md"))
COMMANDS = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
KUBERNETES = (ROOT / "docs" / "operating" / "kubernetes.md").read_text("utf-8")
STOP_SECONDS = Http().drain_seconds + Http().stop_seconds


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def documents() -> list[dict[str, Any]]:
    """Everything that is said to a cluster."""
    return [one for block in blocks(KUBERNETES, "yaml") for one in yaml.safe_load_all(block)]


def containers(value: Any) -> list[dict[str, Any]]:
    """Every container, wherever it stands."""
    if isinstance(value, dict):
        return [*value.get("containers", []), *(one for part in value.values() for one in containers(part))]
    return [one for part in value for one in containers(part)] if isinstance(value, list) else []


def options(path: Path) -> dict[str, str]:
    """The lines of a unit."""
    return dict(re.findall(r"^(\w+)=(.*)$", path.read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_one_that_systemd_understands(path: Path) -> None:
    if shutil.which("systemd-analyze"):
        said = subprocess.run(["systemd-analyze", "verify", str(path)], capture_output=True, text=True, check=False)
        complaints = [line for line in said.stderr.splitlines() if "/opt/picrete" not in line and path.stem in line]
        assert complaints == []
    if path.suffix == ".timer":
        assert path.with_suffix(".service").exists()
        return
    given = options(path)
    program, command = given["ExecStart"].split()[:2]
    assert program == "/opt/picrete/.venv/bin/picrete" and command in COMMANDS
    hardened = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "PrivateTmp": "yes", "CapabilityBoundingSet": ""}
    assert hardened.items() <= given.items() and given["User"] == "picrete"


def test_everybody_is_given_the_time_to_stop() -> None:
    assert float(options(ROOT / "deploy" / "systemd" / "picrete-api@.service")["TimeoutStopSec"]) >= STOP_SECONDS + 5
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    grace = {name: int(str(one.get("stop_grace_period", "0s"))[:-1]) for name, one in compose["services"].items()}
    assert grace["api"] >= STOP_SECONDS + 5 and grace["worker"] >= 15 and grace["bot"] >= 15
    (api,) = [one for one in documents() if one["metadata"]["name"] == "picrete-api" and one["kind"] == "Deployment"]
    (secret,) = [one for one in documents() if one["kind"] == "Secret"]
    drain = float(secret["stringData"]["PICRETE_HTTP__DRAIN_SECONDS"])
    assert api["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] >= drain + Http().stop_seconds + 5


def test_a_cluster_runs_commands_that_exist_with_settings_that_exist() -> None:
    found = documents()
    kinds = {one["kind"] for one in found}
    assert kinds >= {
        "Secret",
        "Job",
        "Deployment",
        "Service",
        "PodDisruptionBudget",
        "HorizontalPodAutoscaler",
        "CronJob",
    }
    run = containers(found)
    assert {one["command"][1] for one in run} == {"migrate", "api", "worker", "bot", "backup"} <= COMMANDS
    assert all(one["command"][0] == "picrete" and one["envFrom"] for one in run)
    (secret,) = [one for one in found if one["kind"] == "Secret"]
    assert set(secret["stringData"]) <= set(names())
    assert all(isinstance(value, str) for value in secret["stringData"].values())


def test_budgets_and_scalers_name_what_there_is() -> None:
    found = documents()
    labels = {one["metadata"]["name"]: one["spec"] for one in found if one["kind"] == "Deployment"}
    for one in found:
        if one["kind"] == "PodDisruptionBudget":
            app_name = one["spec"]["selector"]["matchLabels"]["app"]
            assert one["spec"]["minAvailable"] < labels[app_name]["replicas"], "or no node could ever be emptied"
        if one["kind"] == "HorizontalPodAutoscaler":
            assert one["spec"]["scaleTargetRef"]["name"] in labels
    for spec in labels.values():
        assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
        pod = spec["template"]["spec"]
        mounted = {mount["name"] for one in pod["containers"] for mount in one["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}


def test_probes_ask_what_is_answered() -> None:
    paths = set(re.findall(r"path: (/\w+)", KUBERNETES))
    assert paths == {"/healthz", "/readyz"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_name_settings_commands_and_pages_that_exist(path: Path) -> None:
    text, known = path.read_text("utf-8"), set(names())
    for name in re.findall(r"\bPICRETE_[A-Z]+(?:_[A-Z]+)*__[A-Z_0-9]+\b", text):
        assert name in known, f"{path.name}: {name}"
    for command in re.findall(r"`picrete ([a-z-]+)", text):
        assert command in COMMANDS, f"{path.name}: picrete {command}"
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_backup_of_compose_is_a_command() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    backup = compose["services"]["backup"]
    assert backup["command"][:2] == ["picrete", "backup"] and backup["profiles"] == ["backup"]
    assert any(str(volume).endswith(backup["command"][2]) for volume in backup["volumes"])
    assert "backups" in compose["volumes"]
    assert "backup" in re.search(r"\.\[([a-z,]+)\]", (ROOT / "Dockerfile").read_text("utf-8"))[1]  # type: ignore[index]
